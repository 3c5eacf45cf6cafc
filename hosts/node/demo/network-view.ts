import type { Millis, Octets } from "../../../src/core/time";
import type { DemoSwitch } from "./demo-device";

/** A device in the drawing. */
export interface NetworkNode {
	/** That of its switch; `browser`: the one device without. */
	readonly id: string;
	readonly name: string;
	readonly isOn: boolean;
	/** Whether packets get to it. */
	readonly isConnected: boolean;
	/** The portal of the home is here. */
	readonly isRepresentative: boolean;
	/** What it does now: the first two stand in the drawing. */
	readonly facts: readonly string[];
	/** What it sends and receives in a second. */
	readonly rate: Octets;
	/** Where its pages are; empty: nowhere. */
	readonly url: string;
}

/** What goes from one device to another. */
export interface NetworkFlow {
	readonly kind: "watched" | "recorded" | "tunnel" | "relayed";
	readonly from: string;
	readonly to: string;
}

/** Something that happened. */
export interface NetworkEvent {
	/** In milliseconds since 1970. */
	readonly utc: Millis;
	readonly text: string;
}

/** What the page about the network shows. */
export interface NetworkView {
	/** In the home: cameras, then the NAS. */
	readonly home: readonly NetworkNode[];
	readonly router: NetworkNode;
	/** On the Internet. */
	readonly servers: readonly NetworkNode[];
	/** Another network, if there is one: its router, and the laptop in it. */
	readonly away: readonly [router: NetworkNode, laptop: NetworkNode] | readonly [];
	readonly flows: readonly NetworkFlow[];
	readonly switches: readonly DemoSwitch[];
	/** The newest first. */
	readonly events: readonly NetworkEvent[];
	/** Where the portal is. */
	readonly portal: string;
}
