import assert from "node:assert/strict";
import { changePicture, pictureViewOf, restorePicture } from "../../../../src/app/camera/picture-settings";
import { Prng } from "../../../../src/base/prng";
import { ChosenLook, OWN_LOOK } from "../../../../src/camera/chosen-look";
import { JpegQuality } from "../../../../src/media/jpeg-quality";
import { type Store, StoreError } from "../../../../src/ports/store";
import { mutate } from "../../../support/mutate";

const SIZES = [
	{ width: 1280, height: 720 },
	{ width: 640, height: 480 },
];

function storeOf(values: Record<string, string> = {}): Store & { readonly values: Map<string, string> } {
	const kept = new Map(Object.entries(values));
	return {
		values: kept,
		read: (key) => kept.get(key),
		write: (key, value) => void kept.set(key, value),
		delete: (key) => void kept.delete(key),
	};
}

function sourceOf(look = OWN_LOOK) {
	return { quality: new JpegQuality(80), controls: new ChosenLook(SIZES, look) };
}

const form = (fields: Record<string, string>) => new Map(Object.entries(fields));

describe("app/camera/picture-settings", () => {
	it("changes what a form asks for, and restores it at the next start", () => {
		const [source, store] = [sourceOf(), storeOf()];
		const fields = { quality: "35", resolution: "1280x720", brightness: "-20", flip: "both" };
		assert.equal(changePicture(source, form(fields), store), undefined);
		assert.equal(changePicture(source, form({ flip: "horizontal" }), store), undefined);
		const expected = {
			quality: 35,
			resolution: "1280x720",
			resolutions: ["auto", "1280x720", "640x480"],
			brightness: -20,
			flip: "horizontal",
		};
		assert.deepEqual(pictureViewOf(source), expected);
		const next = sourceOf();
		restorePicture(next, store);
		assert.deepEqual(pictureViewOf(next), expected);
		assert.equal(changePicture(source, form({ resolution: "auto" }), store), undefined);
		assert.deepEqual(source.controls.look.resolution, { width: 0, height: 0 });
	});

	for (const [why, fields, status] of [
		["a quality out of range", { quality: "101" }, undefined],
		["a quality that is no number", { quality: "fine" }, undefined],
		["a size that is not offered", { resolution: "1920x1080" }, undefined],
		["a size that can't be read", { resolution: "1280x720x3" }, undefined],
		["no size", { resolution: "" }, undefined],
		["no brightness", { brightness: "" }, undefined],
		["a brightness that is not whole", { brightness: "0.5" }, undefined],
		["a brightness out of range", { brightness: "101" }, undefined],
		["a flip that there is not", { flip: "sideways" }, undefined],
		["nothing", {}, undefined],
	] as const) {
		it(`refuses ${why}, and changes nothing`, () => {
			const [source, store] = [sourceOf(), storeOf()];
			const before = pictureViewOf(source);
			const fault = changePicture(source, form({ ...fields }), store);
			assert.ok(fault !== undefined && fault.status === status);
			assert.ok(changePicture(source, form({ ...(why === "nothing" ? {} : { quality: "50" }), ...fields }), store));
			assert.deepEqual(pictureViewOf(source), before);
			assert.equal(store.values.size, 0);
		});
	}

	it("refuses with 409 what the source can't change", () => {
		const fixed = { quality: undefined, controls: undefined };
		for (const fields of [{ quality: "50" }, { resolution: "auto" }, { brightness: "0" }, { flip: "none" }])
			assert.equal(changePicture(fixed, form(fields as never), storeOf())?.status, 409);
		const noFlip = sourceOf({ ...OWN_LOOK, flip: undefined });
		assert.equal(changePicture(noFlip, form({ flip: "both" }), storeOf())?.status, 409);
		assert.equal(changePicture(noFlip, form({ brightness: "5" }), storeOf()), undefined);
		assert.equal(pictureViewOf(fixed), undefined);
		assert.equal(pictureViewOf(noFlip)?.flip, undefined);
	});

	it("changes nothing when it can't be stored", () => {
		const source = sourceOf();
		const store = storeOf();
		store.write = () => {
			throw new StoreError("the disk is full");
		};
		assert.throws(() => changePicture(source, form({ quality: "50", flip: "both" }), store), StoreError);
		assert.deepEqual([source.quality.value, source.controls.look], [80, OWN_LOOK]);
	});

	it("leaves a source as it is when nothing valid was stored, or when it can't be chosen", () => {
		for (const text of ["", "0", "101", "35.5", "fine", "NaN"]) {
			const source = sourceOf();
			restorePicture(source, storeOf({ quality: text }));
			assert.equal(source.quality.value, 80, text);
		}
		restorePicture({ quality: undefined, controls: undefined }, storeOf({ quality: "35", look: "auto 0 none" }));
		const random = new Prng(8);
		for (let i = 0; i < 2000; i++) {
			const source = sourceOf();
			restorePicture(source, storeOf({ look: mutate(random, "1280x720 -20 both", "0123456789x -ab") }));
			const { resolution, brightness = 0, flip } = source.controls.look;
			assert.ok([0, 1280, 640].includes(resolution?.width ?? -1));
			assert.ok(Number.isInteger(brightness) && Math.abs(brightness) <= 100);
			assert.ok(["none", "horizontal", "vertical", "both"].includes(flip ?? ""));
		}
	});
});
