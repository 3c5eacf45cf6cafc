export { maskCredentials } from "../../../src/base/mask-credentials";

/** An input of ffmpeg. */
export interface FfmpegInput {
	readonly kind: "device" | "url" | "file";
	readonly name: string;
	/**
	 * True: pictures are taken as they are found in what an HTTP camera sends. ffmpeg itself gives up on a multipart stream
	 * whose first boundary is missing or doubled.
	 */
	readonly raw?: boolean;
}

/** True for a camera that sends its pictures by HTTP. */
export function isHttp({ kind, name }: FfmpegInput): boolean {
	return kind === "url" && /^https?:/i.test(name);
}

/** The scale of ffmpeg's encoder for the best and the worst quality. */
const SCALE_MIN = 2;
const SCALE_MAX = 31;

/** The scale at which pictures are as large as libjpeg's at quality 50 (measured). */
const SCALE_OF_50 = 13;

/**
 * Returns the scale (`-q:v`) at which ffmpeg's pictures are about as large as libjpeg's at a quality from 1 to 100.
 *
 * libjpeg multiplies the tables of ITU-T T.81 Annex K by 50 / quality below 50, and by 2 - quality / 50 from there on.
 */
export function scaleOf(quality: number): number {
	const share = quality < 50 ? 50 / quality : 2 - quality / 50;
	return Math.max(SCALE_MIN, Math.min(SCALE_MAX, Math.round(SCALE_OF_50 * share)));
}

/** Returns the arguments for `ffprobe` that print the codec and the width of the video: `mjpeg,640`. */
export function probeArguments(input: FfmpegInput): string[] {
	const print = ["-select_streams", "v:0", "-show_entries", "stream=codec_name,width", "-of", "csv=p=0"];
	return ["-hide_banner", "-loglevel", "error", ...print, ...opening(input, true), input.name];
}

/**
 * Returns the arguments for `ffmpeg` that write JPEG pictures to standard output, one after another.
 * @param copy true: the input is Motion JPEG and is passed on unchanged; false: it is encoded as baseline 4:2:0 with the
 * standard Huffman tables
 * @param fps the maximum rate in pictures per second; ignored for a copy
 * @param quality the quality of encoded pictures, 1 to 100
 */
export function runArguments(input: FfmpegInput, copy: boolean, fps: number, quality: number): string[] {
	const scale = ["-q:v", `${scaleOf(quality)}`];
	// With several threads ffmpeg puts restart markers into a picture.
	const encode = ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", ...scale, "-threads", "1"];
	const codec = copy ? ["-c:v", "copy"] : [...encode, "-fpsmax", `${fps}`];
	return [
		...["-hide_banner", "-nostdin", "-loglevel", "error"],
		...pace(input),
		...opening(input, copy),
		...["-i", input.name, "-map", "0:v:0", ...codec, "-f", "mjpeg", "pipe:1"],
	];
}

/** Plays a file in a loop at its own pace; of a live input the newest picture counts. */
function pace(input: FfmpegInput): string[] {
	if (input.kind === "file") return ["-stream_loop", "-1", "-re"];
	// An HTTP input may be a single picture, which must not be lost while ffmpeg analyses the stream.
	return [...(isHttp(input) ? [] : ["-fflags", "nobuffer"]), "-flags", "low_delay"];
}

function opening({ kind, name, raw }: FfmpegInput, mjpeg: boolean): string[] {
	if (raw === true) return ["-f", "mjpeg"];
	if (kind === "device") return ["-f", "v4l2", ...(mjpeg ? ["-input_format", "mjpeg"] : [])];
	// Over UDP, RTSP loses parts of pictures when the network is busy.
	if (kind === "url" && /^rtsps?:/i.test(name)) return ["-rtsp_transport", "tcp"];
	return [];
}
