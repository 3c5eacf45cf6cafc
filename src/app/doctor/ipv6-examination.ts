import type { EventSink } from "../../core/event-ring";
import type { Pump } from "../../core/pump";
import { PinholeClient } from "../../gateway/pinholes/pinhole-client";
import type { PinholeEvent, PinholeMethod, PinholeTrouble } from "../../gateway/pinholes/pinhole-events";
import type { Log } from "../../ports/log";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import { IPV6_MESSAGES } from "../../web/ipv6-messages";
import { GatewayLink } from "../gateway/gateway-link";
import { globalPathOf } from "../ipv6/global-path";

/** The port that is opened for a moment: not one that a camera on this machine has. */
const PORT = 50_123;

/** Does by IPv6 what a camera would do: asks the gateway for a pinhole, and closes it again (IMG-32). */
export class Ipv6Examination implements EventSink<PinholeEvent> {
	private readonly client: PinholeClient;
	private readonly link: GatewayLink<PinholeClient, PinholeEvent>;
	private readonly address: string;
	private method: PinholeMethod | "" = "";
	private trouble: PinholeTrouble | "" = "";
	private isAsking = false;
	private left: () => void = () => {};

	constructor(
		private readonly host: { readonly network: Network; readonly random: Random; readonly log: Log },
		pump: Pump,
	) {
		this.client = new PinholeClient([{ protocol: "TCP", port: PORT }], host.random);
		this.link = new GatewayLink(host.network, pump, host.log, "doctor", this.client, this);
		this.address = globalPathOf(host.network.ipv6Paths())?.address ?? "";
	}

	/** True: the router let connections in. */
	get reachable(): boolean {
		return this.method !== "";
	}

	/** True: nothing more will be found, or there is nobody to ask. */
	get isSettled(): boolean {
		return !this.isAsking || this.method !== "" || this.trouble !== "";
	}

	start(): void {
		const { network } = this.host;
		const path = globalPathOf(network.ipv6Paths());
		this.isAsking = path?.gateway !== undefined;
		const path4 = network.paths().find(({ name }) => name === path?.name);
		this.link.udp.setPaths([path, path4].filter((each) => each !== undefined));
		this.link.handle.call((client, now, out) => client.start(now, path, path4, out));
	}

	/** Closes what it has opened. @param done called once */
	leave(done: () => void): void {
		this.left = done;
		this.link.handle.call((client, now, out) => client.leave(now, out));
	}

	/** @see EventSink */
	on(event: PinholeEvent): void {
		if (event.type === "opened") this.method = event.by;
		else if (event.type === "closed") this.trouble = event.trouble;
		else {
			this.link.abandon();
			this.link.udp.close();
			this.left();
		}
	}

	/** What was found, for people; nothing where there is no IPv6. */
	lines(): readonly string[] {
		const { address, method, trouble } = this;
		if (address === "") return [];
		const { by, trouble: troubles } = IPV6_MESSAGES;
		if (method !== "")
			return [`IPv6: this machine is ${address}; the router opened port ${PORT} to it (${by[method]}).`];
		const found = [`IPv6: this machine is ${address}.`];
		if (trouble === "") return [...found, troubles["no-answer"].message];
		return [...found, `${troubles[trouble].message}\n  What to do: ${troubles[trouble].remedy}`];
	}
}
