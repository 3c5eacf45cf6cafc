import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import { maskCredentials } from "../../../src/base/mask-credentials";
import { MjpegSource } from "../../../src/camera/mjpeg-source";
import type { FrameSource } from "../../../src/ports/camera";
import type { RTSP_SOURCE_SCHEMA } from "../../../src/settings/rtsp-source-schema";
import type { ValuesOf } from "../../../src/settings/schema";
import { UsageError } from "../../../src/settings/usage-error";
import { parseHttpSource } from "../../../src/wire/http-source-url";
import { sourceHost } from "./source-host";

/**
 * Opens the camera that the HTTP URL of a Motion JPEG stream names.
 * @param peers reaches cameras behind NATs
 * @returns `undefined` when `source` is not an HTTP URL
 * @throws {UsageError} when it is malformed
 */
export function openMjpeg(
	source: string,
	fps: number,
	settings: ValuesOf<typeof RTSP_SOURCE_SCHEMA>,
	peers?: PeerNetwork,
): FrameSource | undefined {
	const scheme = source.slice(0, 8).toLowerCase();
	if (!scheme.startsWith("http://") && scheme !== "https://") return undefined;
	const place = parseHttpSource(source);
	if (place === undefined) {
		throw new UsageError(
			`${maskCredentials(source)}: not an HTTP URL. It looks like http://user:password@camera:80/path; write "/" in a password as %2F, "?" as %3F.`,
		);
	}
	const { sourceBasic: basic, sourceCertificate: certificate } = settings;
	return new MjpegSource(sourceHost(peers), { place, basic, certificate }, fps);
}
