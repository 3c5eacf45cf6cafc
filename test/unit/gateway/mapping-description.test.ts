import assert from "node:assert/strict";
import {
	buildMappingDescription,
	DESCRIPTION_MAX,
	parseMappingDescription,
} from "../../../src/gateway/mapping-description";

describe("gateway/mapping-description", () => {
	it("contains product, model, identity and name in at most 31 ASCII characters (IMG-11, IMG-15)", () => {
		for (const name of ["server 1", 'Küche <b> & "co"', "x".repeat(48), "🏡", ""]) {
			const text = buildMappingDescription("esp32", "3f9a2c1d00000000", "", name);
			assert.match(text, /^Porthole\/esp32 3f9a2c[ -~]*$/);
			assert.ok(text.length <= 31 && !/[<>&"']/.test(text), text);
			assert.equal(parseMappingDescription(text)?.id, "3f9a2c");
		}
		assert.equal(
			parseMappingDescription(buildMappingDescription("node", "3f9a2c1d00000000", "", "server 1"))?.name,
			"server 1",
		);
	});

	it("keeps a name of 40 characters where the gateway takes long descriptions (IMG-11)", () => {
		const name = "The garden behind the house at the lake!";
		const text = buildMappingDescription("esp32", "3f9a2c1d00000000", "", name, DESCRIPTION_MAX);
		assert.ok(text.length <= 63);
		assert.equal(parseMappingDescription(text)?.name, name);
	});

	it("names a service, which older versions take for another product's mapping", () => {
		const text = buildMappingDescription("node", "3f9a2c1d00000000", "rtsp", "Hof");
		assert.equal(text, "Porthole/node 3f9a2c/rtsp Hof");
		assert.deepEqual(parseMappingDescription(text), { model: "node", id: "3f9a2c", service: "rtsp", name: "Hof" });
		assert.equal(parseMappingDescription("Porthole/node 3f9a2c Hof")?.service, "");
		assert.equal(buildMappingDescription("node", "3f9a2c1d00000000", "abcdefghij", "").length, 27);
	});

	for (const text of [
		"Porthole/node 3f9a2c/ x",
		"Porthole/node 3f9a2/rtsp x",
		"",
		"Porthole",
		"Porthole/",
		"Porthole/node",
		"Porthole/node 12",
		"Skype TCP at 192.168.0.9:80",
		"porthole/node 3f9a2c x",
	]) {
		it(`does not take ${JSON.stringify(text)} for one of ours`, () =>
			assert.equal(parseMappingDescription(text), undefined));
	}
});
