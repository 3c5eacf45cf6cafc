import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MeteringRecord } from "../../src/relay/metering-record";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { FRAME, NODE_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { houseFor, WAN } from "./house";
import { Lab, type LabProcess, OWNER } from "./lab";
import { probe, segmentsOf } from "./recorded-files";
import { programOf } from "./relay-lab";

const CAMERAS = [1, 2, 3] as const;
/** The NAS is on the machine of a fourth camera. */
const NAS = 4;
const KEY = "only-the-cameras-of-this-house";
const FLAGS = ["--fleet-key", KEY, "--rtsp-port", "0"];
const PORTAL = `http://${WAN}:8080/`;
/** The relay is on the Internet. */
const RELAY = "http://198.20.0.10:8080";
/** The longest gap of IMG-26 for cameras that live, in milliseconds, with time for a busy machine. */
const GAP = 10_000;
/** Time for programs to find each other, in milliseconds. */
const START_TIME = 30_000;

/** What each picture of a camera has in a comment. */
const MARK = "picture of camera ";
const MARKS = new RegExp(`${MARK}(\\d)`, "g");

/** Makes the picture of a camera: the usual one with a comment. */
function writePicture(file: string, n: number): void {
	const picture = readFileSync(FRAME);
	const text = `${MARK}${n}`;
	const comment = Buffer.from([0xff, 0xfe, 0, 2 + text.length, ...Buffer.from(text)]);
	writeFileSync(file, Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]));
}

/** Somebody who watches a camera at the relay. */
class Watcher {
	/** When pictures of the camera came. */
	readonly times: number[] = [];
	/** The cameras whose pictures came, too. */
	readonly others = new Set<string>();
	readonly process: LabProcess;
	private rest = "";

	constructor(
		lab: Lab,
		readonly n: number,
		readonly id: string,
	) {
		this.process = lab.spawn("away", ["curl", "-sN", ...OWNER, "--max-time", "300", `${RELAY}/home/${id}`]);
		this.process.listen((chunk) => this.take(chunk));
	}

	/** The longest time without a picture since a moment. */
	pauseSince(since: number): number {
		const times = [since, ...this.times.filter((time) => time > since), performance.now()];
		return Math.max(...times.slice(1).map((time, i) => time - times[i]));
	}

	private take(chunk: string): void {
		const text = this.rest + chunk;
		for (const [, n] of text.matchAll(MARKS)) {
			if (n === `${this.n}`) this.times.push(performance.now());
			else this.others.add(n);
		}
		// What may be the beginning of a mark.
		this.rest = text.slice(-MARK.length);
	}
}

