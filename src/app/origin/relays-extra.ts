import type { Millis } from "../../core/time";
import type { Camera, ExtraPart } from "../camera/camera";
import { keyringOf } from "../fleet/make-fleet";
import { OverflowPart } from "./overflow-part";
import { RelaysPart } from "./relays-part";

/** Pictures per second that a viewer from the Internet gets at least: with less, the uplink is full. */
const RATE_MIN = 2;
const SECOND: Millis = 1000;

/** What a camera has for relays: registrations, tickets, and the way for viewers who find no room (ONE-7, REP-12). */
export const RELAYS: ExtraPart = Object.freeze({
	make: (camera) => {
		const { access, site, fleetPart: fleet } = camera;
		const relays = new RelaysPart(
			{
				node: camera,
				site,
				access,
				fleet,
				keyring: keyringOf(camera.fleet),
				isUplinkFull: (address) => !camera.addresses.isNeighbour(address) && isUplinkFull(camera),
			},
			true,
		);
		camera.parts.unshift(new OverflowPart(camera, relays));
		return relays;
	},
} satisfies ExtraPart);

/** Whether one more viewer from the Internet would get less than two pictures per second. */
function isUplinkFull({ video }: Camera): boolean {
	const { uplink, hub } = video;
	const { latest } = hub;
	if (latest === undefined) return false;
	return (uplink.rate * SECOND) / (uplink.viewers + 1) < RATE_MIN * (latest.end - latest.start);
}
