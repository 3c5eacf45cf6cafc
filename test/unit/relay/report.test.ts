import assert from "node:assert/strict";
import { toHex } from "../../../src/base/hex";
import { Prng } from "../../../src/base/prng";
import { HmacSha256 } from "../../../src/base/sha256";
import { utf8Encode } from "../../../src/base/text";
import { recordJson } from "../../../src/relay/record-json";
import { joinReport, openReport, parseReportField, REPORT_RECORDS_MAX, ReportSeal } from "../../../src/relay/report";
import { meteringRecord } from "../../support/metering-records";
import { mutate, mutateOctets } from "../../support/mutate";

const KEY = utf8Encode("a key of this relay and its home");
const seal = new ReportSeal("kiosk", KEY);
const sealOf = (relay: string) => (relay === "kiosk" ? seal : undefined);
const records = [meteringRecord(), meteringRecord({ part: 1 }), meteringRecord({ part: 2, isLast: false })];
const body = joinReport(records.map(recordJson));

describe("relay/report", () => {
	it("opens a signed report as the records that were joined (REP-6)", () => {
		assert.deepEqual(openReport(body, seal.sign(body), sealOf), records);
		const none = joinReport([]);
		assert.deepEqual(openReport(none, seal.sign(none), sealOf), []);
	});

	it("signs with HMAC-SHA-256 under a key for reports only", () => {
		const key = new HmacSha256(KEY).sign(utf8Encode("porthole relay reports")).slice();
		const signature = toHex(new HmacSha256(key).sign(body));
		assert.equal(seal.sign(body), `relay=kiosk, signature=${signature}`);
	});

	it("gives a receipt that needs the key, and is good for one report", () => {
		const field = seal.sign(body);
		const receipt = seal.receipt(field.slice(-64));
		assert.match(receipt, /^receipt=[0-9a-f]{64}$/);
		assert(seal.isReceipt(field, receipt));
		assert(!seal.isReceipt(seal.sign(joinReport([])), receipt));
		assert(!seal.isReceipt(field, new ReportSeal("kiosk", utf8Encode("another")).receipt(field.slice(-64))));
		for (const text of ["", "receipt=", field, receipt.slice(1), `${receipt.slice(0, -1)}\u0100`])
			assert(!seal.isReceipt(field, text));
	});

	it("refuses a changed body, another key, another relay and records of another relay with 403", () => {
		const status = (octets: Uint8Array, field: string) =>
			(openReport(octets, field, sealOf) as { status?: number }).status;
		const changed = body.slice();
		changed[20] ^= 1;
		assert.equal(status(changed, seal.sign(body)), 403);
		assert.equal(status(body, new ReportSeal("kiosk", utf8Encode("another")).sign(body)), 403);
		assert.equal(status(body, new ReportSeal("other", KEY).sign(body)), 403);
		const foreign = joinReport([recordJson(meteringRecord()), recordJson(meteringRecord({ relay: "other" }))]);
		assert.equal(status(foreign, seal.sign(foreign)), 403);
	});

	it("refuses malformed reports with 400, and long ones with 413, before it checks the signature", () => {
		const status = (octets: Uint8Array, field: string) =>
			(openReport(octets, field, sealOf) as { status?: number }).status;
		assert.equal(status(body, ""), 400);
		assert.equal(status(new Uint8Array(16_385), "relay=kiosk"), 413);
		const many = utf8Encode("[{}]");
		assert.equal(status(many, seal.sign(many)), 400);
		const json = recordJson(meteringRecord({ content: "", viewer: "", ticket: "", reason: "" }));
		const most = joinReport(Array.from({ length: REPORT_RECORDS_MAX + 1 }, () => json));
		assert.equal(status(most, seal.sign(most)), 400);
	});

	const hex = "0123456789abcdef".repeat(4);
	const fields: [string, boolean][] = [
		[`relay=kiosk, signature=${hex}`, true],
		[`relay=kiosk,signature=${hex}`, true],
		[`relay=kiosk,   signature=${hex}  `, true],
		[`relay=, signature=${hex}`, false],
		[`relay=a b, signature=${hex}`, false],
		[`relay=${"a".repeat(33)}, signature=${hex}`, false],
		[`relay=kiosk, signature=${hex.toUpperCase()}`, false],
		[`relay=kiosk, signature=${hex}0`, false],
		[`relay=kiosk, signature=${hex}, more=1`, false],
		[`signature=${hex}, relay=kiosk`, false],
		["relay=kiosk", false],
		["", false],
		[`relay=kiosk,${" ".repeat(200)}signature=${hex}`, false],
	];
	for (const [value, isSound] of fields) {
		it(`${isSound ? "reads" : "refuses"} the field "${value.slice(0, 50)}"`, () => {
			assert.deepEqual(parseReportField(value), isSound ? { relay: "kiosk", signature: hex } : undefined);
		});
	}

	it("never takes a mutated report or a mutated field, and never throws", () => {
		const random = new Prng(6);
		const field = seal.sign(body);
		for (let i = 0; i < 300; i++) {
			const octets = mutateOctets(random, body);
			if (toHex(octets) !== toHex(body)) assert("status" in openReport(octets, field, sealOf));
			const other = mutate(random, field, "0123456789abcdef,= ");
			const opened = openReport(body, other, sealOf);
			if (!("status" in opened)) assert.deepEqual(parseReportField(other), parseReportField(field));
		}
	});

	it("reads whatever a relay with a key signs without a fault", () => {
		const random = new Prng(7);
		for (let i = 0; i < 300; i++) {
			const octets = mutateOctets(random, body);
			const opened = openReport(octets, seal.sign(octets), sealOf);
			assert("status" in opened || opened.length <= REPORT_RECORDS_MAX);
		}
	});
});
