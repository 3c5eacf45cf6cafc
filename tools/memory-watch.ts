import { pause } from "../test/support/until";
import type { RunningCamera } from "./camera-program";
import { rise } from "./rise";

/** Milliseconds between two memory samples. */
const SAMPLE = 2000;
/** The least of this many samples counts: uncollected garbage is not a leak. */
const GROUP = 10;
/** The part of the time that is for warming up. */
const WARM_UP = 0.3;
/** The part by which memory may grow from then on, by a line fitted to the samples. */
const GROWTH_MAX = 0.1;

/** How a program's memory went. */
export interface MemoryVerdict {
	readonly isFlat: boolean;
	/** `flat: 8120 to 8164 kB, 0.4 %` */
	readonly text: string;
}

/**
 * Samples the resident memory of a camera until a time is over, and judges whether it grows.
 * @param name begins the line that is printed each minute
 * @param end on the clock of `performance.now`
 */
export async function watchMemory(name: string, camera: RunningCamera, end: number): Promise<MemoryVerdict> {
	const samples: number[] = [];
	const start = performance.now();
	for (let next = 1; performance.now() < end; next++) {
		await pause(Math.max(0, start + next * SAMPLE - performance.now()));
		samples.push(camera.residentKb());
		if (next % 30 === 0) console.log(`${name}: ${samples.at(-1)} kB after ${(next * SAMPLE) / 60_000} min`);
	}
	const warm = leastOfGroups(samples.slice(Math.floor(samples.length * WARM_UP)));
	const growth = rise(warm) / (warm.reduce((a, b) => a + b, 0) / warm.length);
	const isFlat = growth <= GROWTH_MAX;
	const range = `${warm[0]} to ${warm.at(-1)} kB, ${(growth * 100).toFixed(1)} %`;
	return { isFlat, text: `${isFlat ? "flat" : "GROWS"}: ${range}` };
}

function leastOfGroups(samples: readonly number[]): number[] {
	const least: number[] = [];
	for (let at = 0; at < samples.length; at += GROUP) least.push(Math.min(...samples.slice(at, at + GROUP)));
	return least;
}
