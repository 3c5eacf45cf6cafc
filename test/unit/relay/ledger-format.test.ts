import assert from "node:assert/strict";
import { moneyText, RECORDS_CSV_HEAD, recordCsv } from "../../../src/relay/ledger-format";
import { meteringRecord } from "../../support/metering-records";

describe("relay/ledger-format", () => {
	it("writes amounts as decimal numbers with two to six decimals (REP-13)", () => {
		for (const [amount, text] of [
			[0, "0.00"],
			[1, "0.000001"],
			[7200, "0.0072"],
			[1_500_000, "1.50"],
			[999_999_999_999_999, "999999999.999999"],
		] as const)
			assert.equal(moneyText(amount), text);
	});

	it("writes a record with as many values as the head has, quoted where needed (RFC 4180)", () => {
		const line = recordCsv(meteringRecord({ content: 'say "hi", you', reason: "@SUM(A1)", viewer: "-1", ticket: "" }));
		assert.match(line, /,"say ""hi"", you",rtsp,udp,'-1,,0,/);
		assert.match(line, /,'@SUM\(A1\),7200000,/);
		assert.ok(line.endsWith(",0.0072,EUR\r\n"));
		assert.match(
			recordCsv(meteringRecord({ content: "origin/a:80/x;=1+1; @b", viewer: "\uff1d1" })),
			/,origin\/a:80\/x;'=1\+1; '@b,rtsp,udp,'\uff1d1,/,
		);
		const plain = recordCsv(meteringRecord({ currency: "", amount: 0 }));
		assert.equal(plain.split(",").length, RECORDS_CSV_HEAD.split(",").length);
		assert.ok(plain.endsWith(",,\r\n"));
	});
});
