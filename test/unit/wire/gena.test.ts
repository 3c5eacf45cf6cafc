import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	nextEventKey,
	parseEventKey,
	parseEventTimeout,
	parsePropertySet,
	parseSid,
	renewHeaders,
	subscribeHeaders,
	unsubscribeHeaders,
} from "../../../src/wire/gena";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
/** As miniupnpd 2.3 sends it. */
const EVENT =
	'<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0" xmlns:s="urn:schemas-upnp-org:service:WANIPConnection:1"><e:property><s:PossibleConnectionTypes>IP_Routed</s:PossibleConnectionTypes></e:property><e:property><s:ExternalIPAddress>198.20.0.1</s:ExternalIPAddress></e:property><e:property><s:PortMappingNumberOfEntries>2</s:PortMappingNumberOfEntries></e:property></e:propertyset>';

describe("wire/gena", () => {
	it("builds the header fields of each request (UPnP Device Architecture 2.0 §4.1)", () => {
		assert.deepEqual(subscribeHeaders("http://192.168.0.11:8000/x", 600), [
			["CALLBACK", "<http://192.168.0.11:8000/x>"],
			["NT", "upnp:event"],
			["TIMEOUT", "Second-600"],
		]);
		assert.deepEqual(renewHeaders("uuid:1", 600), [
			["SID", "uuid:1"],
			["TIMEOUT", "Second-600"],
		]);
		assert.deepEqual(unsubscribeHeaders("uuid:1"), [["SID", "uuid:1"]]);
	});

	for (const [text, seconds] of [
		["Second-1800", 1800],
		[" second-300 ", 300],
		["Second-infinite", 86400],
		["infinite", 86400],
		["Second-1", 30],
		["Second-4294967295", 86400],
		["Second-", undefined],
		["Second--5", undefined],
		["Second-1e3", undefined],
		["1800", undefined],
		["", undefined],
		[undefined, undefined],
	] as const) {
		it(`reads TIMEOUT ${JSON.stringify(text)} as ${seconds}`, () => assert.equal(parseEventTimeout(text), seconds));
	}

	for (const [text, sid] of [
		["uuid:3f9a", "uuid:3f9a"],
		[" uuid:3f9a ", "uuid:3f9a"],
		["", undefined],
		["a b", undefined],
		["a\r\nX: y", undefined],
		["x".repeat(129), undefined],
		[undefined, undefined],
	] as const) {
		it(`reads SID ${JSON.stringify(text)?.slice(0, 20)} as ${sid}`, () => assert.equal(parseSid(text), sid));
	}

	for (const [text, key] of [
		["0", 0],
		["4294967295", 4294967295],
		["4294967296", undefined],
		["-1", undefined],
		["1.5", undefined],
		["", undefined],
	] as const) {
		it(`reads SEQ ${JSON.stringify(text)} as ${key}`, () => assert.equal(parseEventKey(text), key));
	}

	it("counts events up, and wraps to 1", () => {
		assert.deepEqual([0, 7, 0xffffffff].map(nextEventKey), [1, 8, 1]);
	});

	it("reads the variables of an event, whatever the prefixes (quirk 19)", () => {
		for (const text of [EVENT, EVENT.replaceAll("e:", "").replaceAll("s:", ""), EVENT.replaceAll("s:", "u:")]) {
			const properties = parsePropertySet(bytes(text));
			assert.equal(properties?.get("PortMappingNumberOfEntries"), "2");
			assert.equal(properties?.get("ExternalIPAddress"), "198.20.0.1");
		}
	});

	for (const [title, text] of [
		["an empty body", ""],
		["another document", "<html><body>no</body></html>"],
		["half a document", EVENT.slice(0, 120)],
	] as const) {
		it(`rejects ${title}`, () => assert.equal(parsePropertySet(bytes(text)), undefined));
	}

	it("reads at most 16 variables of an event", () => {
		let text = "<propertyset>";
		for (let i = 0; i < 100; i++) text += `<property><v${i}>x</v${i}></property>`;
		assert.equal(parsePropertySet(bytes(`${text}</propertyset>`))?.size, 16);
	});

	it("survives 3,000 mutated events", () => {
		for (let seed = 0; seed < 3000; seed++) {
			const random = new Prng(seed);
			const text = bytes(EVENT);
			for (let n = 1 + random.below(8); n > 0; n--) text[random.below(text.length)] = random.below(256);
			assert.doesNotThrow(() => parsePropertySet(text), `seed ${seed}`);
		}
	});
});
