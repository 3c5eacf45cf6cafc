import type { ExtraPart } from "../camera/camera";
import { keyringOf } from "../fleet/make-fleet";
import { OverflowPart } from "./overflow-part";
import { RelaysPart } from "./relays-part";

/** What a camera has for relays: registrations, tickets, and the way for viewers who find no room (ONE-7, REP-12). */
export const RELAYS: ExtraPart = Object.freeze({
	make: (camera) => {
		const { access, site, fleetPart: fleet } = camera;
		const relays = new RelaysPart(
			{ node: camera, site, access, fleet, keyring: keyringOf(camera.fleet), redeemed: () => {} },
			true,
		);
		camera.parts.unshift(new OverflowPart(camera, relays));
		return relays;
	},
} satisfies ExtraPart);
