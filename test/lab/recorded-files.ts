import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What ffprobe finds in a segment. */
export interface Probed {
	readonly codec: string;
	/** When its pictures were taken, in milliseconds since 1970. */
	readonly times: readonly number[];
}

/** The segments of a camera in a NAS's storage, in order. */
export function segmentsOf(storage: string, key: string): string[] {
	const folder = join(storage, "recordings", key);
	if (!existsSync(folder)) return [];
	return readdirSync(folder).flatMap((day) =>
		readdirSync(join(folder, day))
			.sort()
			.map((name) => join(folder, day, name)),
	);
}

/** When a segment begins, by its name: the same while it is written and afterwards. */
export function timeName(file: string): string {
	return basename(file).slice(0, "17-40-00.123".length);
}

/** Reads a segment with ffprobe. */
export function probe(file: string): Probed {
	const words = ["-v", "error", "-select_streams", "v", "-show_entries", "stream=codec_name:packet=pts_time"];
	const { streams, packets } = JSON.parse(
		execFileSync("ffprobe", [...words, "-of", "json", file], { encoding: "utf8", stdio: "pipe" }),
	);
	const start = Date.parse(`${basename(dirname(file))}T${timeName(file).replaceAll("-", ":")}Z`);
	return {
		codec: streams[0].codec_name,
		times: packets.map((packet: { pts_time: string }) => start + Math.round(Number(packet.pts_time) * 1000)),
	};
}
