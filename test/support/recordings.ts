import assert from "node:assert/strict";
import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { World } from "../../hosts/virtual/world";
import { Pump } from "../../src/core/pump";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import type { MatroskaHead } from "../../src/media/matroska/matroska-head";
import type { VideoEncoding } from "../../src/media/video-encoding";
import type { StoreLimits } from "../../src/storage/content-store";
import type { GapReason } from "../../src/storage/recording";
import type { RecordedPicture, RecordingReader, RecordingSearch } from "../../src/storage/recording-reader";
import { FileContentStore } from "../../src/storage/store/file-content-store";
import { dayFolder, segmentName } from "../../src/storage/store/segment-name";
import { PLAIN_SETS, plainDelta, plainJpeg, plainKey } from "./plain-pictures";
import { recordingOf, type ToyPicture } from "./toy-matroska";
import type { VirtualFolder } from "./virtual-folder";

/** What was recorded of a camera without a gap. */
export interface RecordedSpan {
	/** @default "front-door" */
	readonly camera?: string;
	/** @default "Front door" */
	readonly title?: string;
	/** When the first picture was taken: milliseconds since 1970, or a date. */
	readonly from: number | string;
	readonly to: number | string;
	/** Milliseconds from picture to picture. @default 10000 */
	readonly interval?: number;
	/** @default "JPEG" */
	readonly encoding?: VideoEncoding;
	/** Of H.264: pictures from key picture to key picture. @default 5 */
	readonly keys?: number;
	/** Why nothing follows. @default "off" */
	readonly gap?: GapReason;
	/** The JPEG picture with this number, to be given with `width` and `height`. @default 64 × 48 in one grey that rises */
	readonly picture?: (number: number) => Uint8Array;
	readonly width?: number;
	readonly height?: number;
}

/** A file of a store. */
export interface StoreFile {
	readonly path: string;
	readonly bytes: Uint8Array;
}

const SEGMENT = 600_000;
const JPEGS = new Map<number, Uint8Array>();
const KEYS = new Map<number, Uint8Array>();

/** The grey of the picture with a number: tests see in a picture which one it is. */
export function greyOf(number: number): number {
	return 20 + ((number * 7) % 200);
}

/** Makes the files of what was recorded: segments of ten minutes that begin at multiples of ten minutes. */
export function* recordingFiles(spans: readonly RecordedSpan[]): Generator<StoreFile> {
	for (const span of spans) {
		const to = millis(span.to);
		let number = 0;
		for (let start = millis(span.from); start < to; ) {
			const end = Math.min(to, (Math.floor(start / SEGMENT) + 1) * SEGMENT);
			const { file, count, next } = segmentFile(span, start, end, number, end < to ? undefined : (span.gap ?? "off"));
			yield file;
			number += count;
			start = next;
		}
	}
}

/** Writes what was recorded to the disk of a virtual machine. @returns how many files there are */
export function fillVirtual(folder: VirtualFolder, spans: readonly RecordedSpan[]): number {
	const made = new Set<string>();
	let count = 0;
	for (const { path, bytes } of recordingFiles(spans)) {
		for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
			const name = path.slice(0, slash);
			if (made.has(name)) continue;
			made.add(name);
			folder.answer((done) => folder.machine.files.makeFolder(name, done));
		}
		folder.write(path, bytes);
		count++;
	}
	return count;
}

/** Keeps all. */
export const NO_LIMITS: StoreLimits = Object.freeze({ octets: 0, age: 0, free: 0 });

/** Opens the store on the files of a virtual machine, and waits until it is ready. */
export function openStore(world: World, machine: VirtualMachine, limits: StoreLimits = NO_LIMITS): FileContentStore {
	const { files, clock, log } = machine;
	const store = new FileContentStore({ files, clock, log, pump: new Pump(clock) }, limits);
	assert.ok(world.runUntil(() => store.state !== "opening", 600_000));
	return store;
}

/** Reads one picture of a camera in a virtual world. @returns `undefined`: there is none; a text: why it can't be read */
export function readPicture(
	world: World,
	reader: RecordingReader,
	utc: number | string,
	search: RecordingSearch = "from",
	keysOnly = false,
): RecordedPicture | string | undefined {
	const answers: (RecordedPicture | string | undefined)[] = [];
	reader.read(millis(utc), search, keysOnly, {
		found: (picture) => answers.push(picture),
		none: () => answers.push(undefined),
		failed: (detail) => answers.push(detail),
	});
	assert.equal(answers.length, 0, "never during the call");
	assert.ok(world.runUntil(() => answers.length > 0, 60_000));
	assert.equal(answers.length, 1);
	return answers[0];
}

/** The octets of a picture. */
export function octetsOf(picture: Frame | AccessUnit): Uint8Array {
	return picture.bytes.slice(picture.start, picture.end);
}

function millis(time: number | string): number {
	return typeof time === "number" ? time : Date.parse(time);
}

function segmentFile(
	span: RecordedSpan,
	start: number,
	end: number,
	first: number,
	gap: GapReason | undefined,
): { file: StoreFile; count: number; next: number } {
	const { camera = "front-door", title = "Front door", encoding = "JPEG", interval = 10_000, keys = 5 } = span;
	const { width = 64, height = 48 } = span;
	const pictures: ToyPicture[] = [];
	let next = start;
	for (; next < end; next += interval) {
		const number = first + pictures.length;
		const isKey = encoding === "JPEG" || pictures.length % keys === 0;
		pictures.push({ time: next - start, isKey, bytes: pictureOf(span, encoding, number, pictures.length % keys) });
	}
	const parameterSets = encoding === "JPEG" ? [] : PLAIN_SETS;
	const head: MatroskaHead = { encoding, width, height, utc: start, parameterSets, camera, title };
	const { ended } = recordingOf(head, pictures, { gap: gap ?? "" });
	const count = pictures.length;
	const facts = { start, duration: next - start, pictures: count, width, height, encoding, gap };
	return { file: { path: `${dayFolder(camera, start)}/${segmentName(facts)}`, bytes: ended }, count, next };
}

function pictureOf(span: RecordedSpan, encoding: VideoEncoding, number: number, sinceKey: number): Uint8Array {
	if (span.picture !== undefined) return span.picture(number);
	if (encoding === "H264" && sinceKey > 0) return plainDelta(sinceKey);
	const grey = greyOf(number);
	const made = encoding === "JPEG" ? JPEGS : KEYS;
	const known = made.get(grey) ?? (encoding === "JPEG" ? plainJpeg(grey) : plainKey(grey));
	made.set(grey, known);
	return known;
}
