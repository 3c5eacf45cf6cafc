import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { endChild, findProgram, startChild } from "./child-process";
import { listFormatsArguments } from "./ffmpeg-arguments";

/** The most that is read of what ffmpeg lists, in characters. */
const LIST_MAX = 65536;
/** The most device nodes of one camera that are looked at. */
const NODES_MAX = 8;

/**
 * Finds the device node of a camera that gives H.264: that itself, or another one of the same camera, as some USB cameras have
 * one for Motion JPEG and one for H.264.
 * @param found called with the node; `undefined`: none, or ffmpeg is missing
 * @param classes the folder in which the kernel lists video devices
 * @returns cancels the search
 */
export function findH264Node(
	device: string,
	found: (node: string | undefined) => void,
	classes = "/sys/class/video4linux",
): () => void {
	const nodes = [device, ...siblingsOf(device, classes)];
	let cancel = (): void => {};
	const look = (at: number): void => {
		if (at === nodes.length) found(undefined);
		else cancel = offersH264(nodes[at], (does) => (does ? found(nodes[at]) : look(at + 1)));
	};
	look(0);
	return () => cancel();
}

/** The other nodes of the same piece of hardware, lowest number first. */
function siblingsOf(device: string, classes: string): string[] {
	try {
		const name = basename(realpathSync(device));
		const hardware = (node: string): string => realpathSync(join(classes, node, "device"));
		const own = hardware(name);
		return readdirSync(classes)
			.filter((node) => node !== name && /^video\d+$/.test(node) && hardware(node) === own)
			.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)))
			.slice(0, NODES_MAX)
			.map((node) => join(dirname(realpathSync(device)), node));
	} catch {
		return [];
	}
}

/** Asks ffmpeg for the formats of a device, which does not disturb another program that streams from it. @returns cancels the question */
function offersH264(device: string, answer: (does: boolean) => void): () => void {
	const ffmpeg = findProgram("ffmpeg");
	if (ffmpeg === undefined) {
		answer(false);
		return () => {};
	}
	const child = startChild(ffmpeg, listFormatsArguments(device));
	let isWanted = true;
	let said = "";
	child.stdout.resume();
	child.stderr.on("data", (chunk: Buffer) => {
		said = (said + chunk.toString("latin1")).slice(0, LIST_MAX);
	});
	const done = (): void => {
		if (isWanted) answer(/^\[.*\] Compressed:\s+h264 :/m.test(said));
		isWanted = false;
	};
	child.once("close", done);
	child.once("error", done);
	return () => {
		isWanted = false;
		endChild(child);
	};
}
