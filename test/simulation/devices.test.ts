import assert from "node:assert/strict";
import { OPERATOR_PARTS } from "../../src/app/devices/operator-parts";
import { toHex } from "../../src/base/hex";
import { sha256 } from "../../src/base/sha256";
import { utf8Encode } from "../../src/base/text";
import type { ShownJob } from "../../src/web/devices-page";
import { PASSWORD } from "../support/digest";
import { jsonOf, statusOf } from "../support/home-answer";
import { seedsUpTo } from "../support/seeds";
import { type HomeCamera, VirtualHome } from "../support/virtual-home";

/** The owner's password is drawn and then set, as passwords that are set at startup are not shared. */
const KEY = { "fleet-key": "a-key-that-nobody-guesses", password: "" };

/** On XS, which takes some thirty times as long, a home has fewer. */
const CAMERAS = seedsUpTo(30) === 30 ? 30 : 7;

const url = ({ machine }: HomeCamera, path: string) => `http://${machine.address}:8000/${path}`;
const idOf = ({ camera }: HomeCamera) => camera.identity.id;

/** A fleet with a key and one password, all of whose members know each other. */
function settled(count: number, seed: number, more: Readonly<Record<string, string>> = KEY): VirtualHome {
	const home = new VirtualHome(seed);
	home.extras = [OPERATOR_PARTS];
	home.canRestart = true;
	for (let i = 0; i < count; i++) home.add(more);
	waitUntilAllKnown(home);
	if (more.password !== "") return home;
	assert.ok(home.cameras[0].camera.access.credentials.setPassword("owner", PASSWORD));
	home.until(() => new Set(home.cameras.map(recordOf)).size === 1, 30_000, "all have the password");
	return home;
}

const recordOf = ({ camera }: HomeCamera) => `${camera.access.credentials.record}`;

function waitUntilAllKnown(home: VirtualHome): void {
	const { length } = home.cameras;
	home.until(
		() => home.cameras.every((c) => c.port !== 0 && c.camera.fleet.registry.size === length - 1),
		60_000,
		"all are known",
	);
}

function act(home: VirtualHome, form: string, at = home.cameras[0]): { status: number; body: Record<string, string> } {
	const answer = home.post(url(at, "api/v1/fleet/actions"), form, home.neighbour);
	return { status: statusOf(answer), body: jsonOf(answer) };
}

function jobOf(home: VirtualHome, at = home.cameras[0]): ShownJob {
	return jsonOf(home.get(url(at, "api/v1/fleet/actions"), home.neighbour)).action;
}

/** Carries an action out. @returns what has become of it */
function carriedOut(home: VirtualHome, form: string, limit = 150_000): ShownJob {
	const { status, body } = act(home, form);
	assert.equal(status, 200, JSON.stringify(body));
	for (let passed = 0; passed < limit; passed += 1000) {
		const job = jobOf(home);
		if (job.isOver) return job;
		home.world.runFor(1000);
	}
	throw new Error(`not over: ${JSON.stringify(jobOf(home))}`);
}

const failures = ({ devices }: ShownJob) => devices.filter(({ state }) => state !== "done");

