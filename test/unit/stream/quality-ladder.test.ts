import assert from "node:assert/strict";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import { QualityLadder } from "../../../src/stream/quality-ladder";

/** A camera whose quality is 80, with a ladder that is asked once a second. */
class Stage {
	now = 0;
	readonly source: { quality?: JpegQuality | undefined } = { quality: new JpegQuality(80) };
	readonly ladder = new QualityLadder(this.source);

	/** Lets so many clients suffer for a time. @returns the changes of the source's quality */
	run(seconds: number, suffering: number): number[] {
		const changes: number[] = [];
		for (let i = 0; i < seconds; i++) {
			this.now += 1000;
			if (this.ladder.update(this.now, suffering)) changes.push(this.source.quality?.value ?? 0);
		}
		return changes;
	}
}

describe("stream/quality-ladder", () => {
	it("lowers the shared quality step by step while several clients suffer, and no further than half (STR-10)", () => {
		const stage = new Stage();
		assert.deepEqual(stage.run(60, 2), [64, 52, 40]);
		assert.equal(stage.ladder.quality?.value, 80, "the user sees what the user chose");
	});

	it("does not spoil the picture for all because of one client (STR-10)", () => {
		assert.deepEqual(new Stage().run(60, 1), []);
	});

	it("restores the quality step by step when nobody suffers, and never above the user's (STR-10)", () => {
		const stage = new Stage();
		stage.run(60, 3);
		assert.deepEqual(stage.run(15, 0), []);
		assert.deepEqual(stage.run(200, 0), [52, 64, 80]);
		assert.equal(stage.source.quality?.value, 80);
	});

	it("stays while one client still suffers", () => {
		const stage = new Stage();
		stage.run(5, 2);
		assert.deepEqual(stage.run(300, 1), []);
		assert.equal(stage.source.quality?.value, 64);
	});

	it("waits longer after each step up that failed, so that it does not oscillate (STR-10)", () => {
		const stage = new Stage();
		let steps = 0;
		// The connection carries quality 64 and not 80.
		for (let second = 0; second < 3600; second++)
			steps += stage.run(1, (stage.source.quality?.value ?? 0) > 64 ? 2 : 0).length;
		assert.ok(steps < 40, `${steps} steps in an hour`);
	});

	it("lets the user's change win, and begins again from there", () => {
		const stage = new Stage();
		stage.run(10, 2);
		stage.ladder.quality?.set(50);
		assert.equal(stage.source.quality?.value, 50);
		assert.equal(stage.ladder.quality?.value, 50);
		assert.deepEqual(stage.run(60, 0), [], "nothing is left to restore");
		assert.deepEqual(stage.run(1, 2), [40]);
	});

	it("lets a change win that was made at the source", () => {
		const stage = new Stage();
		stage.run(10, 2);
		stage.source.quality?.set(90);
		assert.deepEqual(stage.run(60, 0), []);
		assert.equal(stage.ladder.quality?.value, 90);
	});

	it("restores the user's quality at once when the last client leaves", () => {
		const stage = new Stage();
		stage.run(60, 2);
		stage.ladder.restore();
		assert.equal(stage.source.quality?.value, 80);
		assert.deepEqual(stage.run(60, 0), []);
	});

	it("does nothing with a source of fixed quality, and forgets when the source loses it", () => {
		const stage = new Stage();
		stage.run(10, 2);
		stage.source.quality = undefined;
		assert.equal(stage.ladder.quality, undefined);
		assert.deepEqual(stage.run(60, 2), []);
		stage.source.quality = new JpegQuality(70);
		assert.deepEqual(stage.run(60, 0), []);
		assert.equal(stage.ladder.quality?.value, 70);
	});
});
