import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { buildSoapRequest, parseSoapAnswer, soapHeaders } from "../../../src/wire/soap";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const TYPE = "urn:schemas-upnp-org:service:WANIPConnection:1";

/** Answers of miniupnpd 2.3. */
const ADDRESS = `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:GetExternalIPAddressResponse xmlns:u="${TYPE}"><NewExternalIPAddress>198.20.0.1</NewExternalIPAddress></u:GetExternalIPAddressResponse></s:Body></s:Envelope>\r\n`;
const FAULT = `<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>718</errorCode><errorDescription>ConflictInMappingEntry</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>\r\n`;

describe("wire/soap", () => {
	it("builds a request on one line with closing tags, arguments in order and escaped (quirk 21)", () => {
		const text = Buffer.from(
			buildSoapRequest(TYPE, "AddPortMapping", [
				["NewRemoteHost", ""],
				["NewPortMappingDescription", "<Küche> & Co"],
			]),
		).toString();
		assert.match(
			text,
			/<u:AddPortMapping xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost><\/NewRemoteHost><NewPortMappingDescription>&lt;Küche&gt; &amp; Co<\/NewPortMappingDescription><\/u:AddPortMapping>/,
		);
		assert.equal(text.trimEnd().includes("\n"), false);
		assert.deepEqual(soapHeaders(TYPE, "X")[1], ["SOAPAction", `"${TYPE}#X"`]);
	});

	it("reads miniupnpd's answer and fault", () => {
		assert.equal(
			parseSoapAnswer(bytes(ADDRESS), "GetExternalIPAddress")?.values.get("NewExternalIPAddress"),
			"198.20.0.1",
		);
		const fault = parseSoapAnswer(bytes(FAULT), "AddPortMapping");
		assert.deepEqual([fault?.error, fault?.errorText], [718, "ConflictInMappingEntry"]);
	});

	for (const [from, to] of [
		["s:", "SOAP-ENV:"],
		["s:", "m:"],
		["s:", ""],
		["u:", "x:"],
	] as const) {
		it(`reads them with ${JSON.stringify(to)} for ${from} (quirk 19)`, () => {
			assert.equal(parseSoapAnswer(bytes(ADDRESS.replaceAll(from, to)), "GetExternalIPAddress")?.error, 0);
			assert.equal(parseSoapAnswer(bytes(FAULT.replaceAll(from, to)), "AddPortMapping")?.error, 718);
		});
	}

	it("reads a fault without a number as error 501, and rejects the answer to another action", () => {
		assert.equal(parseSoapAnswer(bytes(FAULT.replace("718", "many")), "AddPortMapping")?.error, 501);
		assert.equal(parseSoapAnswer(bytes(ADDRESS), "AddPortMapping"), undefined);
		assert.equal(parseSoapAnswer(bytes("<html></html>"), "AddPortMapping"), undefined);
		assert.equal(parseSoapAnswer(new Uint8Array(0), "AddPortMapping"), undefined);
	});

	for (const [title, text, error] of [
		[
			"a fault with octets missing (TinyUPnP#14)",
			"<s:Envelope><s:Body><s:Fault><detail><UPnPError><errorCode>401</errorCode><errorDescription>Inv\xeftion></UPnPError></detail></s:Fault></s:Body></s:Envelope>",
			401,
		],
		["a fault that is cut after its code", FAULT.slice(0, FAULT.indexOf("<errorDescription>")), 718],
		["an error without a fault", "<s:Envelope><UPnPError><errorCode>714</errorCode></UPnPError></s:Envelope>", 714],
		["tags that do not match", ADDRESS.replace("</s:Body>", "</s:Boddy></x>"), 0],
		["a tag that is never closed", ADDRESS.replace("<s:Body>", "<s:Body><x>"), 0],
	] as const) {
		it(`reads ${title} (quirks 27, 28)`, () => {
			const answer = parseSoapAnswer(new Uint8Array(Buffer.from(text, "latin1")), "GetExternalIPAddress");
			assert.equal(answer?.error, error);
			if (error === 0) assert.equal(answer?.values.get("NewExternalIPAddress"), "198.20.0.1");
		});
	}

	it("takes at most 32 values", () => {
		let text = "<aResponse>";
		for (let i = 0; i < 100; i++) text += `<v${i}>x</v${i}>`;
		assert.equal(parseSoapAnswer(bytes(text), "a")?.values.size, 32);
	});

	it("survives 5,000 mutated answers", () => {
		for (let seed = 0; seed < 5000; seed++) {
			const random = new Prng(seed);
			const text = bytes(random.chance(0.5) ? ADDRESS : FAULT);
			for (let n = 1 + random.below(8); n > 0; n--) text[random.below(text.length)] = random.below(256);
			assert.doesNotThrow(() => parseSoapAnswer(text, "GetExternalIPAddress"), `seed ${seed}`);
		}
	});
});
