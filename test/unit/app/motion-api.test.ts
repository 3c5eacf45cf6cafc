import assert from "node:assert/strict";
import type { Admission } from "../../../src/access/role";
import type { Camera } from "../../../src/app/camera";
import { MOTION_OPERATIONS } from "../../../src/app/motion-api";
import { keepQuality, restoreQuality } from "../../../src/app/picture-quality";
import { Pump } from "../../../src/core/pump";
import type { HttpRequest } from "../../../src/http/http-request";
import { JpegQuality } from "../../../src/media/jpeg-quality";
import type { FrameSource } from "../../../src/ports/camera";
import type { Store } from "../../../src/ports/store";
import { DONE } from "../../../src/web/api";
import { ToyDrive, ToyMemory, Turning } from "../camera/toy-drive";

describe("app/motion-api", () => {
	/** A camera that turns, on a pump whose timer rings when the test says so. */
	function begin(memory = new ToyMemory()) {
		const turning = new Turning(new ToyDrive(), {}, memory);
		const alarm = { at: Infinity, ring: (): void => {} };
		const pump = new Pump({
			now: () => turning.now,
			set: (at, ring) => {
				alarm.at = at;
				alarm.ring = ring;
			},
		});
		pump.add(turning.panTilt, undefined);
		let changes = 0;
		const web = { changed: () => changes++ };
		const camera = { panTilt: turning.panTilt, pump, web } as unknown as Camera;
		const [get, post] = MOTION_OPERATIONS;
		const pass = (duration: number): void => {
			const end = turning.now + duration;
			while (alarm.at <= end) {
				turning.now = Math.max(turning.now, alarm.at);
				alarm.at = Infinity;
				alarm.ring();
			}
			turning.now = end;
		};
		const ask = (operation: typeof get, form: Record<string, string>) =>
			operation.run(camera, new Map(Object.entries(form)), {} as HttpRequest<Admission>, []);
		return {
			turning,
			pass,
			get: () => ask(get, {}),
			post: (form: Record<string, string>) => ask(post, form),
			changes: () => changes,
		};
	}

	it("turns the camera on the pump's time, and tells where it looks (IMG-18)", () => {
		const { turning, pass, get, post, changes } = begin();
		assert.deepEqual(post({ pan: "12", tilt: "-6" }), DONE);
		pass(100);
		assert.deepEqual(turning.view, [4.8, -2.4]);
		pass(1000);
		assert.deepEqual(turning.view, [12, -6]);
		assert.deepEqual(post({ save: "Gate" }), DONE);
		assert.deepEqual(get(), { body: turning.panTilt.state });
		assert.equal(changes(), 2);
	});

	it("says what is wrong, and changes nothing", () => {
		const { turning, post, changes } = begin();
		const answer = post({ pan: "far" });
		assert.ok("fault" in answer && answer.fault.includes("degrees"));
		assert.deepEqual([turning.panTilt.deadline, changes()], [Infinity, 0]);
	});

	it("a patrol goes on by itself when the camera begins", () => {
		const { turning, pass } = begin(new ToyMemory("patrol on\n-40 0 left\n0 20 up\n"));
		pass(700);
		assert.deepEqual(turning.view, [-40, 0]);
		pass(10_700);
		assert.deepEqual(turning.view, [0, 20]);
	});
});

describe("app/picture-quality", () => {
	function storeOf(text?: string): Store {
		const values = new Map(text === undefined ? [] : [["quality", text]]);
		return {
			read: (key) => values.get(key),
			write: (key, value) => void values.set(key, value),
			delete: (key) => void values.delete(key),
		};
	}

	it("is the same after a restart", () => {
		const store = storeOf();
		keepQuality(store, 35);
		const quality = new JpegQuality(80);
		restoreQuality({ quality } as unknown as FrameSource, store);
		assert.equal(quality.value, 35);
	});

	it("is left as it is where nothing, or nothing of use, was kept, or there is no choice", () => {
		for (const text of [undefined, "", "0", "101", "35.5", "fine", "NaN"]) {
			const quality = new JpegQuality(80);
			restoreQuality({ quality } as unknown as FrameSource, storeOf(text));
			assert.equal(quality.value, 80, text);
		}
		restoreQuality({} as FrameSource, storeOf("35"));
	});
});
