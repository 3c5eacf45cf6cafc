import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import type { FrameSource } from "../../../src/ports/camera";
import type { RTSP_SOURCE_SCHEMA } from "../../../src/settings/rtsp-source-schema";
import type { ValuesOf } from "../../../src/settings/schema";
import { RtspSource } from "../../../src/stream/client/rtsp-source";
import { parseSourceUrl } from "../../../src/wire/rtsp-source-url";
import { DecodedSource } from "./decoded-source";
import { FfmpegSource } from "./ffmpeg-source";
import { SourceError } from "./source-error";
import { sourceHost } from "./source-host";

/** How cameras are reached by RTSP. */
export type RtspSourceSettings = ValuesOf<typeof RTSP_SOURCE_SCHEMA>;

/**
 * Opens a camera by its RTSP URL: JPEG and H.264 without ffmpeg; JPEG frames of H.264, and all of other encodings, with it.
 * @param peers reaches cameras behind NATs
 * @throws {SourceError} when the URL is malformed
 */
export function openRtsp(spec: string, fps: number, settings: RtspSourceSettings, peers?: PeerNetwork): FrameSource {
	const url = parseSourceUrl(spec);
	if (url === undefined) {
		throw new SourceError(
			`${spec}: not an RTSP URL. It looks like rtsp://user:password@camera:554/path; write "/" in a password as %2F, "?" as %3F.`,
		);
	}
	const options = {
		url,
		framing: settings.sourceTransport,
		basic: settings.sourceBasic,
		certificate: settings.sourceCertificate,
	};
	return new RtspSource(sourceHost(peers), options, fps, {
		decode: (units) => new DecodedSource(units, fps),
		other: () => new FfmpegSource({ kind: "url", name: spec }, fps),
	});
}
