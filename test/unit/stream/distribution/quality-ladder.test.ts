import assert from "node:assert/strict";
import { JpegQuality } from "../../../../src/media/jpeg-quality";
import { QualityDemand, QualityLadder } from "../../../../src/stream/distribution/quality-ladder";

/** A camera whose quality is 80, with a ladder that is asked once a second. */
class Stage {
	now = 0;
	readonly source: { quality: JpegQuality | undefined } = { quality: new JpegQuality(80) };
	readonly ladder = new QualityLadder(this.source);

	/** Lets the streams want a rung for a time. @returns the changes of the source's quality */
	run(seconds: number, wanted: number): number[] {
		const changes: number[] = [];
		for (let i = 0; i < seconds; i++) {
			this.now += 1000;
			if (this.ladder.update(this.now, wanted)) changes.push(this.source.quality?.value ?? 0);
		}
		return changes;
	}
}

describe("stream/quality-ladder", () => {
	it("lowers the shared quality step by step as demanded, and no further than to 40 % (STR-10)", () => {
		const stage = new Stage();
		assert.deepEqual(stage.run(5, 1), [64]);
		assert.deepEqual(stage.run(60, 9), [52, 40, 32]);
		assert.equal(stage.ladder.quality?.value, 80, "the user sees what the user chose");
	});

	it("takes no two steps within 8 seconds, up or down (STR-10)", () => {
		const stage = new Stage();
		assert.deepEqual(stage.run(1, 3), [64]);
		assert.deepEqual(stage.run(7, 0), []);
		assert.deepEqual(stage.run(1, 0), [80]);
	});

	it("restores the quality step by step, and never above the user's (STR-10)", () => {
		const stage = new Stage();
		stage.run(60, 3);
		assert.deepEqual(stage.run(60, 0), [52, 64, 80]);
		assert.equal(stage.source.quality?.value, 80);
	});

	it("lets the user's change win, and begins again from there", () => {
		const stage = new Stage();
		stage.run(5, 2);
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
		assert.equal(stage.ladder.chosen, 70);
	});
});

describe("stream/quality-ladder: demand", () => {
	const wanted = (demands: readonly number[], others: number): number => {
		const demand = new QualityDemand();
		demand.reset();
		for (const one of demands) demand.add(one);
		return demand.wanted(others);
	};

	it("wants the lowest quality that several streams demand (STR-10)", () => {
		assert.equal(wanted([3, 2, 1, 0, 0], 0), 2);
		assert.equal(wanted([3, 3, 0], 5), 3);
		assert.equal(wanted([9, 9], 0), 4);
		assert.equal(wanted([1, 1, 0, 0, 0, 0, 0], 0), 1);
	});

	it("does not spoil the picture for all because of one client, unless that is the only viewer (STR-10)", () => {
		assert.equal(wanted([3, 0], 0), 0);
		assert.equal(wanted([3], 1), 0);
		assert.equal(wanted([3], 0), 3);
		assert.equal(wanted([], 0), 0);
	});
});
