import type { Files } from "../../ports/files";
import type { Resolver } from "../../ports/resolver";
import type { NodeHost } from "../node-host";

/** All that a relay needs of the machine it runs on. */
export interface RelayHost extends NodeHost {
	/** The folder of the relay's own data: the outbox of reports. */
	readonly storage: Files;
	readonly resolver: Resolver;
	/** Whether sockets may have addresses of other machines, for the transparent mode. @see UdpOptions.transparent, ConnectOptions.transparent */
	readonly sendsAsOthers: boolean;
}
