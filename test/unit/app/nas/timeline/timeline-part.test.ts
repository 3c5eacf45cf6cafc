import assert from "node:assert/strict";
import type { ExtraPart } from "../../../../../src/app/camera/camera";
import { TimelinePart } from "../../../../../src/app/nas/timeline/timeline-part";
import { parseJpeg } from "../../../../../src/media/jpeg";
import { NO_FILES } from "../../../../../src/ports/files";
import type { RecordedEvent } from "../../../../../src/storage/recorded-event";
import { statusOf } from "../../../../support/home-answer";
import { MemoryRecordings } from "../../../../support/memory-recordings";
import { plainJpeg } from "../../../../support/plain-pictures";
import { eventsOf, knownCamera, recorderOf } from "../../../../support/timeline-cameras";
import { VirtualHome } from "../../../../support/virtual-home";

const HOUR = 3_600_000;
const KEY = "0123456789abcdef";
/** Noon of the day before the world begins. */
const NOON = Date.UTC(2025, 11, 31, 12);

const EVENT: RecordedEvent = {
	id: 7,
	camera: KEY,
	kind: "motion",
	from: NOON + 600_000,
	to: NOON + 620_000,
	still: NOON + 605_000,
	score: 40,
	label: "Gate",
};

describe("app/nas/timeline/timeline-part", () => {
	const home = new VirtualHome(1);
	const recordings = new MemoryRecordings();
	recordings.defer = (run) => void home.world.after(5, run);
	const recorder = recorderOf(
		[knownCamera(KEY, "Garden"), knownCamera("new-one", "New one", { isRecording: false })],
		recordings,
	);
	const part: ExtraPart = {
		make: (camera) => {
			const { site } = camera;
			const events = eventsOf([EVENT]);
			return new TimelinePart({ node: camera, site, storage: NO_FILES, store: recordings, recorder, events });
		},
	};
	home.extras = [part];
	home.add({ "viewer-password": "only-looking" });
	const base = "http://192.168.0.11:8000";
	const ask = (path: string) => home.get(`${base}${path}`, home.neighbour);
	const json = (path: string) => JSON.parse(ask(path).split("\r\n\r\n")[1]);

	before(() => {
		recordings.add(KEY, "Garden", { start: NOON, end: NOON + HOUR, gap: "source" });
		recordings.add(KEY, "Garden", { start: NOON + 2 * HOUR, end: NOON + 3 * HOUR, gap: "off" });
		recordings.add("gone-1", "An old one", { start: NOON, end: NOON + HOUR, encoding: "H264" });
		home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
	});

	it("lists cameras with their state, those of which only recordings are left too (STR-13)", () => {
		const { cameras, state, now } = json("/api/v1/recordings");
		assert.equal(state, "ready");
		assert.ok(now >= NOON);
		assert.deepEqual(
			cameras.map(({ key, title, mode, recording, from }: Record<string, unknown>) => [
				key,
				title,
				mode,
				recording,
				from,
			]),
			[
				["gone-1", "An old one", "continuous", false, NOON],
				[KEY, "Garden", "continuous", true, NOON],
				["new-one", "New one", "continuous", false, 0],
			],
		);
	});

	it("says what is recorded of a camera, why not, and what happened (STR-13, STR-26)", () => {
		const answer = json(`/api/v1/recordings/${KEY}/coverage?from=${NOON}&to=2025-12-31T14:30Z&resolution=1000`);
		assert.deepEqual(answer, {
			from: NOON,
			to: NOON + 2.5 * HOUR,
			resolution: 1000,
			before: null,
			coverage: [
				{ from: NOON, to: NOON + HOUR, encoding: "JPEG", gap: "source", locked: false },
				{ from: NOON + 2 * HOUR, to: NOON + 2.5 * HOUR, encoding: "JPEG", gap: null, locked: false },
			],
			events: [{ id: 7, from: EVENT.from, to: EVENT.to, still: EVENT.still, kind: "motion", score: 40, label: "Gate" }],
		});
	});

	it("says why nothing was recorded at the beginning, by what was recorded before (STR-13)", () => {
		const earlier = (from: number) =>
			json(`/api/v1/recordings/${KEY}/coverage?from=${from}&to=${from + 30 * HOUR}`).before;
		assert.equal(earlier(NOON + 1.5 * HOUR), "source");
		assert.equal(earlier(NOON + 4 * HOUR), "off");
		assert.equal(earlier(NOON - HOUR), null, "nothing was recorded before");
		assert.equal(earlier(NOON + 0.5 * HOUR), null, "something was");
	});

	it("never answers with more stretches than a page can show", () => {
		for (let i = 0; i < 2200; i++)
			recordings.add("busy", "Busy", { start: NOON + i * 10_000, end: NOON + i * 10_000 + 2000 });
		const { coverage, resolution } = json(
			`/api/v1/recordings/busy/coverage?from=${NOON}&to=${NOON + 24 * HOUR}&resolution=0`,
		);
		assert.ok(coverage.length <= 2000, `${coverage.length}`);
		assert.ok(resolution > 8000);
	});

	const wrong: [string, number][] = [
		[`/api/v1/recordings/${KEY}/coverage`, 400],
		[`/api/v1/recordings/${KEY}/coverage?from=2&to=1`, 400],
		[`/api/v1/recordings/${KEY}/coverage?from=0&to=99999999999999`, 400],
		[`/api/v1/recordings/${KEY}/coverage?from=1&to=2&resolution=x`, 400],
		["/api/v1/recordings/__proto__/coverage?from=1&to=2", 404],
		["/api/v1/recordings/nobody/coverage?from=1&to=2", 404],
		[`/recordings/${KEY}/picture.jpg`, 400],
		[`/recordings/${KEY}/picture.jpg?at=soon`, 400],
		[`/recordings/${KEY}/picture.jpg?at=${NOON}&width=x`, 400],
		["/recordings/nobody/picture.jpg?at=1", 404],
		["/recordings/new-one/picture.jpg?at=1", 404],
		[`/recordings/gone-1/picture.jpg?at=${NOON}`, 415],
		[`/recordings/gone-1/video.mjpeg?from=${NOON}`, 415],
		[`/recordings/${KEY}/video.mjpeg`, 400],
		[`/recordings/${KEY}/video.mjpeg?from=${NOON}&speed=0`, 400],
		[`/recordings/${KEY}/video.mjpeg?from=${NOON}&speed=1e9`, 400],
		[`/recordings/${KEY}/video.mjpeg?from=${NOON}&speed=NaN`, 400],
		[`/recordings/${KEY}/video.mjpeg?from=${NOON}&to=${NOON - 1}`, 400],
		[`/recordings/${KEY}/video.mjpeg?from=0&to=1`, 404],
		[`/recordings/${KEY}/video.mp4?from=0&to=${30 * 24 * HOUR}`, 400],
		[`/recordings/${KEY}/export.gif?from=1&to=2`, 404],
	];
	for (const [path, status] of wrong) {
		it(`answers ${status} to ${path}`, () => assert.equal(statusOf(ask(path)), status));
	}

	const nearest: [string, number, number][] = [
		["exactly then", NOON + 10_000, NOON + 10_000],
		["before", NOON + 10_199, NOON + 10_000],
		["before a gap", NOON + HOUR + 60_000, NOON + HOUR - 200],
		["after a gap", NOON + 2 * HOUR - 60_000, NOON + 2 * HOUR],
		["the first of all", NOON - HOUR, NOON],
		["the last of all", NOON + 9 * HOUR, NOON + 3 * HOUR - 200],
	];
	for (const [title, at, utc] of nearest) {
		it(`answers with the picture that is nearest to a time: ${title} (STR-11, STR-13)`, () => {
			const answer = ask(`/recordings/${KEY}/picture.jpg?at=${at}&width=96`);
			assert.match(answer, /^HTTP\/1\.1 200 /);
			assert.ok(answer.includes(`\r\nX-Timestamp: ${Math.floor(utc / 1000)}.`), answer);
			assert.ok(answer.endsWith(`\r\n\r\n${KEY}@${utc}`), answer);
			const facts = json(`/api/v1/recordings/${KEY}/picture?at=${at}`);
			assert.deepEqual(facts, { utc, encoding: "JPEG", width: 64, height: 48 });
		});
	}

	it("answers with a thumbnail where a small picture is wanted (STR-13)", () => {
		const picture = () => plainJpeg(90, 640, 480);
		recordings.add("plain", "Plain", { start: NOON, end: NOON + 1000, picture, width: 640, height: 480 });
		const sizeOf = (query: string) => {
			const body = Buffer.from(ask(`/recordings/plain/picture.jpg?at=${NOON}${query}`).split("\r\n\r\n")[1], "latin1");
			const size = parseJpeg(body, 0, body.length);
			return [size?.width, size?.height];
		};
		assert.deepEqual(sizeOf(""), [640, 480]);
		assert.deepEqual(sizeOf("&width=160"), [80, 60]);
		assert.deepEqual(sizeOf("&width=161"), [640, 480]);
		assert.match(ask(`/recordings/${KEY}/picture.jpg?at=${NOON}&width=8`), /@\d+$/, "what is no JPEG stays as it is");
	});

	it("tells programs where decoding of H.264 begins", () => {
		assert.equal(json(`/api/v1/recordings/gone-1/picture?at=${NOON + 300}`).encoding, "H264");
	});

	it("lets browsers keep pictures of finished recordings only", () => {
		const field = (at: number) => /Cache-Control: (.*)\r/.exec(ask(`/recordings/${KEY}/picture.jpg?at=${at}`))?.[1];
		assert.equal(field(NOON + 1000), "private, max-age=600");
		assert.equal(field(NOON + 90 * 60_000), "no-store");
	});

	it("plays a span as multipart without script, at any speed, and closes all that it opened (STR-11, STR-13)", () => {
		const answer = ask(`/recordings/${KEY}/video.mjpeg?from=${NOON}&to=${NOON + 1000}&speed=2`);
		assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*Content-Type: multipart\/x-mixed-replace; boundary=porthole-frame\r/);
		const times = [...answer.matchAll(/@(\d+)/g)].map(([, utc]) => Number(utc) - NOON);
		assert.ok(times.length >= 4 && times[0] === 0 && times.every((time) => time < 1000), `${times}`);
		assert.equal(recordings.readers, 0);
		assert.match(ask("/metrics"), /\nporthole_recordings_played 0\n/);
	});

	it("asks strangers for a login before it looks at anything", () => {
		for (const path of ["/timeline", `/recordings/${KEY}/picture.jpg?at=${NOON}`, "/recordings/x/video.mjpeg"]) {
			const answer = home.exchange("GET", `${base}${path}`, "", "", home.neighbour, 3000);
			assert.equal(statusOf(answer), 401, path);
			assert.ok(answer.length < 1000, path);
		}
	});

	it("locks and unlocks a span (STR-13)", () => {
		const url = `${base}/api/v1/recordings/${KEY}/`;
		const span = `from=${NOON + 1000}&to=${NOON + 2000}`;
		const locked = () => recordings.of(KEY).map(({ isLocked }) => isLocked);
		assert.match(home.post(`${url}lock`, span, home.neighbour), /^HTTP\/1\.1 200 [\s\S]*"done":true/);
		assert.deepEqual(locked(), [true, false]);
		assert.match(home.post(`${url}unlock`, span, home.neighbour), /^HTTP\/1\.1 200 /);
		assert.deepEqual(locked(), [false, false]);
	});

	it("says so when a lock was not stored", () => {
		recordings.lockFails = true;
		const url = `${base}/api/v1/recordings/${KEY}/lock`;
		assert.match(home.post(url, `from=1&to=2`, home.neighbour), /^HTTP\/1\.1 507 [\s\S]*could not be saved: full/);
		recordings.lockFails = false;
		assert.match(home.post(url, "from=2&to=1", home.neighbour), /^HTTP\/1\.1 400 /);
	});

	it("serves its page, style and script, which the navigation links to", () => {
		assert.match(ask("/timeline"), /<a href="\/timeline" aria-current="page">Timeline<\/a>/);
		assert.match(ask("/timeline.css"), /^HTTP\/1\.1 200 [\s\S]*text\/css/);
		assert.match(ask("/timeline.js"), /^HTTP\/1\.1 200 [\s\S]*text\/javascript/);
	});

	it("lists cameras, days and hours without script, and plays them (STR-13)", () => {
		assert.match(ask("/timeline"), /<a href="\/timeline\?camera=0123456789abcdef">Garden<\/a>/);
		assert.match(ask(`/timeline?camera=${KEY}`), /<a href="\/timeline\?camera=0123456789abcdef&amp;day=2025-12-31">/);
		const day = ask(`/timeline?camera=${KEY}&day=2025-12-31`);
		assert.match(day, /&amp;at=1767182400000">12:00<\/a> <a [^>]*>14:00<\/a><\/p>/);
		assert.match(day, /12:00:00 .{3} 13:00:00<\/a> Recorded\. No pictures from the camera\./);
		const plays = ask(`/timeline?camera=${KEY}&at=${NOON}&speed=16`);
		assert.match(
			plays,
			/<img src="\/recordings\/0123456789abcdef\/video\.mjpeg\?from=1767182400000&amp;to=\d+&amp;speed=16"/,
		);
		assert.match(ask(`/timeline?camera=gone-1&at=${NOON}`), /<video controls src="\/recordings\/gone-1\/video\.mp4\?/);
		assert.match(ask(`/timeline?camera=${KEY}&day=2019-01-01`), /Nothing is recorded\./);
	});
});
