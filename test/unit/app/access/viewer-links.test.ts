import assert from "node:assert/strict";
import { VirtualStore } from "../../../../hosts/virtual/virtual-store";
import type { Moment } from "../../../../src/access/access-tokens";
import { isLinkName, LINK_NAME_MAX, LINKS_MAX, ViewerLinks } from "../../../../src/app/access/viewer-links";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import type { Millis } from "../../../../src/core/time";
import { STORE_VALUE_MAX, type Store } from "../../../../src/ports/store";
import { mutate } from "../../../support/mutate";

const START = 1.79e9;
const HOUR = 3600;

class Scene {
	readonly store = new VirtualStore();
	readonly tokens = { name: "01234567" };
	epoch = "u";
	/** Milliseconds since the start. */
	now = 0;
	/** How often the flash was written by itself. */
	writes = 0;
	private readonly random = new Prng(3);

	moment(now: Millis): Moment {
		return { epoch: this.epoch, seconds: START + now / 1000 };
	}

	start(): ViewerLinks {
		const { store, random } = this;
		const memory: Store = {
			read: (key) => store.read(key),
			write: (key, value) => {
				this.writes++;
				store.write(key, value);
			},
			delete: (key) => store.delete(key),
		};
		const fill = (bytes: Uint8Array) => bytes.set(bytes.map(() => random.below(256)));
		return new ViewerLinks({ random: { fill }, store }, memory, this);
	}
}

describe("app/access/viewer-links", () => {
	it("keeps links with name, times and last use across a restart", () => {
		const scene = new Scene();
		const links = scene.start();
		const link = links.add(0, "Home Assistant at grandma's", 100 * HOUR);
		assert.ok(link !== undefined);
		links.used(5000, link.id);
		assert.equal(scene.writes, 1);
		links.used(9000, link.id);
		assert.equal(scene.writes, 1, "not each use is written to flash");
		links.save(10_000);
		const [again, ...others] = scene.start().list(10_000);
		assert.deepEqual(others, []);
		assert.deepEqual(again, { ...link, made: START, until: START + 100 * HOUR, used: START + 9 });
	});

	it("dates a use when the list is shown, and drops one whose date is not known", () => {
		const scene = new Scene();
		const links = scene.start();
		const link = links.add(0, "one", HOUR);
		links.used(5000, link?.id ?? "");
		assert.equal(links.list(60_000)[0].used, START + 5);
		links.used(70_000, link?.id ?? "");
		scene.epoch = "b7-";
		assert.equal(links.list(80_000)[0].used, START + 5);
	});

	it("forgets links that have expired or were removed, and all of another key", () => {
		const scene = new Scene();
		const links = scene.start();
		const [short, long] = [links.add(0, "a", HOUR), links.add(0, "b", 9 * HOUR)];
		assert.deepEqual(links.list(2 * HOUR * 1000), [long]);
		assert.equal(links.find(2 * HOUR * 1000, short?.id ?? ""), undefined);
		links.remove(0, long?.id ?? "");
		assert.deepEqual(links.list(0), []);
		assert.deepEqual(scene.start().list(0), []);
		links.add(0, "c", HOUR);
		scene.tokens.name = "89abcdef";
		assert.deepEqual(links.list(0), []);
		assert.deepEqual(scene.start().list(0), []);
	});

	it(`takes ${LINKS_MAX} links, whose list fits into the store even with the longest names`, () => {
		const scene = new Scene();
		const links = scene.start();
		const name = "\u{1f3e0}".repeat(LINK_NAME_MAX / 2);
		assert.ok(isLinkName(name));
		for (let i = 0; i < LINKS_MAX; i++) assert.ok(links.add(0, name, HOUR) !== undefined);
		assert.equal(links.add(0, name, HOUR), undefined);
		assert.ok(utf8Encode(scene.store.read("links") ?? "").length <= STORE_VALUE_MAX);
		assert.ok(links.add(2 * HOUR * 1000, name, HOUR) !== undefined, "when some have expired there is room again");
	});

	it("keeps links of a device that does not know the date yet, and drops those of an earlier start", () => {
		const scene = new Scene();
		scene.start().add(0, "dated", HOUR);
		scene.epoch = "b7-";
		const links = scene.start();
		assert.deepEqual(
			links.list(0).map(({ name }) => name),
			["dated"],
		);
		links.add(0, "undated", HOUR);
		scene.epoch = "b8-";
		assert.deepEqual(
			scene
				.start()
				.list(0)
				.map(({ name }) => name),
			["dated"],
		);
	});

	it("refuses names with control characters, and long ones", () => {
		for (const name of ["", "Grandma", "a b", "é".repeat(40)]) assert.ok(isLinkName(name), name);
		for (const name of ["a\nb", "\t", "\u007f", "x".repeat(41)]) assert.ok(!isLinkName(name), JSON.stringify(name));
	});

	it("reads damaged lists without harm, for 2000 of them", () => {
		const scene = new Scene();
		const links = scene.start();
		links.add(0, "one", HOUR);
		links.add(0, "two words", HOUR);
		const text = scene.store.read("links") ?? "";
		const random = new Prng(4);
		for (let i = 0; i < 2000; i++) {
			scene.store.write("links", mutate(random, text, "0123456789abcdefu \n-"));
			for (const { made, until, used } of scene.start().list(0)) assert.ok(made >= 0 && until >= 0 && used >= 0);
		}
	});
});
