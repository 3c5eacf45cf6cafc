import assert from "node:assert/strict";
import { Drift } from "../../../src/camera/drift";
import { PanTilt } from "../../../src/camera/pan-tilt";

/** A drive that turns at once, its limits, and the machines that move it. */
class Stage {
	readonly drive = {
		panLimit: 90,
		tiltLimit: 30,
		pan: 0,
		tilt: 0,
		moveTo(pan: number, tilt: number) {
			this.pan = pan;
			this.tilt = tilt;
		},
	};
	readonly panTilt: PanTilt;
	readonly drift: Drift;
	now = 0;

	constructor(speed = 40) {
		const memory = { read: () => undefined, write() {} };
		this.panTilt = new PanTilt(this.drive, { panLimit: 90, tiltLimit: 30, speed, dwell: 5 }, memory);
		this.drift = new Drift({ turn: (run) => run(this.panTilt, this.now) });
	}

	pass(time: number): void {
		for (const end = this.now + time; this.now < end; this.now += 10) {
			this.drift.expire(this.now);
			this.panTilt.expire(this.now);
		}
	}
}

describe("camera/drift", () => {
	it("turns both axes at their share of the speed, to the limits (IMG-18)", () => {
		for (const [speed, highest] of [
			[40, 40],
			[0, 60],
		]) {
			const stage = new Stage(speed);
			stage.drift.start(0, 0.5, -0.25, 60_000);
			stage.pass(1000);
			assert.ok(Math.abs(stage.drive.pan - highest / 2) < 0.1 * highest, `${stage.drive.pan}`);
			assert.ok(Math.abs(stage.drive.tilt + highest / 4) < 0.1 * highest, `${stage.drive.tilt}`);
			stage.pass(10_000);
			assert.deepEqual([stage.drive.pan, stage.drive.tilt], [90, -30]);
			assert.equal(stage.drift.isOn, false);
		}
	});

	it("ends when its time is over, when it is stopped, and with a speed of zero", () => {
		const stage = new Stage();
		stage.drift.start(0, 1, 0, 500);
		stage.pass(3000);
		assert.ok(Math.abs(stage.drive.pan - 20) < 3, `${stage.drive.pan}`);
		stage.drift.start(stage.now, -1, 0, 60_000);
		stage.pass(500);
		stage.drift.stop();
		const { pan } = stage.drive;
		stage.pass(500);
		assert.equal(stage.drive.pan, pan);
		stage.drift.start(stage.now, 0, 0, 1000);
		assert.equal(stage.drift.deadline, Infinity);
	});

	it("stops when another command moves the camera, or a patrol starts", () => {
		for (const other of [
			(panTilt: PanTilt, now: number) => panTilt.moveTo(now, -10, 0),
			(panTilt: PanTilt) => panTilt.stop(),
			(panTilt: PanTilt, now: number) => panTilt.savePreset("here") && panTilt.patrol(now, true),
		]) {
			const stage = new Stage();
			stage.drift.start(0, 1, 0, 60_000);
			stage.pass(500);
			other(stage.panTilt, stage.now);
			stage.pass(100);
			assert.equal(stage.drift.isOn, false);
		}
	});
});
