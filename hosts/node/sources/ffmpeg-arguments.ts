import { OWN_LOOK, OWN_RESOLUTION } from "../../../src/camera/chosen-look";
import type { PictureLook } from "../../../src/ports/camera";

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

/** The longest side of a picture that all RTP players take. @see RFC 2435 §3.1.5 */
const RTP_SIDE_MAX = 2040;

const QUIET = Object.freeze(["-hide_banner", "-nostdin", "-loglevel", "error"]);
/** For an input from a pipe: nothing is analysed, and nothing waits for the next picture. */
const QUIET_FED = Object.freeze([
	...["-hide_banner", "-loglevel", "error", "-flags", "low_delay"],
	...["-probesize", "32", "-analyzeduration", "0"],
]);
const FROM_MATROSKA = Object.freeze(["-threads", "1", "-f", "matroska", "-i", "pipe:0", "-map", "0:v:0"]);
const FLV = Object.freeze(["-f", "flv", "-flvflags", "no_duration_filesize", "-flush_packets", "1", "pipe:1"]);
/** ffmpeg 5.1 and later have `-fps_mode`, earlier ones `-vsync`, which later ones are about to lose. */
let syncOption = "-fps_mode";

/** Remembers that this machine's ffmpeg is old, if that is what it said. @returns whether the arguments are others now */
export function learnFromRefusal(said: string): boolean {
	if (syncOption === "-vsync" || !said.includes("Unrecognized option 'fps_mode'")) return false;
	syncOption = "-vsync";
	return true;
}

/** The end of a filter: pictures are numbered in place of their times, as the encoder refuses two of one time. */
const COUNTED = "settb=1/25,setpts=N";

/** No picture that is numbered is left out or doubled to reach an even rate. */
function everyPicture(): string[] {
	return ["-enc_time_base", "1:25", syncOption, "passthrough", "-flush_packets", "1"];
}

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
	return ["-hide_banner", "-loglevel", "error", ...print, ...opening(input, "mjpeg"), input.name];
}

/**
 * Returns the arguments for `ffmpeg` that write JPEG pictures to standard output, one after another.
 * @param copy true: the input is Motion JPEG and is passed on unchanged; false: it is encoded as baseline 4:2:0 with the
 * standard Huffman tables
 * @param fps the maximum rate in pictures per second; ignored for a copy
 * @param quality the quality of encoded pictures, 1 to 100
 * @param look what is asked of the pictures; for a copy only a device's size
 */
export function runArguments(
	input: FfmpegInput,
	copy: boolean,
	fps: number,
	quality: number,
	look: PictureLook = OWN_LOOK,
): string[] {
	const filters = filtersOf(input, look);
	const filter = filters === "" ? [] : ["-vf", filters];
	const codec = copy ? ["-c:v", "copy"] : [...filter, ...encodeJpeg(quality), "-fpsmax", `${fps}`];
	const { width, height } = look.resolution ?? OWN_RESOLUTION;
	return [
		...QUIET,
		...pace(input),
		...opening(input, copy ? "mjpeg" : undefined),
		...(input.kind === "device" && width > 0 ? ["-video_size", `${width}x${height}`] : []),
		...["-i", input.name, "-map", "0:v:0", ...codec, "-f", "mjpeg", "pipe:1"],
	];
}

/**
 * Returns the filters that make pictures look as asked, separated by commas; empty: none. A device is opened at the size that is
 * asked for; other pictures are scaled down to fit into it.
 */
export function filtersOf({ kind }: FfmpegInput, { resolution, brightness = 0, flip = "none" }: PictureLook): string {
	const filters: string[] = [];
	const { width, height } = resolution ?? OWN_RESOLUTION;
	if (width > 0 && kind !== "device")
		filters.push(
			`scale=min(iw\\,${width}):min(ih\\,${height}):force_original_aspect_ratio=decrease:force_divisible_by=2`,
		);
	if (flip === "horizontal" || flip === "both") filters.push("hflip");
	if (flip === "vertical" || flip === "both") filters.push("vflip");
	// The filter's own range is from -1 to 1, of which the outer halves show next to nothing.
	if (brightness !== 0) filters.push(`eq=brightness=${(brightness / 200).toFixed(3)}`);
	return filters.join(",");
}

