import type { Millis } from "../core/time";
import type { Network } from "../ports/net";
import type { Random } from "../ports/random";
import type { AddressTable } from "./address-table";
import type { MediaPath, MediaPathRequest, MediaPaths } from "./media-path";
import { RtspRefusal } from "./rtsp-refusal";
import type { Answered } from "./stream-transport";

/** Tells the time of the machine; a `Pump` and a `Clock` do. */
export interface Now {
	now(): Millis;
}

/** Opens the processing units that the address management table gives to each client. */
export class ProcessingUnits implements MediaPaths {
	constructor(
		readonly network: Network,
		readonly clock: Now,
		readonly random: Random,
		readonly table: AddressTable,
	) {}

	open(now: Millis, _request: MediaPathRequest, answered: Answered<MediaPath>): void {
		answered(now, new RtspRefusal(503, "no free port"));
	}
}
