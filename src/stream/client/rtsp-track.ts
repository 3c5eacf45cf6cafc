import { resolveControl } from "../../wire/rtsp-source-url";
import type { RtspUrl } from "../../wire/rtsp-url";
import { parameterSetsOf, type SdpSession } from "../../wire/sdp";
import type { RtspTrack } from "./rtp-sink";

/**
 * Chooses the video of a description: the first that is JPEG or H.264 and can be set up.
 * @param base what control URLs are relative to
 * @returns the names of the encodings of all videos if there is none; empty without a video
 */
export function chooseTrack(session: SdpSession, base: RtspUrl): RtspTrack | readonly string[] {
	const others: string[] = [];
	for (const medium of session.media) {
		if (medium.kind !== "video") continue;
		for (const format of medium.formats) {
			const { encoding, payloadType } = format;
			const url = resolveControl(base, medium.control);
			// In the interleaved mode the NAL units come in another order. RFC 6184 §6.4
			const isInterleaved = format.parameters.get("packetization-mode") === "2";
			const isEncrypted = medium.profile.toUpperCase().includes("SAVP");
			if (url !== undefined && !isEncrypted && (encoding === "JPEG" || (encoding === "H264" && !isInterleaved))) {
				return {
					encoding,
					payloadType,
					url,
					width: medium.width,
					height: medium.height,
					frameRate: medium.frameRate,
					parameterSets: encoding === "H264" ? parameterSetsOf(format) : [],
				};
			}
			const detail = isEncrypted ? " (encrypted)" : isInterleaved ? " (interleaved)" : "";
			if (others.length < 8) others.push(nameOf(encoding, payloadType) + detail);
		}
	}
	return others;
}

/** A name for people: no more characters of the description than needed. */
function nameOf(encoding: string, payloadType: number): string {
	let name = "";
	for (let i = 0; i < encoding.length && i < 16; i++) {
		const code = encoding.charCodeAt(i);
		name += code > 32 && code < 127 ? encoding[i] : "?";
	}
	return name === "" ? `payload type ${payloadType}` : name;
}
