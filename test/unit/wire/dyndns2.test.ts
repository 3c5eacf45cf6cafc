import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { buildUpdate, isReadable, isUpdateTemplate, readAnswer, wantsName } from "../../../src/wire/dyndns2";

describe("wire/dyndns2", () => {
	const templates: [string, boolean][] = [
		["https://dyn.example/nic/update?hostname={name}&myip={address}", true],
		["http://user:pass@dyn.example:8080/?ip={address}", true],
		["https://u%40x:p%3A@dyn.example/", true],
		["https://{name}:pw@dyn.example?ip={address}", true],
		["ftp://dyn.example/{address}", false],
		["dyn.example/{address}", false],
		["https://", false],
		["https:///update", false],
		["https://:80/", false],
		["https://u:p@/{address}", false],
		["https://dyn.example/{adress}", false],
		["https://dyn.example/{address", false],
		["https://dyn.example/ {address}", false],
		["https://dyn.example/\r\nX: y", false],
		["https://dyn.example/ü", false],
		["https://a%zz@dyn.example/", false],
		[`https://dyn.example/${"a".repeat(500)}`, false],
	];
	for (const [text, fine] of templates) {
		it(`${fine ? "takes" : "refuses"} ${JSON.stringify(text.slice(0, 60))}`, () => {
			assert.equal(isUpdateTemplate(text), fine);
		});
	}

	it("fills in address and name, and makes a field of user and password", () => {
		const { url, headers } = buildUpdate(
			"https://me:s%3Ac@dyn.example/nic/update?hostname={name}&myip={address}",
			"198.20.0.1",
			"cams.example",
			"Porthole/1",
		);
		assert.equal(url, "https://dyn.example/nic/update?hostname=cams.example&myip=198.20.0.1");
		assert.deepEqual(headers, {
			"User-Agent": "Porthole/1",
			Authorization: "Basic bWU6czpj",
		});
		assert.equal(buildUpdate("http://dyn.example/{address}", "1.2.3.4", "", "a").headers["Authorization"], undefined);
	});

	it("knows which templates need the name, and which show a password to the way", () => {
		assert.deepEqual(["http://a/{name}", "http://a/{address}"].map(wantsName), [true, false]);
		assert.deepEqual(["http://u:p@a/", "https://u:p@a/", "http://a/"].map(isReadable), [true, false, false]);
	});

	const answers: [number, string, string][] = [
		[200, "good 1.2.3.4", "done"],
		[200, "nochg 1.2.3.4\r\n", "done"],
		[200, "OK", "done"],
		[204, "", "done"],
		[200, "Updated cams.example from 1.2.3.3 to 1.2.3.4", "done"],
		[200, "ERROR: Address 1.2.3.4 has not changed.", "done"],
		[200, "addresses unchanged", "done"],
		[200, '{"result": null, "success": true}', "done"],
		[
			200,
			'<?xml version="1.0"?><interface-response><IP>1.2.3.4</IP><ErrCount>0</ErrCount></interface-response>',
			"done",
		],
		[200, "", "later"],
		[200, "<html>Updated</html>", "later"],
		[200, "goodbye", "later"],
		[200, "not good", "later"],
		[200, "ERROR: Invalid update URL (2)", "later"],
		[200, "<interface-response><ErrCount>1</ErrCount></interface-response>", "later"],
		[200, '{"success":false}', "later"],
		[200, "<html><body>log in to this network</body></html>", "later"],
		[200, "badip", "later"],
		[200, "TOOSOON", "later"],
		[200, " BadAuth \n", "refused"],
		[401, "", "refused"],
		[403, "<html>", "refused"],
		[404, "nohost", "refused"],
		[200, "911 later", "later"],
		[200, "dnserr", "later"],
		[429, "", "later"],
		[500, "good", "later"],
		[302, "", "later"],
		[404, "", "later"],
		[200, "__proto__", "later"],
		[200, "constructor", "later"],
	];
	for (const [status, body, kind] of answers) {
		it(`takes ${status} ${JSON.stringify(body)} for ${kind}`, () => {
			assert.equal(readAnswer(status, body).kind, kind);
		});
	}

	it("reads any answer without an exception, and shows no part of it", () => {
		const random = new Prng(7);
		for (let i = 0; i < 2000; i++) {
			let body = "";
			for (let k = 0; k < 40; k++) body += String.fromCharCode(Math.floor(random.unit() * 300));
			const answer = readAnswer(Math.floor(random.unit() * 600), body);
			if (answer.kind !== "done") assert.ok(!Object.values(answer).includes(body));
		}
	});
});
