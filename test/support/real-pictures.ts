import { spawnSync } from "node:child_process";
import { H264Finder } from "../../src/media/h264-finder";
import { ParameterSets } from "../../src/media/h264-parameter-sets";
import type { ToyPicture } from "./toy-matroska";

/** Runs a tool on a file or on its standard input. @returns what it printed; throws when it fails */
export function run(program: string, args: readonly string[], input?: Uint8Array): Buffer {
	const { status, stdout, stderr, error } = spawnSync(program, args, {
		input,
		maxBuffer: 256 * 1024 * 1024,
		timeout: 150_000,
		killSignal: "SIGKILL",
	});
	if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? ""} ${stderr}`);
	return stdout;
}

/** JPEG pictures of a moving test picture, made by ffmpeg. @param interval in milliseconds */
export function realJpegs(count: number, interval = 100, size = "320x240"): ToyPicture[] {
	const stream = run("ffmpeg", [
		...["-v", "error", "-f", "lavfi", "-i", `testsrc=size=${size}:rate=10`, "-frames:v", `${count}`],
		...["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "mjpeg", "-"],
	]);
	const pictures: ToyPicture[] = [];
	for (let at = 0; at < stream.length; ) {
		const next = stream.indexOf(END, at) + 2;
		pictures.push({ bytes: new Uint8Array(stream.subarray(at, next)), time: pictures.length * interval });
		at = next;
	}
	return pictures;
}

const END = Buffer.from([0xff, 0xd9]);

/** H.264 pictures made by ffmpeg, with a key picture every second, and their parameter sets. */
export function realUnits(
	count: number,
	size = "320x240",
	preset = "ultrafast",
): { pictures: ToyPicture[]; parameterSets: readonly Uint8Array[] } {
	const stream = run("ffmpeg", [
		...["-v", "error", "-f", "lavfi", "-i", `testsrc=size=${size}:rate=25`, "-frames:v", `${count}`],
		...["-c:v", "libx264", "-preset", preset, "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p", "-f", "h264", "-"],
	]);
	const pictures: ToyPicture[] = [];
	const finder = new H264Finder({
		unit: (start, end, isKey) =>
			pictures.push({ bytes: new Uint8Array(stream.subarray(start, end)), time: pictures.length * 40, isKey }),
	});
	finder.push(stream);
	finder.end();
	const sets = new ParameterSets();
	sets.takeAll(stream, 0, stream.length);
	return { pictures, parameterSets: sets.list };
}

/** What ffprobe says of a file. */
export interface Probe {
	readonly format: string;
	readonly duration: number;
	readonly codec: string;
	readonly width: number;
	readonly height: number;
	/** Times of the packets in seconds, in the order of the file. */
	readonly times: readonly number[];
	readonly keys: number;
	readonly tags: Readonly<Record<string, string>>;
}

/** Asks ffprobe; throws when it complains. */
export function probe(path: string): Probe {
	const { status, stdout, stderr } = spawnSync("ffprobe", [
		...["-v", "warning", "-show_format", "-show_streams", "-show_packets", "-of", "json", path],
	]);
	if (status !== 0 || stderr.length > 0) throw new Error(`ffprobe: ${stderr}`);
	const { format, streams, packets } = JSON.parse(`${stdout}`);
	const [stream] = streams;
	return {
		format: format.format_name,
		duration: Number(format.duration),
		codec: stream.codec_name,
		width: stream.width,
		height: stream.height,
		times: packets.map(({ pts_time }: { pts_time: string }) => Number(pts_time)),
		keys: packets.filter(({ flags }: { flags: string }) => flags.startsWith("K")).length,
		tags: { ...format.tags },
	};
}

/** Decodes all pictures of a file with ffmpeg; throws when it complains. @returns how many there were */
export function decodeAll(path: string, before: readonly string[] = []): number {
	const { status, stdout, stderr } = spawnSync(
		"ffmpeg",
		["-v", "warning", "-xerror", ...before, "-i", path, "-f", "framehash", "-fps_mode", "passthrough", "-"],
		{ maxBuffer: 64 * 1024 * 1024 },
	);
	if (status !== 0 || stderr.length > 0) throw new Error(`ffmpeg: ${stderr}`);
	return `${stdout}`.split("\n").filter((line) => /^\d/.test(line)).length;
}
