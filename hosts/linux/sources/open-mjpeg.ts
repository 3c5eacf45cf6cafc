import process from "porthole:process";
import { maskCredentials } from "../../../src/base/mask-credentials";
import { MjpegSource } from "../../../src/camera/mjpeg-source";
import { Pump } from "../../../src/core/pump";
import type { FrameSource } from "../../../src/ports/camera";
import type { RTSP_SOURCE_SCHEMA } from "../../../src/settings/rtsp-source-schema";
import type { ValuesOf } from "../../../src/settings/schema";
import { UsageError } from "../../../src/settings/usage-error";
import { parseHttpSource } from "../../../src/wire/http-source-url";
import { LinuxClock } from "../adapters/clock";
import { LinuxInterfaces } from "../adapters/interface-source";
import { LinuxNetwork } from "../adapters/network";
import { LinuxRandom } from "../adapters/random";
import { LinuxResolver } from "../adapters/resolver";

/**
 * Opens the camera that the HTTP URL of a Motion JPEG stream names.
 * @returns `undefined` when `source` is not an HTTP URL
 * @throws {UsageError} when it is malformed
 */
export function openMjpeg(
	source: string,
	fps: number,
	settings: ValuesOf<typeof RTSP_SOURCE_SCHEMA>,
): FrameSource | undefined {
	const scheme = source.slice(0, 8).toLowerCase();
	if (!scheme.startsWith("http://") && scheme !== "https://") return undefined;
	const place = parseHttpSource(source);
	if (place === undefined) {
		throw new UsageError(
			`${maskCredentials(source)}: not an HTTP URL. It looks like http://user:password@camera:80/path; write "/" in a password as %2F, "?" as %3F.`,
		);
	}
	const clock = new LinuxClock();
	const network = new LinuxNetwork(new LinuxInterfaces({}));
	const random = new LinuxRandom(process.random);
	const host = {
		pump: new Pump(clock),
		network,
		resolver: new LinuxResolver(network, random),
		random,
		utc: () => clock.utc(),
	};
	const { sourceBasic: basic, sourceCertificate: certificate } = settings;
	return new MjpegSource(host, { place, basic, certificate }, fps);
}
