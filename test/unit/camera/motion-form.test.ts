import assert from "node:assert/strict";
import { applyMotion, type MotionFault } from "../../../src/camera/motion-form";
import { ToyDrive, ToyMemory, Turning } from "./toy-drive";

type Form = Readonly<Record<string, string>>;

describe("camera/motion-form", () => {
	function camera(drive = new ToyDrive()): Turning {
		const turning = new Turning(drive, { speed: 0 }, new ToyMemory("patrol off\n-40 0 left\n0 20 front door\n"));
		turning.panTilt.moveTo(turning.now, 5, 5);
		return turning;
	}

	function apply(turning: Turning, form: Form): MotionFault | undefined {
		return applyMotion(turning.panTilt, new Map(Object.entries(form)), turning.now);
	}

	const moves: readonly [Form, readonly [number, number]][] = [
		[{ pan: "10", tilt: "-2.5" }, [15, 2.5]],
		[{ pan: "-10" }, [-5, 5]],
		[{ tilt: "1e1" }, [5, 15]],
		[{ pan: "1e300", tilt: " 3 " }, [45, 8]],
		[{ panTo: "10", tiltTo: "0" }, [10, 0]],
		[{ panTo: "-45.5" }, [-45, 5]],
		[{ tiltTo: "-7" }, [5, -7]],
		[{ home: "yes" }, [0, 0]],
		[{ stop: "yes" }, [5, 5]],
		[{ preset: "left" }, [-40, 0]],
		[{ preset: " front door " }, [0, 20]],
		[{ pan: "1", token: "x", name: "y" }, [6, 5]],
	];
	for (const [form, view] of moves) {
		it(`carries out ${JSON.stringify(form)} (IMG-18)`, () => {
			const turning = camera();
			assert.equal(apply(turning, form), undefined);
			assert.deepEqual(turning.view, view);
		});
	}

	it("saves and removes presets, starts and stops the patrol", () => {
		const turning = camera();
		const { panTilt } = turning;
		assert.equal(apply(turning, { save: " here " }), undefined);
		assert.deepEqual(panTilt.state.presets.at(-1), { name: "here", pan: 5, tilt: 5 });
		assert.equal(apply(turning, { patrol: "on" }), undefined);
		assert.equal(panTilt.state.patrol.on, true);
		assert.equal(apply(turning, { patrol: "off" }), undefined);
		assert.equal(panTilt.state.patrol.on, false);
		for (const remove of ["here", "left", "front door"]) assert.equal(apply(turning, { remove }), undefined);
		assert.equal(apply(turning, { patrol: "on" }), "nothing-to-patrol");
		for (let i = 0; i < 16; i++) assert.equal(apply(turning, { save: `${i}` }), undefined);
		assert.equal(apply(turning, { save: "17" }), "presets-full");
	});

	const wrong: readonly [Form, MotionFault][] = [
		[{}, "ambiguous"],
		[{ token: "x" }, "ambiguous"],
		[{ pan: "1", panTo: "1" }, "ambiguous"],
		[{ home: "yes", pan: "1" }, "ambiguous"],
		[{ home: "yes", stop: "yes", preset: "left" }, "ambiguous"],
		[{ save: "a", remove: "a" }, "ambiguous"],
		[{ pan: "" }, "move-by"],
		[{ pan: "1", tilt: "up" }, "move-by"],
		[{ pan: "NaN" }, "move-by"],
		[{ tilt: "Infinity" }, "move-by"],
		[{ pan: "1e999" }, "move-by"],
		[{ panTo: "0".repeat(1000) }, "move-to"],
		[{ home: "no" }, "home"],
		[{ stop: "" }, "stop"],
		[{ preset: "nowhere" }, "no-preset"],
		[{ remove: "" }, "no-preset"],
		[{ save: "" }, "preset-name"],
		[{ save: "a\nb" }, "preset-name"],
		[{ save: "x".repeat(25) }, "preset-name"],
		[{ patrol: "maybe" }, "patrol"],
	];
	for (const [form, fault] of wrong) {
		it(`refuses ${JSON.stringify(form).slice(0, 60)}`, () => {
			const turning = camera();
			const before = [turning.panTilt.state, turning.memory.text];
			assert.equal(apply(turning, form), fault);
			assert.deepEqual([turning.panTilt.state, turning.memory.text], before);
		});
	}

	it("refuses to move a camera without a drive", () => {
		assert.equal(apply(camera(new ToyDrive(0, 0)), { home: "yes" }), "no-motion");
	});
});
