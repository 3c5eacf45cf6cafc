import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import { MjpegSource } from "../../../src/camera/mjpeg-source";
import type { FrameSource } from "../../../src/ports/camera";
import { parseHttpSource } from "../../../src/wire/http-source-url";
import { FfmpegSource } from "./ffmpeg-source";
import type { RtspSourceSettings } from "./open-rtsp";
import { SourceError } from "./source-error";
import { sourceHost } from "./source-host";

/**
 * Opens a camera by its HTTP URL: Motion JPEG without ffmpeg, all else with it.
 * @param peers reaches cameras behind NATs
 * @throws {SourceError} when the URL is malformed
 */
export function openMjpeg(spec: string, fps: number, settings: RtspSourceSettings, peers?: PeerNetwork): FrameSource {
	const place = parseHttpSource(spec);
	if (place === undefined) {
		throw new SourceError(
			`${spec}: not an HTTP URL. It looks like http://user:password@camera:80/path; write "/" in a password as %2F, "?" as %3F.`,
		);
	}
	const options = { place, basic: settings.sourceBasic, certificate: settings.sourceCertificate };
	return new MjpegSource(sourceHost(peers), options, fps, () => new FfmpegSource({ kind: "url", name: spec }, fps));
}
