import assert from "node:assert/strict";
import { Page } from "../../../src/web/page";
import { PageStore } from "../../../src/web/page-store";

/** A store, with a generator that counts what it was asked for. */
class Scene {
	readonly store = new PageStore();
	/** Names of the pages that were generated, in order. */
	readonly made: string[] = [];

	get(name: string): Page {
		return this.store.get(name, () => {
			this.made.push(name);
			return new Page(name, [`<h1>${name} ${this.made.length}</h1>`]);
		});
	}
}

const tagOf = (page: Page) => page.body.etag;

describe("web/page-store", () => {
	it("generates a page once, however often it is requested (IMG-14)", () => {
		const scene = new Scene();
		const page = scene.get("portal owner lan");
		for (let i = 0; i < 100; i++) assert.equal(scene.get("portal owner lan"), page);
		assert.deepEqual(scene.made, ["portal owner lan"]);
	});

	it("generates it again, once, after its content has changed (IMG-14)", () => {
		const scene = new Scene();
		const before = scene.get("portal");
		for (let i = 0; i < 3; i++) scene.store.changed();
		assert.equal(scene.made.length, 1, "not before somebody asks");
		const after = scene.get("portal");
		assert.notEqual(after, before);
		assert.notEqual(tagOf(after), tagOf(before));
		assert.equal(scene.get("portal"), after);
		assert.equal(scene.made.length, 2);
	});

	it("stores pages for each audience and role separately", () => {
		const scene = new Scene();
		const names = ["owner lan", "owner internet", "viewer lan", "viewer internet"];
		const pages = names.map((name) => scene.get(name));
		assert.equal(new Set(pages.map(tagOf)).size, names.length);
		assert.deepEqual(
			names.map((name) => scene.get(name)),
			pages,
		);
		assert.deepEqual(scene.made, names);
		scene.store.changed();
		for (const name of names) assert.ok(!pages.includes(scene.get(name)), name);
	});

	it("stores only a few pages, the latest", () => {
		const scene = new Scene();
		const names = Array.from({ length: 300 }, (_, i) => `page ${i}`);
		const pages = names.map((name) => scene.get(name));
		let kept = 0;
		while (kept < names.length && scene.get(names[names.length - 1 - kept]) === pages[names.length - 1 - kept]) kept++;
		assert.ok(kept >= 2 && kept <= 16, `${kept} pages are kept`);
		const generated = scene.made.length;
		scene.get(names[0]);
		assert.deepEqual(scene.made.slice(generated), [names[0]], "the first is gone");
	});

	it("stores nothing when a page could not be generated", () => {
		const { store } = new Scene();
		const fail = (): Page => {
			throw new RangeError("a mistake");
		};
		assert.throws(() => store.get("a", fail), RangeError);
		const page = new Page("a", []);
		assert.equal(
			store.get("a", () => page),
			page,
		);
	});
});
