import { toHex } from "../../base/hex";
import { callerProof } from "../../peer/caller-proof";
import { provesDevice } from "../../peer/home-keys";
import type { Introduction } from "../../peer/introduction";
import { openTunnel } from "../../peer/tunnel/peer-tunnel";
import type { Tunnel, TunnelHost, TunnelOffer, TunnelSink } from "../../peer/tunnel/tunnel-contract";
import type { DeviceKey } from "./device-key";
import type { HomeAccess, PeerEndpoint } from "./peer-services";

/** Opens tunnels to devices. */
export interface TunnelDialer {
	/**
	 * Links to a device and opens a tunnel to it.
	 * @param sink learns of each step, and of the end; streams of the device are not accepted unless it does so
	 */
	dial(access: HomeAccess, peer: string, sink: TunnelSink): Tunnel;
}

/** Remembers which key each device had when it was first reached. */
export interface KeyPins {
	/** The key of a device in hexadecimal digits; `undefined`: it was never reached. */
	of(home: string, peer: string): string | undefined;
	keep(home: string, peer: string, key: string): void;
}

const NOTHING = new Uint8Array(0);

/**
 * Opens tunnels by an endpoint. The key that a device must prove is that of the guest link, or else the one that a proof by the home's
 * pin key says it has; once it was reached, no other.
 */
export class PeerDialer implements TunnelDialer {
	/** @param own the key pair of this program */
	constructor(
		private readonly endpoint: Pick<PeerEndpoint, "link">,
		private readonly host: TunnelHost,
		private readonly own: DeviceKey,
		private readonly pins: KeyPins,
	) {}

	dial(access: HomeAccess, peer: string, sink: TunnelSink): Tunnel {
		const { own, pins } = this;
		const { pinKey, guestId: id, guestSecret: secret } = access;
		const offer: TunnelOffer = {
			own: own.privateKey,
			payload: pinKey === undefined ? NOTHING : callerProof(pinKey, own.publicKey),
			deviceKey: (introduction) => this.keyOf(access, peer, introduction),
			...(id !== undefined && secret !== undefined && { guest: { id, secret } }),
		};
		const pinning: TunnelSink = {
			step: (step, detail) => sink.step?.(step, detail),
			moved: (path) => sink.moved?.(path),
			interrupted: () => sink.interrupted?.(),
			opened: (key) => {
				if (key !== undefined && pinKey !== undefined) pins.keep(access.home, peer, toHex(key));
				sink.opened(key);
			},
			accepted: (service, stream) => sink.accepted(service, stream),
			ended: (why, detail) => sink.ended(why, detail),
		};
		const tunnel = openTunnel(this.host, offer, pinning);
		return tunnel.attach(this.endpoint.link(access, peer, tunnel));
	}

	/** The key that the device must prove; `undefined`: it has none that can be believed. */
	private keyOf(access: HomeAccess, peer: string, { key, proof }: Introduction): Uint8Array | undefined {
		const { home, pinKey, peerKey } = access;
		if (peerKey !== undefined) return peer === access.peer ? peerKey : undefined;
		if (pinKey === undefined || key === undefined || proof === undefined) return undefined;
		if (!provesDevice(pinKey, peer, key, proof)) return undefined;
		const pinned = this.pins.of(home, peer);
		return pinned === undefined || pinned === toHex(key) ? key : undefined;
	}
}