describe("lab/succession-carries: the representative dies while it is recorded and relayed", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 insecure", (context) => needs(context, ...LAB_NEEDS, "build", "ffprobe"));
	const watchers: Watcher[] = [];
	let storage = "";
	let nas: LabProcess;
	let relay: LabProcess;

	const start = (n: number): LabProcess =>
		house().start(n, ...FLAGS, "--source", join(house().data, `picture-${n}.jpg`));
	/** The identity of a camera. */
	const idOf = (n: number): string => readFileSync(join(house().data, `cam${n}`, "id.value"), "utf8").trim();
	/** What a program in the lab tells its owner. */
	const owned = async (ns: string, url: string) => JSON.parse((await house().lab.get(ns, url, 1)) ?? "{}");
	const untilRecording = (count: number) =>
		until(`${count} cameras are recorded`, START_TIME, async () => {
			assert.ok(nas.running, nas.output);
			const metrics = await house().lab.get("home", `http://${Lab.address(NAS)}:8000/metrics`, 1);
			return metrics?.includes(`\nporthole_recorder_recording ${count}\n`) === true;
		});
	/** The name of the representative, as the Internet sees it. */
	const representative = async (): Promise<string | undefined> =>
		(await house().portal("wan", PORTAL))?.cameras.find((camera) => camera.representative)?.name;

	before(async () => {
		const { lab, data } = house();
		for (const n of CAMERAS) {
			writePicture(join(data, `picture-${n}.jpg`), n);
			start(n);
			await house().untilServed(8079 + n, START_TIME);
		}
		storage = join(data, "storage");
		mkdirSync(storage);
		nas = lab.spawn(`cam${NAS}`, [
			...[process.execPath, NODE_PROGRAM, "nas", "--interface", "eth0", "--storage", storage],
			...["--data", join(data, "nas"), "--password", PASSWORD, ...FLAGS],
		]);
		const table = join(data, "relay.table");
		writeFileSync(table, `origin home ${relayKeyText(relayKeyOf(KEY, "relay"))} ${PORTAL.slice(0, -1)}\n`);
		relay = lab.spawn("wan", [
			...[...programOf("node"), "relay", "--relay-name", "relay", "--relay-table", table, "--rtsp-port", "0"],
			...["--data", join(data, "relay"), "--password", PASSWORD, "--report-interval", "60"],
		]);
		await until("the relay knows all cameras", START_TIME, async () => {
			assert.ok(relay.running, relay.output);
			const keys = (await owned("wan", `${RELAY}/api/v1/relay`)).contents?.map(({ key }: { key: string }) => key);
			return CAMERAS.every((n) => keys?.includes(`home/${idOf(n)}`));
		});
		await untilRecording(CAMERAS.length);
		assert.equal(await representative(), "camera 1");
		for (const n of CAMERAS) watchers.push(new Watcher(lab, n, idOf(n)));
		await until("all are watched", START_TIME, () => watchers.every(({ times }) => times.length > 10));
	});

	it("recorder, relay and accounts follow each camera by its identity; nothing is lost but the gap (ONE-8, IMG-26, REP-6, STR-13)", async () => {
		const [missing, ...living] = watchers;
		const seen = missing.times.length;
		const killed = performance.now();
		const killedAt = Date.now();
		await house().cameras[1].crash();
		const successor = await until("another camera has the representative's port", GAP, async () => {
			const name = await representative();
			return name !== undefined && name !== "camera 1" && name;
		});
		await untilRecording(living.length);
		const backAt = Date.now();
		start(1);
		await until("the relay has found it at its other port", START_TIME, () => missing.times.length > seen + 20);
		await untilRecording(CAMERAS.length);
		await pause(2000);

		assert.equal(await representative(), successor, "it is a managed camera now");
		for (const { n, others, process } of watchers)
			assert.deepEqual([process.running, [...others]], [true, []], `the viewer of camera ${n}: ${relay.output}`);
		for (const watcher of living) {
			const longest = watcher.pauseSince(killed);
			assert.ok(longest < GAP, `camera ${watcher.n} lives; its viewer had no pictures for ${longest} ms`);
		}

		await Promise.all(watchers.map(({ process }) => process.leave()));
		const got = new Map(watchers.map(({ id, times }) => [id, times.length]));
		const records = await until("all sessions are in the ledgers", START_TIME, async () => {
			const hosts = [...CAMERAS, NAS].map((n) => `http://${Lab.address(n)}:8000/api/v1/ledger?limit=200`);
			const lists = await Promise.all(hosts.map((url) => owned("home", url)));
			const all: MeteringRecord[] = lists.flatMap((list) => list.records ?? []);
			return all.filter(({ isLast }) => isLast).length >= watchers.length && all;
		});
		assert.equal(new Set(records.map(({ id }) => id)).size, records.length, "no record is there twice");
		for (const [id, pictures] of got) {
			const parts = records.filter(({ content }) => content === id).sort((a, b) => a.part - b.part);
			assert.deepEqual(
				parts.map(({ part, session }) => [part, session]),
				parts.map((_, i) => [i, parts[0].session]),
				"one session, whole",
			);
			for (const [i, { start: from }] of parts.entries()) assert.ok(i === 0 || from === parts[i - 1].end);
			const frames = parts.reduce((sum, part) => sum + part.frames, 0);
			// Pictures were on their way when the viewer left.
			assert.ok(
				frames >= pictures && frames <= pictures + 20,
				`${frames} pictures are accounted for, ${pictures} came`,
			);
		}

		assert.equal(await nas.leave(), 0, nas.output);
		for (const n of CAMERAS) {
			const segments = segmentsOf(storage, idOf(n));
			const marks = segments.flatMap((file) => [...readFileSync(file, "latin1").matchAll(MARKS)].map(([, of]) => of));
			assert.deepEqual([...new Set(marks)], [`${n}`], "what is recorded of a camera is that camera's");
			const times = segments.flatMap((file) => probe(file).times);
			const gaps = times.slice(1).map((time, i) => ({ from: times[i], to: time }));
			const long = gaps.filter(({ from, to }) => to - from >= GAP || (from < killedAt && to > backAt));
			if (n !== 1) {
				assert.deepEqual(long, [], `camera ${n} is recorded without a gap`);
				continue;
			}
			assert.equal(long.length, 1, JSON.stringify(long));
			assert.ok(Math.abs(long[0].from - killedAt) < GAP, `recorded until ${killedAt - long[0].from} ms before its end`);
			assert.ok(segments.some((file) => file.endsWith("_source.mkv")));
		}
	});
});
