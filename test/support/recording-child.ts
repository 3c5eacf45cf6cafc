import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { Prng } from "../../src/base/prng";
import { Pump } from "../../src/core/pump";
import { AccessUnit } from "../../src/media/access-unit";
import { Frame } from "../../src/media/frame";
import { FileContentStore } from "../../src/storage/store/file-content-store";
import { PLAIN_SETS, plainDelta, plainKey } from "./plain-pictures";

// Records four cameras into a folder until it is killed, much faster than real time: a segment takes two seconds. It locks, deletes
// and plays meanwhile, and prints what it gives to the store, and what the store confirms:
//   node -r ./tools/typescript test/support/recording-child.ts FOLDER UTC SEED LIMIT LOCKS
// LOCKS is the chance of a lock, in place of a deletion: 0 to 1.
const [folder, utcText, seedText, limitText, locksText] = process.argv.slice(2);
const FIRST = Number(utcText);
/** How much faster time goes for the pictures. */
const SPEED = 300;
const EVERY = 50;
const KEYS = 7;
const CAMERAS = ["a", "b", "c", "d"];

const prng = new Prng(Number(seedText));
const clock = new NodeClock();
const files = new NodeFiles(folder);
const log = { write: (_level: string, _area: string, text: string) => say(`log ${text}`) };
const limits = { octets: Number(limitText), age: 0, free: 0 };
const store = new FileContentStore({ files, clock, log, pump: new Pump(clock) }, limits);
const JPEG = new Uint8Array(readFileSync(join(__dirname, "../fixtures/frame.jpg")));

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

CAMERAS.forEach((key, i) => {
	const writer = store.writer(key, `Camera ${key}`, {
		storageTrouble: (detail) => say(`trouble ${key} ${detail}`),
		storageWorks: () => say(`works ${key}`),
	});
	let number = 0;
	setInterval(() => {
		// By number, as the clock would seem to be set where the machine is too busy for a moment.
		const utc = FIRST + number * EVERY * SPEED + i;
		const sinceKey = number++ % KEYS;
		if (i % 2 === 0) {
			writer.frame(new Frame(JPEG, 0, JPEG.length, number, clock.now(), utc), utc);
		} else {
			const bytes = sinceKey === 0 ? plainKey(99) : plainDelta(sinceKey);
			writer.unit(new AccessUnit(bytes, 0, bytes.length, sinceKey === 0, number, clock.now(), 0), utc, PLAIN_SETS);
		}
		say(`given ${key} ${utc} ${Date.now()}`);
	}, EVERY);
	play(key);
});

/** Plays a camera from its oldest picture on, again and again. */
function play(key: string): void {
	const reader = store.reader(key);
	const read = (utc: number) =>
		reader.read(utc, "from", false, {
			found: ({ utc: at, picture }) => {
				picture.release();
				read(at + 1);
			},
			none: () => void setTimeout(() => read(0), 200),
			failed: () => void setTimeout(() => read(0), 200),
		});
	setTimeout(() => read(0), 100);
}

setInterval(() => {
	const key = CAMERAS[prng.below(CAMERAS.length)];
	const segments = store.segments(key, 0, Infinity, 20);
	const segment = segments[prng.below(segments.length)];
	if (segment === undefined) return;
	const { start, end, isLocked } = segment;
	if (prng.chance(Number(locksText))) {
		say(`locking ${key} ${start}`);
		store.lock(key, start, Math.min(end, start + 1), !isLocked, (answer) => {
			if (answer.failure === undefined) say(`${isLocked ? "unlocked" : "locked"} ${key} ${start}`);
		});
	} else if (segments.length > 10) {
		say(`deleting ${key} ${start} ${end}`);
		store.delete(segment, (answer) => {
			if (answer.failure === undefined) say(`deleted ${key} ${start}`);
		});
	}
}, 120);
store.watch({ segmentDeleted: ({ camera, start, end }) => say(`gone ${camera} ${start} ${end}`) });
