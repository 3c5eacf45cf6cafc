import assert from "node:assert/strict";
import type { Motion } from "../../src/ports/motion";
import { jsonOf, statusOf } from "../support/home-answer";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";

/** A drive that is where it was told to be. */
class Drive implements Motion {
	readonly panLimit = 60;
	readonly tiltLimit = 20;
	pan = 0;
	tilt = 0;

	moveTo(pan: number, tilt: number): void {
		this.pan = pan;
		this.tilt = tilt;
	}
}

describe("simulation/motion", () => {
	let home: VirtualHome;
	let drive: Drive;
	let one: HomeCamera;
	beforeEach(() => {
		home = new VirtualHome(1);
		drive = new Drive();
		home.drive = drive;
		one = home.add({ "motion-speed": "50", "patrol-dwell": "5", "pan-limit": "45" });
		home.until(() => one.port !== 0, 10000, "a port");
	});

	const url = () => `http://${WAN}:${one.port}/api/v1/motion`;
	const state = () => {
		const answer = home.get(url());
		return jsonOf(answer);
	};

	it("is moved from the Internet, at its speed and within its limits (IMG-18)", () => {
		assert.equal(statusOf(home.post(url(), "pan=100&tilt=-10")), 200);
		const before = home.world.now;
		home.until(() => drive.pan === 45, 2000, "at its limit");
		assert.ok(home.world.now - before > 700 && home.world.now - before <= 920, `${home.world.now - before} ms`);
		const { pan, tilt, panLimit, moving } = state();
		assert.deepEqual([pan, tilt, panLimit, moving], [45, -10, 45, false]);
		assert.equal(statusOf(home.post(url(), "pan=far")), 400);
		assert.equal(statusOf(home.post(url(), "home=yes&pan=1")), 400);
		assert.equal(statusOf(home.post(url(), "home=yes")), 200);
		home.until(() => drive.pan === 0 && drive.tilt === 0, 2000, "straight ahead");
	});

	it("patrols, even after a power cut, until a user moves it (IMG-18)", () => {
		for (const [pan, name] of [
			["-40", "left"],
			["40", "right"],
		]) {
			home.post(url(), `panTo=${pan}`);
			home.until(() => drive.pan === Number(pan), 3000, name);
			assert.equal(statusOf(home.post(url(), `save=${name}`)), 200);
		}
		assert.equal(statusOf(home.post(url(), "patrol=on")), 200);
		for (const pan of [-40, 40, -40]) home.until(() => drive.pan === pan, 8000, `${pan}`);
		one.crash();
		drive.moveTo(0, 0);
		home.world.runFor(20_000);
		assert.equal(drive.pan, 0);
		one.restart();
		home.until(() => one.port !== 0, 60_000, "a port again");
		for (const pan of [-40, 40, -40]) home.until(() => drive.pan === pan, 14_000, `${pan} after the power cut`);
		assert.equal(state().patrol.on, true);
		home.post(url(), "stop=yes");
		const { pan } = drive;
		home.world.runFor(60_000);
		assert.deepEqual([drive.pan, state().patrol.on, state().presets.length], [pan, false, 2]);
	});
});
