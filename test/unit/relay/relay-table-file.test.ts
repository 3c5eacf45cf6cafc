import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import type { RelayTable } from "../../../src/relay/relay-table";
import { parseRelayTable, type RelayTableProblem } from "../../../src/relay/relay-table-file";
import { mutate } from "../../support/mutate";

const KEY = "0123456789abcdef".repeat(4);
const TABLE = `
# A relay near the viewers
origin home ${KEY} https://home.example:8443/   # reports go here
origin depot ${KEY.toUpperCase()}

content garage rtsp://viewer:secret@192.0.2.7:8554/live origin=home tariff=0.02EUR/1000000octets id=91f3
content garage http://192.0.2.7:8000/stream.mjpeg origin=home
content lobby/door http://192.0.2.8/video open\r
allow 192.0.2.0/24 origin=depot tariff=0.001EUR/packet
allow Camera.Example port=8554 protocol=rtsp open
allow 2001:db8::7
`;

function parsed(text: string): RelayTable {
	const table = parseRelayTable(text);
	assert.ok("contents" in table, JSON.stringify(table));
	return table;
}

function problems(text: string): readonly RelayTableProblem[] {
	const table = parseRelayTable(text);
	assert.ok(!("contents" in table), "it is accepted");
	return table;
}

describe("relay/relay-table-file", () => {
	it("reads origins, contents and allowed servers (REP-1)", () => {
		const { origins, contents, allowed } = parsed(TABLE);
		assert.deepEqual(
			origins.map(({ name, url, key }) => [name, url, key.length, key[1]]),
			[
				["home", "https://home.example:8443", 32, 0x23],
				["depot", "", 32, 0x23],
			],
		);
		assert.deepEqual(contents, [
			{
				key: "garage",
				protocol: "rtsp",
				url: "rtsp://viewer:secret@192.0.2.7:8554/live",
				content: "91f3",
				origin: "home",
				needsLogin: true,
				tariff: { unit: "octet", price: 20_000, per: 1_000_000, currency: "EUR" },
			},
			{
				key: "garage",
				protocol: "http",
				url: "http://192.0.2.7:8000/stream.mjpeg",
				content: "garage",
				origin: "home",
				needsLogin: true,
				tariff: undefined,
			},
			{
				key: "lobby/door",
				protocol: "http",
				url: "http://192.0.2.8/video",
				content: "lobby/door",
				origin: "",
				needsLogin: false,
				tariff: undefined,
			},
		]);
		assert.deepEqual(allowed[0], {
			host: { address: "192.0.2.0", prefix: 24 },
			port: 0,
			protocol: undefined,
			origin: "depot",
			needsLogin: true,
			tariff: { unit: "packet", price: 1000, per: 1, currency: "EUR" },
		});
		assert.deepEqual(allowed[1], {
			host: "camera.example",
			port: 8554,
			protocol: "rtsp",
			origin: "",
			needsLogin: false,
			tariff: undefined,
		});
		assert.deepEqual(allowed[2].host, { address: "2001:db8::7", prefix: 128 });
	});

	it("reads the tariff of an origin's cameras, with and without a URL (REP-13)", () => {
		const tariff = { unit: "packet", price: 1000, per: 1, currency: "EUR" };
		for (const url of ["", " https://home.example"]) {
			const [origin] = parsed(`origin home ${KEY}${url} tariff=0.001EUR/packet`).origins;
			assert.deepEqual([origin.url, origin.tariff], [url.trim(), tariff]);
		}
	});

	it("reads an empty table", () => {
		assert.deepEqual(parsed("# nothing\n"), { origins: [], contents: [], allowed: [] });
	});

	const WRONG: readonly (readonly [line: string, message: RegExp])[] = [
		["garage rtsp://192.0.2.7/", /^A line begins with origin, content or allow, not "garage"\.$/],
		["origin", /^An origin is /],
		["origin home", /^The key of home must be /],
		["origin home 1234", /^The key of home must be /],
		[`origin home ${KEY} rtsp://192.0.2.7`, /^The URL of home must be /],
		[`origin home ${KEY} https://192.0.2.7/portal`, /without a path/],
		[`origin home ${KEY} https://user:word@192.0.2.7`, /without a path/],
		[`origin a/b ${KEY}`, /^An origin is /],
		[`origin home ${KEY} 192.0.2.7:8080`, /^The URL of home must be /],
		[`origin home ${KEY} https://192.0.2.7 more`, /"more" is unknown here: use tariff=\.$/],
		[`origin home ${KEY} https://192.0.2.7 open`, /"open" is unknown here/],
		[`origin home ${KEY} tariff=2`, /is not a tariff/],
		["content", /^A content is /],
		["content a//b rtsp://192.0.2.7/", /^A content is /],
		["content ../x rtsp://192.0.2.7/", /^A content is /],
		["content relay http://192.0.2.7/", /belongs to the relay's own pages/],
		["content origin/x http://192.0.2.7/", /belongs to the relay's own pages/],
		["content garage ftp://192.0.2.7/", /^The URL of garage must begin with /],
		["content garage", /^The URL of garage must begin with /],
		["content garage rtsp://192.0.2.7/ origin=home", /^The origin home is not in the table\.$/],
		["content garage rtsp://192.0.2.7/ open open", /"open" stands twice/],
		["content garage rtsp://192.0.2.7/ closed", /"closed" is unknown here/],
		["content garage rtsp://192.0.2.7/ port=8", /"port=8" is unknown here/],
		["content garage rtsp://192.0.2.7/ tariff=5", /is not a tariff/],
		["content garage rtsp://192.0.2.7/ id=a b", /"b" is unknown here/],
		["allow", /is neither an address/],
		["allow 192.0.2.0/33", /is neither an address/],
		["allow 192.0.2.1 port=0", /is not a port/],
		["allow 192.0.2.1 port=65536", /is not a port/],
		["allow 192.0.2.1 protocol=ftp", /^The protocol is rtsp or http/],
		["allow *", /is neither an address/],
	];
	for (const [line, message] of WRONG) {
		it(`refuses ${JSON.stringify(line.split(KEY).join("KEY"))}, with its line`, () => {
			const [problem, ...more] = problems(`# first\n${line}`);
			assert.equal(problem.line, 2);
			assert.match(problem.message, message);
			assert.deepEqual(more, []);
		});
	}

	it("refuses two lines for one name, and a text that is too long", () => {
		const twice = `origin home ${KEY}\n`;
		assert.deepEqual(problems(twice + twice), [{ line: 2, message: "The origin home is in the table twice." }]);
		const content = "content garage rtsp://192.0.2.7/\n";
		assert.match(problems(content + content)[0].message, /twice for this protocol/);
		assert.equal(problems("#".repeat(70_000))[0].line, 0);
		assert.match(problems(`allow ${"a".repeat(3000)}`)[0].message, /longer than 2500/);
	});

	it("shows neither keys nor passwords in what it says", () => {
		for (const { message } of problems(`origin home ${KEY}x\ncontent a/ rtsp://u:secret@192.0.2.7/\n`))
			assert.doesNotMatch(message, /secret|0123456789/);
	});

	it("lists at most 20 problems", () => {
		assert.equal(problems("x\n".repeat(100)).length, 20);
	});

	it("survives 3,000 mutations: a table or problems, each with a line", () => {
		const random = new Prng(7);
		for (let i = 0; i < 3000; i++) {
			const text = mutate(random, TABLE, "abc0129 =/:.#\n\t-_");
			const table = parseRelayTable(text);
			if ("contents" in table) continue;
			assert.ok(table.length > 0 && table.length <= 20);
			for (const { line, message } of table) assert.ok(line >= 0 && message.length < 400, message);
		}
	});
});
