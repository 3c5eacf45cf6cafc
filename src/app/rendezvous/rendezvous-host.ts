import type { PeerRegistry } from "../../peer/peer-registry";
import type { Ciphers } from "../../ports/ciphers";
import type { Resolver } from "../../ports/resolver";
import type { NodeHost } from "../node-host";

/** All that a rendezvous server needs of the machine it runs on. */
export interface RendezvousHost extends NodeHost {
	readonly ciphers: Pick<Ciphers, "drawKey" | "publicKeyOf" | "agree">;
	readonly resolver: Resolver;
	/** The store that it shares with other instances, and its name among them; absent: it is alone (P2P-15). */
	readonly registry?: PeerRegistry | undefined;
	readonly edge?: string | undefined;
}
