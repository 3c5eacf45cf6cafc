import assert from "node:assert/strict";
import { type NamedDevice, namesByPattern } from "../../../../src/app/devices/name-pattern";
import { Prng } from "../../../../src/base/prng";
import { isName } from "../../../../src/wire/fleet-message";
import { mutate } from "../../../support/mutate";

const DEVICES: readonly NamedDevice[] = [
	{ id: "1", name: "Garage", group: "Ground floor" },
	{ id: "2", name: "Attic", group: "" },
];

describe("app/devices/name-pattern", () => {
	it("puts numbers, names and groups in (IMG-15)", () => {
		for (const [pattern, ...names] of [
			["Camera {n}", "Camera 1", "Camera 2"],
			["{nn}-{name}", "01-Garage", "02-Attic"],
			["{group} {nnnn}", "Ground floor 0001", "0002"],
			["{name}", "Garage", "Attic"],
			["{n}{n}", "11", "22"],
		])
			assert.deepEqual(namesByPattern(pattern, DEVICES), names, pattern);
	});

	it("refuses what is not known between braces, and braces alone", () => {
		for (const pattern of ["{x}", "{}", "{n", "n}", "{{n}}", "{nnnnn}", "{Name}", "}{", "{n} ".repeat(40)])
			assert.deepEqual(namesByPattern(pattern, DEVICES), { kind: "braces" }, pattern);
	});

	it("refuses invalid names, and names that are not distinct", () => {
		assert.deepEqual(namesByPattern("", DEVICES), { kind: "name", device: "Garage" });
		assert.deepEqual(namesByPattern("{group}", DEVICES), { kind: "name", device: "Attic" });
		assert.deepEqual(namesByPattern(`${"long ".repeat(10)}{n}`, DEVICES), { kind: "name", device: "Garage" });
		assert.deepEqual(namesByPattern("Same", DEVICES), { kind: "same", name: "Same" });
	});

	it("gives for any pattern a different name to each device, or none (fuzz)", () => {
		const random = new Prng(1);
		for (let i = 0; i < 300; i++) {
			const pattern = mutate(random, "{group} {nn} {name}", "{}n Agroup");
			const names = namesByPattern(pattern, DEVICES);
			if ("kind" in names) continue;
			assert.ok(names.every(isName), pattern);
			assert.equal(new Set(names).size, DEVICES.length, pattern);
		}
	});
});
