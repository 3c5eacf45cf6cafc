import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { PeerNetwork } from "../../../src/app/peer/peer-network";
import type { FrameSource } from "../../../src/ports/camera";
import { type Motion, NO_MOTION } from "../../../src/ports/motion";
import { RTSP_SOURCE_SCHEMA } from "../../../src/settings/rtsp-source-schema";
import { defaultsOf } from "../../../src/settings/schema";
import { DeviceSource } from "./device-source";
import { FfmpegSource } from "./ffmpeg-source";
import { FileSource, looksLikeJpeg } from "./file-source";
import { openMjpeg } from "./open-mjpeg";
import { openRtsp, type RtspSourceSettings } from "./open-rtsp";
import { SourceError } from "./source-error";
import { SyntheticCamera } from "./synthetic-camera";

/** What a source needs besides its specification. */
export interface SourceOptions {
	/** Pictures per second; a device or stream that is slower keeps its own rate. */
	readonly fps: number;
	/** Returns the camera's current name, for the picture of the synthetic camera. */
	readonly name: () => string;
	/** A number that differs between cameras and chooses the colours of the synthetic scene. */
	readonly look: number;
	/** How cameras are reached by RTSP and HTTP. @default those of the settings */
	readonly rtsp?: RtspSourceSettings;
	/** Reaches cameras behind NATs. @default they are not reached */
	readonly peers?: PeerNetwork;
}

/** A frame source, and the drive that moves it. */
export interface OpenedSource {
	readonly source: FrameSource;
	readonly motion: Motion;
}

/**
 * Opens the frame source of a specification: `synthetic`; a camera by RTSP or HTTP; another URL or a device (with ffmpeg); a JPEG file, a file of
 * concatenated JPEGs or a folder of JPEG files; any other file in a loop (with ffmpeg).
 * @throws {SourceError} when there is none
 */
export function openSource(spec: string, options: SourceOptions): OpenedSource {
	if (spec === "synthetic") {
		const camera = new SyntheticCamera(options.name, options.look, options.fps);
		return { source: camera, motion: camera.motion };
	}
	return { source: openFixed(spec, options), motion: NO_MOTION };
}

function openFixed(spec: string, { fps, rtsp, peers }: SourceOptions): FrameSource {
	if (/^rtsps?:\/\//i.test(spec)) return openRtsp(spec, fps, rtsp ?? defaultsOf(RTSP_SOURCE_SCHEMA), peers);
	if (/^https?:\/\//i.test(spec)) return openMjpeg(spec, fps, rtsp ?? defaultsOf(RTSP_SOURCE_SCHEMA), peers);
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(spec)) return new FfmpegSource({ kind: "url", name: spec }, fps);
	// The device may not exist yet, as a camera can be plugged in later.
	if (spec.startsWith("/dev/")) return new DeviceSource(spec, fps);
	const found = spec === "" ? undefined : statSync(spec, { throwIfNoEntry: false });
	if (found === undefined) {
		throw new SourceError(
			`${spec === "" ? "no source" : spec}: there is no such file or folder. A source is "synthetic", a JPEG or MJPEG file, a folder of JPEG files, a video file, a device such as /dev/video0, or a URL such as rtsp://camera/stream.`,
		);
	}
	if (found.isDirectory() || beginsAsJpeg(spec)) return new FileSource(spec, fps);
	// ffmpeg can't take an absolute path for an option or a protocol.
	return new FfmpegSource({ kind: "file", name: resolve(spec) }, fps);
}

function beginsAsJpeg(file: string): boolean {
	try {
		const head = new Uint8Array(3);
		const descriptor = openSync(file, "r");
		try {
			readSync(descriptor, head);
		} finally {
			closeSync(descriptor);
		}
		return looksLikeJpeg(head);
	} catch (error) {
		throw new SourceError(`${file}: ${error instanceof Error ? error.message : error}`);
	}
}