describe("simulation/devices", () => {
	it("renames, restarts and configures thirty cameras from one page, and tells what has failed (IMG-15)", function () {
		this.timeout(60_000);
		const home = settled(CAMERAS, 30);
		const [first, ...others] = home.cameras;
		const ids = others.map(idOf).join(" ");

		const renamed = carriedOut(home, `action=rename&devices=${ids}&pattern=${encodeURIComponent("Hall {nn}")}`);
		assert.deepEqual(failures(renamed), []);
		assert.equal(renamed.summary, `${CAMERAS - 1} done`);
		for (const [i, { camera }] of others.entries())
			assert.equal(camera.fleet.self.name, `Hall ${`${i + 1}`.padStart(2, "0")}`);

		const boots = others.map(({ camera }) => camera.identity.boot);
		const set = carriedOut(home, `action=setting&devices=${ids}&setting=priority&value=7&restart=on`);
		assert.deepEqual(failures(set), []);
		for (const [i, { camera }] of others.entries()) {
			assert.equal(camera.settings.priority, 7);
			assert.equal(camera.identity.boot, boots[i] + 1, "restarted once");
		}
		assert.equal(first.camera.settings.priority, 100, "this one was not chosen");

		// One fails after it was chosen, and one is silent.
		others[4].crash();
		const restarted = carriedOut(home, `action=restart&devices=${ids}`);
		assert.deepEqual(
			failures(restarted).map(({ name, state, message }) => [name, state, message]),
			[["Hall 05", "failed", "It did not answer. It may still have received the request."]],
		);
		assert.equal(restarted.summary, `${CAMERAS - 2} done, 1 failed`);
	});

	it("changes a setting that needs no restart at once: all have the group, and none was restarted", () => {
		const home = settled(3, 3);
		const boots = home.cameras.map(({ camera }) => camera.identity.boot);
		const job = carriedOut(home, "action=setting&devices=all&setting=group&value=Upstairs&restart=on");
		assert.deepEqual(
			job.devices.map(({ state, message }) => [state, message]),
			[1, 2, 3].map(() => ["done", ""]),
		);
		home.world.runFor(1000);
		const { cameras } = jsonOf(home.get(url(home.cameras[0], "api/v1/cameras"), home.neighbour));
		assert.deepEqual(
			cameras.map(({ group }: { group: string }) => group),
			["Upstairs", "Upstairs", "Upstairs"],
		);
		assert.deepEqual(
			home.cameras.map(({ camera }) => camera.identity.boot),
			boots,
		);
	});

	it("sets the password of all devices, and names those that do not have it yet (ONE-5)", () => {
		const home = settled(4, 4);
		const [first, second, third, fourth] = home.cameras;
		fourth.crash();
		home.world.runFor(1000);
		const { status: code } = act(
			home,
			"action=password&devices=all&user=owner&password=a-new-password&again=a-new-password",
		);
		assert.equal(code, 200);
		home.world.runFor(30_000);
		const records = [first, second, third].map(recordOf);
		assert.equal(new Set(records).size, 1);
		assert.notEqual(recordOf(fourth), records[0]);
		assert.equal(statusOf(home.get(url(second, "api/v1/status"), home.neighbour)), 401, "the old one is over");
		fourth.restart();
		home.until(() => recordOf(fourth) === records[0], 60_000, "it takes the password over when it is back");
	});

	it("restarts itself last, when the others are back", () => {
		const home = settled(3, 33);
		const [first, second] = home.cameras;
		const boot = first.camera.identity.boot;
		assert.equal(act(home, "action=restart&devices=all").status, 200);
		home.until(() => first.camera.identity.boot === boot + 1, 180_000, "restarted");
		assert.match(second.log, /stopping/);
		waitUntilAllKnown(home);
		assert.deepEqual(jsonOf(home.get(url(first, "api/v1/fleet/actions"), home.neighbour)), {
			boot: boot + 1,
			action: null,
		});
	});

	it("acts on cameras that were given the same password at startup, and says which have another one", () => {
		const key = { "fleet-key": KEY["fleet-key"] };
		const home = settled(2, 2, key);
		const odd = home.add({ ...key, password: "another-password" });
		waitUntilAllKnown(home);
		const job = carriedOut(home, "action=setting&devices=all&setting=priority&value=3");
		assert.deepEqual(
			job.devices.map(({ id, state }) => [id, state]),
			job.devices.map(({ id }) => [id, id === idOf(odd) ? "failed" : "done"]),
		);
		assert.match(failures(job)[0].message, /does not accept the login of this fleet/);
		assert.equal(
			act(home, "action=password&devices=all&user=owner&password=a-new-password").status,
			409,
			"it is pinned",
		);
	});

	it("checks the whole form before it starts an action", () => {
		const home = settled(2, 22);
		const [first, second] = home.cameras;
		const both = `${idOf(first)},${idOf(second)}`;
		for (const [form, field] of [
			["action=rename&devices=all&pattern=Same", "pattern"],
			["action=rename&devices=all&pattern={x}{n}", "pattern"],
			["action=rename&devices=all&pattern=", "pattern"],
			["action=setting&devices=all&setting=priority&value=none", "value"],
			["action=setting&devices=all&setting=fleet-key&value=x", "setting"],
			["action=setting&devices=all", "setting"],
			["action=restart&devices=", "devices"],
			["action=restart", "devices"],
			["action=restart&devices=0123456789abcdef", "devices"],
			["action=explode&devices=all", "action"],
			[`devices=${both}`, "action"],
		] as const) {
			const { status, body } = act(home, form);
			assert.deepEqual([status, body.field], [400, field], `${form}: ${JSON.stringify(body)}`);
		}
		assert.equal(jobOf(home), null);
		assert.equal(act(home, `action=restart&devices=${idOf(second)}`).status, 200);
		assert.equal(act(home, "action=rename&devices=all&pattern={n}").status, 409, "one at a time");
	});

	it("does nothing in a fleet without a key, in which any device could pose as a camera", () => {
		const home = settled(2, 7, {});
		assert.equal(act(home, "action=restart&devices=all").status, 409);
		assert.match(home.get(url(home.cameras[0], "fleet/devices"), home.neighbour), /no common key/);
	});

	it("is for owners alone", () => {
		const home = settled(1, 8, { ...KEY, password: PASSWORD, "viewer-password": "only-looking" });
		for (const path of ["fleet/devices", "fleet/devices.js", "api/v1/fleet/actions"]) {
			const address = url(home.cameras[0], path);
			const stranger = home.exchange("GET", address, "", "", home.neighbour, 3000);
			assert.equal(statusOf(stranger), 401);
			const viewer = home.askAs("viewer", "only-looking", "GET", address, home.neighbour);
			assert.equal(statusOf(viewer), path.endsWith(".js") ? 200 : 403);
		}
	});

	it("binds what a member asks for to the device and to the body, so nobody between them can change either", () => {
		const home = settled(2, 9);
		const [first, second] = home.cameras;
		const form = "priority=5";
		const sum = toHex(sha256(utf8Encode(form)));
		const post = (id: string, given: string, body: string) =>
			statusOf(home.post(url(first, `api/v1/settings?for=${id}&body-sum=${given}`), body, home.neighbour));
		assert.equal(post(idOf(second), sum, form), 409, "passed on to another device");
		assert.equal(post(idOf(first), sum, "priority=6"), 400, "changed on the way");
		assert.equal(post(idOf(first), sum, ""), 400, "cut off on the way");
		assert.equal(first.machine.store.read("settings"), undefined);
		assert.equal(post(idOf(first), sum, form), 200);
	});
});