/** Returns the arguments for `ffmpeg` that pass the H.264 of an input on, as FLV, in a loop if it is a file. */
export function copyH264Arguments(input: FfmpegInput): string[] {
	// What is read while ffmpeg analyses the stream must not be lost, as the first key picture is among it.
	const begin = input.kind === "file" ? pace(input) : ["-fpsprobesize", "0", "-analyzeduration", "1000000"];
	return [...QUIET, ...begin, ...opening(input, "h264"), "-i", input.name, "-map", "0:v:0", "-c:v", "copy", ...FLV];
}

/** Returns the arguments for `ffmpeg` that list the formats which a device compresses by itself, on standard error. */
export function listFormatsArguments(device: string): string[] {
	return ["-hide_banner", "-nostdin", "-f", "v4l2", "-list_formats", "compressed", "-i", device];
}

/**
 * Returns the arguments for `ffmpeg` that make H.264 of JPEG pictures in Matroska, without delay. A picture whose time is an odd
 * number of milliseconds becomes a key picture; there are no others, but the first.
 */
export function encodeH264Arguments(): string[] {
	const keys = ["-force_key_frames", "expr:mod(round(t*1000),2)", "-forced-idr", "1"];
	const noOthers = ["-g", "1000000", "-sc_threshold", "0"];
	// 4:2:0 needs even sides. Times are kept to the millisecond.
	const even = ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-pix_fmt", "yuv420p", "-enc_time_base", "1:1000"];
	const quick = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "baseline"];
	// Players are told the usual rate; by the times alone it would be 1000 a second.
	const rate = ["-crf", "25", "-x264-params", "force-cfr=1"];
	return [...QUIET_FED, ...FROM_MATROSKA, ...quick, ...rate, ...even, ...keys, ...noOthers, ...FLV];
}

/**
 * Returns the arguments for `ffmpeg` that make JPEG pictures of JPEG pictures in Matroska which RTP can't carry: sides are cut to
 * multiples of 8, and scaled down if they are too long.
 */
export function convertJpegArguments(width: number, height: number): string[] {
	const scale = Math.max(1, width / RTP_SIDE_MAX, height / RTP_SIDE_MAX);
	const [w, h] = [width, height].map((side) => Math.max(8, Math.floor(side / scale / 8) * 8));
	const fit = scale === 1 ? `crop=${Math.min(w, width)}:${Math.min(h, height)}:0:0` : `scale=${w}:${h}`;
	return [
		...QUIET_FED,
		...FROM_MATROSKA,
		"-vf",
		`${fit},${COUNTED}`,
		...encodeJpeg(90),
		...everyPicture(),
		"-f",
		"mjpeg",
		"pipe:1",
	];
}

/** Returns the arguments for `ffmpeg` that make JPEG pictures of an H.264 byte stream. @param fps the maximum rate in pictures per second */
export function decodeH264Arguments(fps: number, quality: number): string[] {
	const live = ["-use_wallclock_as_timestamps", "1", "-threads", "1", "-f", "h264", "-i", "pipe:0", "-map", "0:v:0"];
	const rate = ["-vf", `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${(0.9 / fps).toFixed(4)})',${COUNTED}`];
	return [...QUIET_FED, ...live, ...rate, ...encodeJpeg(quality), ...everyPicture(), "-f", "mjpeg", "pipe:1"];
}

/** Plays a file in a loop at its own pace; of a live input the newest picture counts. */
function pace(input: FfmpegInput): string[] {
	if (input.kind === "file") return ["-stream_loop", "-1", "-re"];
	// An HTTP input may be a single picture, which must not be lost while ffmpeg analyses the stream.
	return [...(isHttp(input) ? [] : ["-fflags", "nobuffer"]), "-flags", "low_delay"];
}

/** Baseline 4:2:0 with the standard Huffman tables. */
function encodeJpeg(quality: number): string[] {
	// With several threads ffmpeg puts restart markers into a picture.
	return [
		"-c:v",
		"mjpeg",
		"-huffman",
		"default",
		"-pix_fmt",
		"yuvj420p",
		"-q:v",
		`${scaleOf(quality)}`,
		"-threads",
		"1",
	];
}

/** @param format the format that is wanted of a device */
function opening({ kind, name, raw }: FfmpegInput, format?: "mjpeg" | "h264"): string[] {
	if (raw === true) return ["-f", "mjpeg"];
	if (kind === "device") return ["-f", "v4l2", ...(format === undefined ? [] : ["-input_format", format])];
	// Over UDP, RTSP loses parts of pictures when the network is busy.
	if (kind === "url" && /^rtsps?:/i.test(name)) return ["-rtsp_transport", "tcp"];
	return [];
}
