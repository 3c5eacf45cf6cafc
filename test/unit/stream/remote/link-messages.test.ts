import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import type { LinkConnection } from "../../../../src/stream/remote/link-connection";
import {
	ATTACH,
	ATTACHED,
	CLIENT_DATA,
	DESCRIBE,
	DESCRIBED,
	ENDED,
	MEDIA,
	PAUSE,
	PLAY,
	PLAYS,
	REFUSED,
	REPORT,
	SET_UP,
	SETUP,
	STATUS,
	TAKEN,
	TEARDOWN,
	TOTALS,
	writeAnswer,
	writeDescription,
	writePlay,
	writeRange,
	writeRefusal,
	writeRequest,
	writeStatus,
	writeStreams,
	writeTotals,
} from "../../../../src/stream/remote/link-messages";
import { RtspRefusal } from "../../../../src/stream/rtsp-refusal";
import { LinkReader, LinkWriter } from "../../../../src/wire/link-fields";
import { FakeStream } from "../../../support/fake-stream";
import { FakeStreamTransport, HOLIDAY } from "../../../support/fake-stream-transport";
import { LinkPair } from "../../../support/link-pair";
import { mutateOctets } from "../../../support/mutate";

const RANGE = { from: 1, to: undefined, scale: 1, speed: 1 };
const ANSWER = { stream: 3, ssrc: 9, source: "203.0.113.210", rtpPort: 6000, rtcpPort: 6001 };
const LISTENER = { streamEnded() {}, streamLost() {}, streamAlive() {} };
const PATH = { framing: "tcp", out: new FakeStream(), channel: 0 } as const;
const REQUEST = {
	...{ control: "cafe", content: HOLIDAY.id, client: "10.1.0.7", local: "10.1.0.10", owner: true, rate: 0 },
	path: PATH,
	listener: LISTENER,
};

const body = (write: (writer: LinkWriter) => void): Uint8Array => {
	const writer = new LinkWriter(5000);
	write(writer);
	return writer.copy();
};

const OF_CONTROL: readonly (readonly [number, Uint8Array])[] = [
	[ATTACH, body((w) => writeStreams(w.text("host").text("start"), [1, 2, 3]))],
	[DESCRIBE, body((w) => w.u32(7).octets(body((v) => v.text(HOLIDAY.id))))],
	[SETUP, body((w) => writeRequest(w.u32(8) as LinkWriter, REQUEST))],
	[
		SETUP,
		body((w) =>
			writeRequest(w.u32(8) as LinkWriter, { ...REQUEST, path: { framing: "udp", rtpPort: 6000, rtcpPort: 6001 } }),
		),
	],
	[PLAY, body((w) => writeRange(w.u32(9).u32(0) as LinkWriter, RANGE))],
	[PAUSE, body((w) => w.u32(0))],
	[CLIENT_DATA, body((w) => w.u32(0).u8(1).octets(new Uint8Array(40)))],
	[TAKEN, body((w) => w.u32(0))],
	[TEARDOWN, body((w) => w.u32(0))],
];

const OF_DISTRIBUTION: readonly (readonly [number, Uint8Array])[] = [
	[ATTACHED, body((w) => writeStreams(w.text("start"), [1, 2]))],
	[DESCRIBED, body((w) => writeDescription(w.u32(1) as LinkWriter, HOLIDAY))],
	[SET_UP, body((w) => writeAnswer(w.u32(2) as LinkWriter, ANSWER))],
	[PLAYS, body((w) => writePlay(w.u32(3) as LinkWriter, { range: RANGE, sequence: 4, timestamp: undefined }))],
	[REFUSED, body((w) => writeRefusal(w.u32(4) as LinkWriter, new RtspRefusal(453, "full")))],
	[ENDED, body((w) => (w.u32(0) as LinkWriter).flag(true).text("gone"))],
	[MEDIA, body((w) => w.u32(0).u32(100).octets(new Uint8Array(50)))],
	[REPORT, body((w) => w.u32(0).octets(new Uint8Array(50)))],
	[STATUS, body((w) => writeStatus(w.u32(0) as LinkWriter, { packets: 1, octets: 2, missed: 3 }))],
	[TOTALS, body((w) => writeTotals(w, { packets: 1, octets: 2, missed: 3 }))],
];

/** A pair with a link, a stream by TCP, and requests that wait. */
function setUp(): LinkPair {
	const nas = new FakeStreamTransport();
	const pair = new LinkPair(nas);
	pair.connect();
	pair.control.setup(pair.now, REQUEST, () => {});
	pair.run();
	nas.holds = true;
	for (let i = 0; i < 3; i++) pair.control.describe(pair.now, "live", () => {});
	pair.control.setup(pair.now, REQUEST, () => {});
	pair.control.play(pair.now, 0, RANGE, () => {});
	return pair;
}

describe("stream/remote/link-messages", () => {
	it("takes what was written, and nothing that is longer or shorter (STR-12)", () => {
		for (const [kind, octets] of OF_CONTROL.slice(1)) {
			const pair = setUp();
			const far = pair.far as LinkConnection;
			const take = (length: number): boolean => {
				const bytes = new Uint8Array(length);
				bytes.set(octets.subarray(0, length));
				return pair.server.linkMessage(pair.now, far, kind, new LinkReader().reset(bytes, 0, length));
			};
			if (kind !== CLIENT_DATA) {
				assert.equal(take(octets.length - 1), false, `${kind}`);
				assert.equal(take(octets.length + 1), false, `${kind}`);
			}
			assert.equal(take(octets.length), true, `${kind}`);
			assert.equal(take(3), false, `${kind}`);
		}
	});

	it("survives malformed messages of either side, with the key: fuzzed (STR-12)", () => {
		const random = new Prng(77);
		for (let round = 0; round < 150; round++) {
			const pair = setUp();
			const [near, far] = [pair.near as LinkConnection, pair.far as LinkConnection];
			for (let i = 0; i < 30; i++) {
				const isOfControl = random.chance(0.5);
				const kinds = isOfControl ? OF_CONTROL : OF_DISTRIBUTION;
				const [kind, octets] = kinds[random.below(kinds.length)];
				const changed = random.chance(0.2) ? octets : mutateOctets(random, octets);
				const fields = new LinkReader().reset(changed, 0, changed.length);
				const used = random.chance(0.05) ? random.below(256) : kind;
				const taken = isOfControl
					? pair.server.linkMessage(pair.now, far, used, fields)
					: pair.control.linkMessage(pair.now, near, used, fields);
				assert.equal(typeof taken, "boolean");
			}
			pair.run();
			assert.ok(pair.control.size <= 30 && pair.server.streams <= 100);
			pair.control.close(pair.now);
			pair.run();
		}
	});
});
