import assert from "node:assert/strict";
import type { SiteRequest } from "../../../src/app/part";
import { GZIPPED, StaticText } from "../../../src/app/static-text";
import { toBase64 } from "../../../src/base/base64";
import { Prng } from "../../../src/base/prng";
import type { StreamOutbox } from "../../../src/core/stream";
import type { HttpReply } from "../../../src/http/http-request";
import { type TextBody, TextSource } from "../../../src/http/text-source";
import type { Headers } from "../../../src/wire/text-message";

/** What a text answers to a client. */
function answer(text: StaticText, accepted: string) {
	const got: { body?: string | Uint8Array; octets?: number[]; headers: Headers; status?: number } = { headers: [] };
	const reply = {
		text: (_status: number, _type: string, body: TextBody, headers: Headers) =>
			Object.assign(got, { body: body.parts.join(""), octets: octetsOf(body), headers }),
		error: (status: number) => Object.assign(got, { status }),
		send: (_status: number, _type: string, body: Uint8Array, headers: Headers) =>
			Object.assign(got, { body, octets: [...body], headers }),
	};
	const message = { fields: accepted === "" ? [] : [["accept-encoding", accepted]] };
	text.reply({ message } as unknown as SiteRequest, reply as unknown as HttpReply);
	const fields = new Map(got.headers);
	const { status, body, octets } = got;
	const [coding, vary, tag] = ["Content-Encoding", "Vary", "ETag"].map((name) => fields.get(name));
	return { status, body, octets, coding, vary, tag };
}

/** The octets that a client gets. */
function octetsOf(body: TextBody): number[] {
	const sent: number[] = [];
	const out = {
		room: 1 << 20,
		writeShared: (bytes: Uint8Array, start: number, end: number) => sent.push(...bytes.subarray(start, end)),
	};
	assert.ok(new TextSource(body).fill(0, out as unknown as StreamOutbox));
	assert.equal(sent.length, body.octets);
	return sent;
}

describe("app/static-text", () => {
	it("is compressed once, for clients that take it, with a tag of its own", () => {
		let count = 0;
		const text = new StaticText("text/css", "a{}", () => Uint8Array.of(31, 139, ++count));
		const { body, coding, vary } = answer(text, "");
		assert.deepEqual([body, coding, vary], ["a{}", undefined, "Accept-Encoding"]);
		const first = answer(text, "gzip, deflate, br");
		assert.deepEqual([first.coding, first.vary], ["gzip", "Accept-Encoding"]);
		assert.match(first.tag ?? "", /-gzip"$/);
		assert.deepEqual(answer(text, "br;q=1, GZIP;q=0.5").body, Uint8Array.of(31, 139, 1));
		assert.equal(count, 1);
	});

	it("is sent as it is where the host can't compress", () => {
		const text = new StaticText("text/css", "a{}", undefined);
		const { body, coding, vary } = answer(text, "gzip");
		assert.deepEqual([body, coding, vary], ["a{}", undefined, undefined]);
	});

	it("is compressed when a board's program is built, and refuses clients that do not accept gzip with 406", () => {
		const octets = Uint8Array.from({ length: 1000 }, (_, i) => [31, 139, 8][i] ?? i * 7);
		const text = new StaticText("text/css", toBase64(octets), undefined);
		assert.ok(toBase64(octets).startsWith(GZIPPED));
		for (const field of ["", "gzip"]) {
			const { body, coding, vary } = answer(text, field);
			assert.deepEqual([body, coding, vary], [toBase64(octets), "gzip", "Accept-Encoding"]);
		}
		const { coding, status } = answer(text, "identity");
		assert.deepEqual([coding, status], [undefined, 406]);
		assert.deepEqual(answer(text, "gzip").octets, [...octets]);
	});

	const fields: (readonly [string, boolean])[] = [
		["", false],
		["gzip", true],
		["deflate, gzip;q=1.0, *;q=0.5", true],
		["gzip;q=0", false],
		["gzip; q=0.000", false],
		["gzip;q=0.001", true],
		["xgzip", false],
		["identity", false],
		[`${"a,".repeat(5000)}gzip`, false],
	];
	const packed = new StaticText("text/css", "a{}", () => Uint8Array.of(31, 139));
	for (const [field, accepted] of fields)
		it(`takes ${JSON.stringify(field.slice(0, 40))} for ${accepted ? "gzip" : "no gzip"} (RFC 9110 §12.5.3)`, () => {
			assert.equal(answer(packed, field).coding === "gzip", accepted);
		});

	it("answers any Accept-Encoding with the text or with gzip, and never fails", () => {
		const prng = new Prng(5);
		const pieces = ["gzip", ";", ",", "q", "=", "0", ".", " ", "*", "\u00ff", "=0;"];
		for (let i = 0; i < 2000; i++) {
			let field = "";
			for (let n = prng.below(20); n > 0; n--) field += pieces[prng.below(pieces.length)];
			const { body, coding, vary } = answer(packed, field);
			assert.equal(vary, "Accept-Encoding");
			assert.deepEqual(body, coding === "gzip" ? Uint8Array.of(31, 139) : "a{}");
		}
	});
});
