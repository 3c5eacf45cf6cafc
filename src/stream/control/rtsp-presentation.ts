import { PAYLOAD_H264, PAYLOAD_JPEG } from "../../wire/rtp";
import { formatClockRange, formatNptRange } from "../../wire/rtsp-range";
import { buildSdp } from "../../wire/sdp-builder";
import type { ContentDescription, StoredRange } from "../content";
import { TRACK } from "./rtsp-target";

/**
 * Builds the answer to DESCRIBE.
 *
 * It names no address but that by which the client asked (STR-19).
 * @param id identifies this start of the server, decimal
 * @param host by which the client addressed this device; empty: unknown
 */
export function describeContent(id: string, version: number, host: string, content: ContentDescription): Uint8Array {
	const { video, title, range } = content;
	return buildSdp({
		id,
		version,
		address: host === "" ? "0.0.0.0" : host,
		title,
		control: "*",
		ranges: range === undefined ? [] : rangesOf(range),
		video: {
			payloadType: video.encoding === "JPEG" ? PAYLOAD_JPEG : PAYLOAD_H264,
			encoding: video.encoding,
			frameRate: video.frameRate,
			width: video.width,
			height: video.height,
			parameterSets: video.parameterSets,
			control: TRACK,
		},
	});
}

function rangesOf({ duration, utc }: StoredRange): readonly string[] {
	const npt = formatNptRange(0, duration);
	return utc === undefined ? [npt] : [npt, formatClockRange(utc, utc + duration * 1000)];
}
