/** What ffmpeg is to open. */
export interface FfmpegInput {
	readonly kind: "device" | "url" | "file";
	readonly name: string;
}

/** The finest and the coarsest scale of ffmpeg's encoder. */
const SCALE_MIN = 2;
const SCALE_MAX = 31;

/** The scale that makes pictures as large as libjpeg's at quality 50; measured. */
const SCALE_OF_50 = 13;

/**
 * Tells the scale (`-q:v`) at which ffmpeg's pictures are about as large as libjpeg's at a quality from 1 to 100.
 *
 * libjpeg multiplies the tables of ITU-T T.81 Annex K by 50 / quality below 50, and by 2 - quality / 50 from there on.
 */
export function scaleOf(quality: number): number {
	const share = quality < 50 ? 50 / quality : 2 - quality / 50;
	return Math.max(SCALE_MIN, Math.min(SCALE_MAX, Math.round(SCALE_OF_50 * share)));
}

/** The arguments for `ffprobe` that print the codec of the video (`mjpeg`, `h264` …), or fail. */
export function probeArguments(input: FfmpegInput): string[] {
	const print = ["-select_streams", "v:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
	return ["-hide_banner", "-loglevel", "error", ...print, ...opening(input, true), input.name];
}

/**
 * The arguments for `ffmpeg` that write JPEG pictures, one after another, to standard output.
 * @param copy true: the input is Motion JPEG already, and is passed on as it is; false: it is encoded as baseline
 * 4:2:0 with the standard Huffman tables
 * @param fps the most pictures a second; no say in what is copied
 * @param quality of what is encoded, 1 to 100
 */
export function runArguments(input: FfmpegInput, copy: boolean, fps: number, quality: number): string[] {
	const scale = ["-q:v", `${scaleOf(quality)}`];
	// ffmpeg would use several threads for one picture, and put restart markers between their parts.
	const encode = ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", ...scale, "-threads", "1"];
	const codec = copy ? ["-c:v", "copy"] : [...encode, "-fpsmax", `${fps}`];
	return [
		...["-hide_banner", "-nostdin", "-loglevel", "error"],
		...pace(input),
		...opening(input, copy),
		...["-i", input.name, "-map", "0:v:0", ...codec, "-f", "mjpeg", "pipe:1"],
	];
}

/** A film is played in a loop at its own pace; of what is live the newest counts. */
function pace({ kind, name }: FfmpegInput): string[] {
	if (kind === "file") return ["-stream_loop", "-1", "-re"];
	// What comes by HTTP may be a single picture, which must not be lost while ffmpeg looks at the stream.
	return [...(/^https?:/i.test(name) ? [] : ["-fflags", "nobuffer"]), "-flags", "low_delay"];
}

function opening({ kind, name }: FfmpegInput, mjpeg: boolean): string[] {
	if (kind === "device") return ["-f", "v4l2", ...(mjpeg ? ["-input_format", "mjpeg"] : [])];
	// By UDP, RTSP loses parts of pictures where the network is busy.
	if (kind === "url" && /^rtsps?:/i.test(name)) return ["-rtsp_transport", "tcp"];
	return [];
}

const USER_INFO = /(\/\/)[^/\s]*@/g;
const SECRET_FIELD = /([?&][^=&\s]*(?:pass|pwd|token|key|secret|auth|sig)[^=&\s]*=)[^&\s]*/gi;

/** Hides user names, passwords and tokens of URLs in a text. */
export function maskCredentials(text: string): string {
	return text.replace(USER_INFO, "$1***@").replace(SECRET_FIELD, "$1***");
}
