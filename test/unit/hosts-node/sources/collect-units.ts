import { spawnSync } from "node:child_process";
import type { AccessUnit } from "../../../../src/media/access-unit";
import { NAL_PPS, NAL_SPS, NalWalker } from "../../../../src/media/h264";
import type { UnitSink } from "../../../../src/ports/camera";

/** Keeps what a source of H.264 gives. */
export class CollectUnits implements UnitSink {
	readonly units: AccessUnit[] = [];
	readonly troubles: (string | undefined)[] = [];

	unit(unit: AccessUnit): void {
		this.units.push(unit);
	}

	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}

	/** All pictures, one after another. */
	get stream(): Buffer {
		return Buffer.concat(this.units.map(({ bytes, start, end }) => bytes.subarray(start, end)));
	}
}

/** The types of the NAL units in a picture. */
export function typesOf({ bytes, start, end }: AccessUnit): number[] {
	const types: number[] = [];
	for (const walker = new NalWalker().open(bytes, start, end); walker.next(); ) types.push(walker.type);
	return types;
}

/** The types of parameter sets, without start codes. */
export function typesOfSets(sets: readonly Uint8Array[]): number[] {
	return sets.map((set) => set[0] & 31).filter((type) => type === NAL_SPS || type === NAL_PPS);
}

/** Decodes a byte stream with ffmpeg. @returns how many pictures it has, and what ffmpeg complained about */
export function decode(stream: Buffer): { pictures: number; complaints: string } {
	const args = ["-hide_banner", "-loglevel", "error", "-f", "h264", "-i", "-", "-f", "framecrc", "-vsync", "0", "-"];
	const { stdout, stderr } = spawnSync("ffmpeg", args, { input: stream, maxBuffer: 64 << 20 });
	const lines = stdout.toString("latin1").split("\n");
	return { pictures: lines.filter((line) => /^0,/.test(line)).length, complaints: stderr.toString("utf8") };
}
