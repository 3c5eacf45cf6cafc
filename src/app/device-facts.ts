import { VERSION } from "../base/version";
import type { Millis, Seconds } from "../core/time";
import type { NatKind } from "../peer/stun/nat-behaviour";
import type { ShownDevice } from "../web/devices-page";

/** How a device is reached from the Internet: by a port of its router, by IPv6, by peer to peer; `lan`: it is not. */
export type Reach = NonNullable<ShownDevice["path"]>;

/** The ways in, the best first. */
const WAYS: readonly Reach[] = Object.freeze(["mapped", "ipv6", "punched"] as const);

/** What a part knows of its device, for the inventory of the fleet. */
export interface DeviceTraits {
	/** Of the newest picture, in pixels; `undefined`: not known, or it has none. */
	readonly width?: number | undefined;
	readonly height?: number | undefined;
	/** Absent: this part lets nobody in from the Internet at present. */
	readonly reach?: Reach | undefined;
	/** Peer to peer; absent: no rendezvous server is set. */
	readonly peer?: PeerTraits | undefined;
	/** How many relays are registered here. */
	readonly relays?: number | undefined;
}

/** What a device knows of peer to peer. */
export interface PeerTraits {
	/** `registered`, `trying`, … */
	readonly registration: string;
	/** The kind of NAT in front of it. */
	readonly natKind: NatKind;
	/** The same for people; empty: not known. */
	readonly nat: string;
	/** Whether that NAT uses another port for each destination. */
	readonly symmetric: boolean;
}

/** A device, as the inventory of its fleet describes it. */
export interface DeviceFacts {
	readonly version: string;
	readonly model: string;
	/** `undefined`: not known. */
	readonly uptime: Seconds | undefined;
	/** Of the newest picture, in pixels; `undefined`: not known, or it has none. */
	readonly width: number | undefined;
	readonly height: number | undefined;
	/** `undefined`: not known. */
	readonly path: Reach | undefined;
}

/** A device with its parts. @see Node */
export interface DescribedDevice {
	readonly host: { readonly model: string };
	readonly now: Millis;
	readonly parts: readonly { traits?(): DeviceTraits }[];
}

/** Gathers the facts of a device from its parts. */
export function factsOf({ host, now, parts }: DescribedDevice): DeviceFacts {
	let [width, height]: (number | undefined)[] = [];
	let path: Reach = "lan";
	for (const part of parts) {
		const traits = part.traits?.() ?? {};
		width ??= traits.width;
		height ??= traits.height;
		const { reach } = traits;
		if (reach !== undefined && (path === "lan" || WAYS.indexOf(reach) < WAYS.indexOf(path))) path = reach;
	}
	return { version: VERSION, model: host.model, uptime: Math.floor(now / 1000), width, height, path };
}
