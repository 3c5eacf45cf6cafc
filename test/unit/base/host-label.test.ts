import assert from "node:assert/strict";
import { hostLabel, hostNamesOf, isRouterName } from "../../../src/base/host-label";
import { Prng } from "../../../src/base/prng";
import { mutate } from "../../support/mutate";

describe("base/host-label", () => {
	for (const [text, label] of [
		["Front door", "front-door"],
		["camera 1", "camera-1"],
		["Küche 2.0", "k-che-2-0"],
		["--a--b--", "a-b"],
		["Haus\u0000.local", "haus-local"],
		["玄関", "porthole"],
		["", "porthole"],
	]) {
		it(`makes ${JSON.stringify(label)} of ${JSON.stringify(text)}`, () =>
			assert.equal(hostLabel(text, "porthole"), label));
	}

	it("keeps to 63 letters, with no hyphen at the end", () => {
		for (let n = 55; n < 70; n++) {
			const label = hostLabel(`${"a".repeat(n)} b c d e f`, "x");
			assert.ok(label.length <= 63 && !label.endsWith("-"), label);
		}
	});

	for (const [name, names] of [
		["Kitchen", ["kitchen", "kitchen.local"]],
		["nas.example.org", ["nas.example.org", "nas", "nas.local"]],
		["pi.local", ["pi", "pi.local"]],
		["", []],
		[".local", []],
	] as const) {
		it(`finds the names of ${JSON.stringify(name)}: ${names.join(", ") || "none"}`, () => {
			assert.deepEqual(hostNamesOf(name), names);
		});
	}

	const OWN = ["kitchen", "kitchen.local", "porthole-14d957c4.local", "cams.example.org"];
	for (const [name, isOwn] of [
		["kitchen.fritz.box", true],
		["kitchen.lan", true],
		["kitchen.home", true],
		["kitchen.home.arpa", true],
		["kitchen.localdomain", true],
		["kitchen.internal", true],
		["porthole-14d957c4.lan", true],
		["kitchen", false],
		["garage.lan", false],
		["garage.fritz.box", false],
		["kitchen.example.org", false],
		["kitchen.box", false],
		["kitchen.evil.lan", false],
		["kitchen.lan.evil.example", false],
		["kitchen.fritz.box.evil.example", false],
		["evil.kitchen.lan", false],
		["cams.lan", false],
		["cams.example.org.lan", false],
		[".lan", false],
		["lan", false],
		["", false],
		["xkitchen.lan", false],
	] as const) {
		it(`${isOwn ? "accepts" : "rejects"} ${JSON.stringify(name)} as a router's name of this machine (DNS rebinding)`, () =>
			assert.equal(isRouterName(name, OWN), isOwn));
	}

	it("accepts nothing but own labels with known endings, whatever the name", () => {
		const random = new Prng(5);
		const endings = new Set(["lan", "home", "local", "localdomain", "home.arpa", "internal", "intranet", "private"]);
		for (const other of ["fritz.box", "speedport.ip", "fios-router.home"]) endings.add(other);
		let accepted = 0;
		for (let i = 0; i < 20_000; i++) {
			const labels = ["kitchen", "porthole-14d957c4", "cams", "garage"];
			const whole = `${labels[random.below(labels.length)]}.${[...endings][random.below(endings.size)]}`;
			const name = random.chance(0.1) ? whole : mutate(random, whole, ".lanhomekitchenbx");
			if (!isRouterName(name, OWN)) continue;
			accepted++;
			const dot = name.indexOf(".");
			assert.ok(endings.has(name.slice(dot + 1)), name);
			assert.ok(OWN.includes(name.slice(0, dot)) || OWN.includes(`${name.slice(0, dot)}.local`), name);
		}
		assert.ok(accepted > 0);
	});
});
