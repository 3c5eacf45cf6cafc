import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { DeadProperties } from "../../../../src/storage/dav/dead-properties";
import { mutate } from "../../../support/mutate";
import { VirtualFolder } from "../../../support/virtual-folder";

const PATH = "properties";
const VALUES = ["<x>1</x>", "<x>\t\n\\t\\n\\\\\t\\</x>", '<x xmlns="u:">🏡 é</x>', "\\", "\\\\n"];

class Rig extends VirtualFolder {
	readonly told: string[] = [];

	load(): DeadProperties {
		const properties = new DeadProperties(this.machine.files, PATH, (detail) => this.told.push(detail));
		this.wait<boolean>((done) => properties.load(() => done(true)));
		return properties;
	}

	set(properties: DeadProperties, path: string, name: string, xml: string | undefined): string {
		return this.wait((done) => assert.ok(properties.change(path, [{ namespace: "u:", name, xml }], done)));
	}
}

describe("storage/dav/dead-properties", () => {
	it("gives back what was set, after a restart too", () => {
		const rig = new Rig();
		const properties = rig.load();
		for (const [i, value] of VALUES.entries()) rig.set(properties, `files/${i}`, "x", value);
		rig.set(properties, "files/0", "y", "<y/>");
		rig.set(properties, "files/0", "x", "<x>2</x>");
		rig.set(properties, "files/1", "z", "<z/>");
		rig.set(properties, "files/1", "z", undefined);
		const again = rig.load();
		const xml = (path: string): string[] => again.of(path).map((property) => property.xml);
		assert.deepEqual(xml("files/0"), ["<x>2</x>", "<y/>"]);
		for (let i = 1; i < VALUES.length; i++) assert.deepEqual(xml(`files/${i}`), [VALUES[i]]);
		assert.deepEqual(again.of("files"), []);
		assert.deepEqual(rig.told, []);
	});

	it("follows trees that are copied, moved and deleted", () => {
		const rig = new Rig();
		const properties = rig.load();
		for (const path of ["a", "a/b", "ab"]) rig.set(properties, path, "x", `<${path}/>`);
		properties.copyTree("a", "c");
		properties.moveTree("a", "d/e");
		properties.removeTree("c/b");
		const paths = ["a", "a/b", "ab", "c", "c/b", "d/e", "d/e/b"];
		const expected = [0, 0, 1, 1, 0, 1, 1];
		assert.deepEqual(
			paths.map((path) => properties.of(path).length),
			expected,
		);
		rig.world.runFor(1000);
		const again = rig.load();
		assert.deepEqual(
			paths.map((path) => again.of(path).length),
			expected,
		);
	});

	it("says when it can't store, and stores with the next change", () => {
		const rig = new Rig();
		const properties = rig.load();
		rig.machine.disk.fail("sync", "full");
		assert.notEqual(rig.set(properties, "a", "x", "<x/>"), "");
		assert.equal(rig.told.length, 1);
		assert.equal(rig.set(properties, "b", "x", "<x/>"), "");
		const again = rig.load();
		assert.deepEqual([again.of("a").length, again.of("b").length], [1, 1]);
	});

	it("reads what it can of a damaged file, and says so (fuzz)", () => {
		const rig = new Rig();
		const random = new Prng(6);
		const good = VALUES.map((_, i) => `files/${i}\tu:\tx\t<x/>`).join("\n");
		for (let i = 0; i < 300; i++) {
			rig.write(PATH, utf8Encode(mutate(random, good, "\t\n\\u")));
			rig.load();
		}
		assert.ok(rig.told.length > 50);
		rig.write(PATH, new Uint8Array(2_200_000));
		assert.deepEqual(rig.load().of(""), []);
		assert.match(rig.told.at(-1) ?? "", /too long/);
	});
});
