import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { utf8Encode } from "../../../src/base/text";
import { isPresetName, PRESET_TEXT_MAX, PRESETS_MAX, PresetList } from "../../../src/camera/preset-list";
import { ToyMemory } from "./toy-drive";

describe("camera/preset-list", () => {
	it("accepts names of 1 to 24 octets without control characters or spaces at the ends", () => {
		for (const name of ["a", "front door", "Tür", "x".repeat(24), "ü".repeat(12), "東京", "1 2 3", '"\\<&'])
			assert.equal(isPresetName(name), true, name);
		for (const name of [
			"",
			" ",
			" a",
			"a ",
			"a\nb",
			"a\tb",
			"\u0085x",
			"x".repeat(25),
			"ü".repeat(13),
			"x".repeat(1e6),
		])
			assert.equal(isPresetName(name), false, name.slice(0, 30));
	});

	it(`accepts ${PRESETS_MAX} presets, and changes to them when it is full`, () => {
		const memory = new ToyMemory();
		const book = new PresetList(memory);
		for (let i = 0; i < PRESETS_MAX; i++) assert.equal(book.save(`${"ü".repeat(11)}${i}`, -179.99, -179.99), true);
		assert.equal(book.save("one more", 0, 0), false);
		assert.equal(book.save(book.list[3].name, 1, 2), true);
		assert.deepEqual([book.list[3].pan, book.list[3].tilt], [1, 2]);
		assert.ok(utf8Encode(memory.text ?? "").length < PRESET_TEXT_MAX / 2);
		assert.deepEqual(new PresetList(memory).list, book.list);
	});

	it("writes only changes", () => {
		const memory = new ToyMemory();
		const book = new PresetList(memory);
		book.setPatrol(false);
		book.setPatrol(true);
		book.remove("nothing");
		book.save("\n", 0, 0);
		book.save("mad", NaN, 0);
		assert.equal(memory.writes, 0);
		book.save("a", -0.001, 12.346);
		book.setPatrol(true);
		book.setPatrol(true);
		assert.deepEqual([memory.writes, memory.text], [2, "patrol on\n0 12.35 a\n"]);
		book.remove("a");
		assert.deepEqual([memory.text, book.patrol], ["patrol off\n", false]);
	});

	const texts: readonly [string, string | undefined, readonly string[], boolean][] = [
		["nothing", undefined, [], false],
		["an empty text", "", [], false],
		["a patrol without presets", "patrol on\n", [], false],
		["no end of the last line", "patrol on\n1 2 a", ["a"], true],
		["another first line", "patrol yes\n1 2 a\n", ["a"], false],
		["lines that are no presets", "patrol on\nx 2 a\n1 b\n1  c\n 1 d\n1 2 \n1 2 e\nNaN 1 f\n", ["e"], true],
		["angles that no drive has", "patrol off\n181 0 a\n0 -1e9 b\nInfinity 0 c\n-180 180 d\n", ["d"], false],
		["a name twice", "patrol off\n1 1 a\n2 2 a\n3 3 b\n", ["a", "b"], false],
		["text that is too long", `patrol on\n1 1 a\n${"\n".repeat(PRESET_TEXT_MAX)}`, [], false],
		["too many", `patrol off\n${Array.from({ length: 30 }, (_, i) => `1 1 n${i}\n`).join("")}`, [], false],
	];
	for (const [what, text, names, patrol] of texts) {
		it(`reads ${what}`, () => {
			const book = new PresetList(new ToyMemory(text));
			const expected = what === "too many" ? Array.from({ length: PRESETS_MAX }, (_, i) => `n${i}`) : names;
			assert.deepEqual(
				book.list.map((preset) => preset.name),
				expected,
			);
			assert.equal(book.patrol, patrol);
		});
	}

	it("survives any mutation of its text", () => {
		const whole = "patrol on\n-40.5 0 left\n0 20 Tür 2\n40 0 right\n";
		for (let seed = 1; seed <= 2000; seed++) {
			const random = new Prng(seed);
			let text = whole;
			for (let i = random.below(4); i >= 0; i--) {
				const at = random.below(text.length);
				const put = random.chance(0.3) ? "" : String.fromCharCode(random.below(random.chance(0.8) ? 128 : 65536));
				text = text.slice(0, at) + put + text.slice(at + random.below(3));
			}
			const memory = new ToyMemory(text);
			const book = new PresetList(memory);
			for (const { name, pan, tilt } of book.list)
				assert.ok(isPresetName(name) && Math.abs(pan) <= 180 && Math.abs(tilt) <= 180, `seed ${seed}`);
			book.save("new", 1, 2);
			assert.deepEqual(new PresetList(memory).list, book.list, `seed ${seed}`);
		}
	});
});
