import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import { maskCredentials } from "../../../src/base/mask-credentials";
import type { FrameSource } from "../../../src/ports/camera";
import type { RTSP_SOURCE_SCHEMA } from "../../../src/settings/rtsp-source-schema";
import type { ValuesOf } from "../../../src/settings/schema";
import { UsageError } from "../../../src/settings/usage-error";
import { RtspSource } from "../../../src/stream/client/rtsp-source";
import { parseSourceUrl } from "../../../src/wire/rtsp-source-url";
import { sourceHost } from "./source-host";

/**
 * Opens the camera that an RTSP URL names. Nothing here decodes H.264, so JPEG frames need a camera that sends JPEG.
 * @param peers reaches cameras behind NATs
 * @returns `undefined` when `source` is not an RTSP URL
 * @throws {UsageError} when it is malformed
 */
export function openRtsp(
	source: string,
	fps: number,
	settings: ValuesOf<typeof RTSP_SOURCE_SCHEMA>,
	peers?: PeerNetwork,
): FrameSource | undefined {
	const scheme = source.slice(0, 8).toLowerCase();
	if (!scheme.startsWith("rtsp://") && scheme !== "rtsps://") return undefined;
	const url = parseSourceUrl(source);
	if (url === undefined) {
		throw new UsageError(
			`${maskCredentials(source)}: not an RTSP URL. It looks like rtsp://user:password@camera:554/path; write "/" in a password as %2F, "?" as %3F.`,
		);
	}
	const { sourceTransport: framing, sourceBasic: basic, sourceCertificate: certificate } = settings;
	return new RtspSource(sourceHost(peers), { url, framing, basic, certificate }, fps);
}
