import assert from "node:assert/strict";
import { applyMotion } from "../../../src/camera/motion-form";
import { ToyDrive, ToyMemory, Turning } from "./toy-drive";

type Form = Readonly<Record<string, string>>;

describe("camera/motion-form", () => {
	function camera(drive = new ToyDrive()): Turning {
		const turning = new Turning(drive, { speed: 0 }, new ToyMemory("patrol off\n-40 0 left\n0 20 front door\n"));
		turning.panTilt.moveTo(turning.now, 5, 5);
		return turning;
	}

	function apply(turning: Turning, form: Form): string | undefined {
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
		it(`does ${JSON.stringify(form)} (IMG-18)`, () => {
			const turning = camera();
			assert.equal(apply(turning, form), undefined);
			assert.deepEqual(turning.view, view);
		});
	}

	it("keeps and removes presets, begins and ends the patrol", () => {
		const turning = camera();
		const { panTilt } = turning;
		assert.equal(apply(turning, { save: " here " }), undefined);
		assert.deepEqual(panTilt.state.presets.at(-1), { name: "here", pan: 5, tilt: 5 });
		assert.equal(apply(turning, { patrol: "on" }), undefined);
		assert.equal(panTilt.state.patrol.on, true);
		assert.equal(apply(turning, { patrol: "off" }), undefined);
		assert.equal(panTilt.state.patrol.on, false);
		for (const remove of ["here", "left", "front door"]) assert.equal(apply(turning, { remove }), undefined);
		assert.match(apply(turning, { patrol: "on" }) ?? "", /there are none/);
		for (let i = 0; i < 16; i++) assert.equal(apply(turning, { save: `${i}` }), undefined);
		assert.match(apply(turning, { save: "17" }) ?? "", /16 presets already/);
	});

	const wrong: readonly [Form, RegExp][] = [
		[{}, /one thing at a time/],
		[{ token: "x" }, /one thing at a time/],
		[{ pan: "1", panTo: "1" }, /one thing at a time/],
		[{ home: "yes", pan: "1" }, /one thing at a time/],
		[{ home: "yes", stop: "yes", preset: "left" }, /one thing at a time/],
		[{ save: "a", remove: "a" }, /one thing at a time/],
		[{ pan: "" }, /pan and tilt are numbers/],
		[{ pan: "1", tilt: "up" }, /pan and tilt are numbers/],
		[{ pan: "NaN" }, /numbers/],
		[{ tilt: "Infinity" }, /numbers/],
		[{ pan: "1e999" }, /numbers/],
		[{ panTo: "0".repeat(1000) }, /panTo and tiltTo are numbers/],
		[{ home: "no" }, /home=yes/],
		[{ stop: "" }, /stop=yes/],
		[{ preset: "nowhere" }, /no preset of that name/],
		[{ remove: "" }, /no preset of that name/],
		[{ save: "" }, /1 to 24/],
		[{ save: "a\nb" }, /1 to 24/],
		[{ save: "x".repeat(25) }, /1 to 24/],
		[{ patrol: "maybe" }, /patrol=on or patrol=off/],
	];
	for (const [form, words] of wrong) {
		it(`says what is wrong with ${JSON.stringify(form).slice(0, 60)}`, () => {
			const turning = camera();
			const before = [turning.panTilt.state, turning.memory.text];
			assert.match(apply(turning, form) ?? "", words);
			assert.deepEqual([turning.panTilt.state, turning.memory.text], before);
		});
	}

	it("says that a camera without a drive does not move", () => {
		assert.equal(apply(camera(new ToyDrive(0, 0)), { home: "yes" }), "This camera does not move.");
	});
});
