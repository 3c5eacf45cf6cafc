import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { FLEET_GROUP, type FleetSettings } from "../../../src/fleet/fleet-settings";
import { isLoginText, LOGIN_LEAP_MAX, LOGIN_TEXT_MAX } from "../../../src/fleet/login-record-sync";
import { decodeFleetMessage } from "../../../src/wire/fleet-message";
import { FleetLan, type LanCamera } from "../../support/fleet-lan";

const KEYS = [new FleetKey("only-these-three-cameras")];
const LOGIN_TYPE = 10;

/** A settled, sealed fleet; the first camera is the representative. */
function sealed(count: number, settings: Partial<FleetSettings> = {}, seed = 4): FleetLan {
	const lan = new FleetLan(new Prng(seed));
	for (let i = 0; i < count; i++) {
		lan.add({ keys: KEYS, ...settings }).start();
		lan.run(lan.now + 1000);
		lan.cameras[i].mapped(8080 + i);
	}
	lan.run(lan.now + 2000);
	assert.equal(lan.cameras[0].fleet.self.representative, true);
	lan.sent = [];
	return lan;
}

function change(lan: FleetLan, camera: LanCamera, version: number, text: string): void {
	camera.fleet.setLogin(lan.now, version, text, camera);
}

const records = (lan: FleetLan) => lan.cameras.map((c) => `${c.fleet.login.version} ${c.fleet.login.text}`);
const logins = (lan: FleetLan) => lan.sent.filter((d) => d.bytes[3] === LOGIN_TYPE);
const alone = (lan: FleetLan) => logins(lan).filter((d) => d.to !== FLEET_GROUP);
const told = (camera: LanCamera) =>
	camera.events.flatMap((e) => (e.type === "login" ? [`${e.version} ${e.text}`] : []));

describe("fleet/login-record-sync", () => {
	it("sends a change to all cameras at once, three times, and each reports it once", () => {
		const lan = sealed(4);
		change(lan, lan.cameras[2], 1, "porthole:owner:abc");
		lan.run(lan.now + 5);
		assert.deepEqual(records(lan), Array(4).fill("1 porthole:owner:abc"));
		lan.run(lan.now + 60000);
		assert.equal(logins(lan).length, 6, "three to all, three to the representative alone");
		for (const camera of lan.cameras)
			assert.deepEqual(told(camera), camera === lan.cameras[2] ? [] : ["1 porthole:owner:abc"]);
	});

	for (const delivery of [
		{ multicast: false, broadcast: true, unicast: false },
		{ multicast: true, broadcast: false, unicast: false },
	]) {
		it(`sends a change by ${delivery.multicast ? "multicast" : "broadcast"} alone`, () => {
			const lan = sealed(3, { delivery });
			change(lan, lan.cameras[1], 7, "x");
			lan.run(lan.now + 5);
			assert.deepEqual(records(lan), Array(3).fill("7 x"));
			const all = delivery.multicast ? FLEET_GROUP : "192.168.0.255";
			assert.ok(logins(lan).length > 0 && logins(lan).every((d) => d.to === all));
		});
	}

	it("sends neither version 0 nor a record that is known already", () => {
		const lan = sealed(2);
		change(lan, lan.cameras[0], 0, "for this camera alone");
		lan.run(lan.now + 60000);
		assert.equal(logins(lan).length, 0);
		assert.equal(lan.cameras[1].fleet.login.text, "");
		change(lan, lan.cameras[0], 1, "x");
		lan.run(lan.now + 60000);
		lan.sent = [];
		change(lan, lan.cameras[1], 1, "x");
		lan.run(lan.now + 60000);
		assert.equal(logins(lan).length, 0);
	});

	it("keeps the larger version, and the larger text of two with the same version, in whatever order they arrive", () => {
		for (const [one, other, last] of [
			["2 a", "3 b", "3 b"],
			["3 b", "2 a", "3 b"],
			["5 b", "5 a", "5 b"],
			["5 a", "5 b", "5 b"],
		]) {
			const lan = sealed(4);
			const [first, second] = [one, other].map((record) => record.split(" "));
			change(lan, lan.cameras[1], Number(first[0]), first[1]);
			change(lan, lan.cameras[2], Number(second[0]), second[1]);
			lan.run(lan.now + 1000);
			assert.deepEqual(records(lan), Array(4).fill(last), `${one}, ${other}`);
			lan.sent = [];
			lan.run(lan.now + 120000);
			assert.equal(logins(lan).length, 0, "and then there is silence");
		}
	});

	it("lets only the representative send the record, at once, to a camera that was offline", () => {
		const lan = sealed(4);
		const away = lan.cameras[3];
		away.on = false;
		change(lan, lan.cameras[1], 9, "new");
		lan.run(lan.now + 2000);
		lan.sent = [];
		away.on = true;
		away.fleet.update(lan.now, {}, away);
		lan.run(lan.now + 10);
		assert.deepEqual(records(lan), Array(4).fill("9 new"));
		lan.run(lan.now + 5000);
		assert.deepEqual(
			logins(lan).map((d) => [d.from, d.to]),
			[[lan.cameras[0].path.address, away.path.address]],
		);
	});

	it("sends it to a representative that missed it, from few of the many cameras that could", () => {
		const lan = sealed(20);
		lan.cameras[0].on = false;
		change(lan, lan.cameras[1], 9, "new");
		lan.run(lan.now + 400);
		lan.cameras[0].on = true;
		lan.sent = [];
		lan.cameras[0].fleet.update(lan.now, {}, lan.cameras[0]);
		lan.run(lan.now + 1000);
		assert.deepEqual(records(lan), Array(20).fill("9 new"));
		lan.run(lan.now + 30000);
		assert.ok(logins(lan).length <= 3, `${logins(lan).length}`);
	});

	it("sends it to one camera at most every 5 s, whatever that camera announces", () => {
		const lan = sealed(3);
		change(lan, lan.cameras[0], 2, "new");
		lan.run(lan.now + 1000);
		lan.sent = [];
		const deaf = lan.cameras[2];
		deaf.fleet.login.heard = () => false;
		change(lan, deaf, 1, "old");
		lan.sent = [];
		const start = lan.now;
		while (lan.now < start + 20000) {
			deaf.fleet.update(lan.now, {}, deaf);
			lan.run(lan.now + 100);
		}
		for (const camera of lan.cameras.slice(0, 2)) {
			const times = alone(lan).filter((d) => d.from === camera.path.address && d.to === deaf.path.address);
			assert.ok(times.length >= 3 && times.length <= 5, `${times.length}`);
			assert.ok(times.every((d, i) => i === 0 || d.at - times[i - 1].at >= 5000));
		}
	});

	it("settles two records of the same version that two cameras made without hearing each other", () => {
		const lan = sealed(3);
		for (const [n, text] of ["a", "b", "a"].entries()) {
			for (const camera of lan.cameras) camera.on = camera === lan.cameras[n];
			change(lan, lan.cameras[n], 4, text);
			lan.run(lan.now + 400);
		}
		for (const camera of lan.cameras) camera.on = true;
		lan.run(lan.now + 40000);
		assert.deepEqual(records(lan), Array(3).fill("4 b"));
	});

	it("neither sends nor accepts a record in an open fleet, and announces no version there", () => {
		const lan = new FleetLan(new Prng(1));
		for (let i = 0; i < 3; i++)
			lan
				.add()
				.start()
				.mapped(8080 + i);
		change(lan, lan.cameras[0], 3, "secret");
		lan.run(120000);
		assert.equal(logins(lan).length, 0);
		assert.ok(lan.sent.every((d) => decodeFleetMessage(d.bytes)?.login === undefined));
		assert.deepEqual(records(lan), ["3 secret", "0 ", "0 "]);
		const other = sealed(2);
		change(other, other.cameras[0], 3, "secret");
		for (const { bytes } of logins(other)) {
			const unsealed = bytes.slice(0, -16);
			unsealed[4] = 0;
			unsealed[6] = unsealed.length >> 8;
			unsealed[7] = unsealed.length;
			assert.equal(decodeFleetMessage(unsealed)?.type, "login");
			for (const each of [bytes, unsealed]) lan.carry("192.168.0.99", FLEET_GROUP, each);
		}
		lan.run(lan.now + 100);
		assert.deepEqual(records(lan), ["3 secret", "0 ", "0 "]);
	});

	it("masks the text of each record differently, and detects a record that was changed", () => {
		const lan = sealed(2);
		const [first, second] = lan.cameras;
		const text = "porthole:owner:0123456789abcdef";
		const seen: string[] = [];
		for (const [version, words] of [
			[1, text],
			[2, text],
			[2, `${text}0`],
		] as const) {
			change(lan, first, version, words);
			const { secret } = decodeFleetMessage(logins(lan).at(-1)!.bytes)!;
			assert.ok(secret !== undefined && !Buffer.from(secret).includes("owner"));
			seen.push(Buffer.from(secret.subarray(32, 40)).toString("hex"));
			lan.run(lan.now + 1000);
		}
		assert.equal(new Set(seen).size, 3);

		// A sender that has the key, and a bug.
		change(lan, first, 3, text);
		const message = decodeFleetMessage(logins(lan).at(-1)!.bytes)!;
		lan.run(lan.now + 1000);
		second.fleet.receiver.key = KEYS[0];
		const before = second.fleet.login.refused;
		const secret = message.secret!;
		const spoilt = [undefined, new Uint8Array(0), secret.subarray(0, 31), secret.subarray(0, -1), new Uint8Array(544)];
		for (let bit = 0; bit < secret.length * 8; bit += 7) {
			const changed = secret.slice();
			changed[bit >> 3] ^= 1 << (bit & 7);
			spoilt.push(changed);
		}
		for (const bad of spoilt) {
			const { secret: _, ...rest } = { ...message, login: 4 };
			second.fleet.login.heard(lan.now, bad === undefined ? rest : { ...rest, secret: bad }, second);
		}
		assert.equal(second.fleet.login.refused, before + spoilt.length);
		assert.equal(second.fleet.login.version, 3);
	});

	it("refuses a version more than 1,000,000 above its own, so that the counter cannot be used up", () => {
		const lan = sealed(2);
		const [first, second] = lan.cameras;
		change(lan, first, LOGIN_LEAP_MAX + 1, "x");
		lan.run(lan.now + 1000);
		assert.equal(second.fleet.login.version, 0);
		assert.ok(second.fleet.login.refused > 0);
		change(lan, second, 1, "y");
		lan.run(lan.now + 60000);
		assert.equal(second.fleet.login.version, LOGIN_LEAP_MAX + 1, "one more is within reach");
	});

	it("is not accepted from a message to another camera", () => {
		const lan = sealed(3);
		const [first, second, third] = lan.cameras;
		first.on = third.on = false;
		change(lan, second, 1, "x");
		const bytes = logins(lan)[0].bytes;
		const message = { ...decodeFleetMessage(bytes)!, target: first.fleet.settings.id };
		third.fleet.receiver.key = KEYS[0];
		third.fleet.login.heard(lan.now, message, third);
		assert.equal(third.fleet.login.version, 0);
	});

	it("accepts a record and a version under a key that is being replaced", () => {
		const old = new FleetKey("the-key-before-this-one");
		const lan = new FleetLan(new Prng(2));
		for (const keys of [
			[KEYS[0], old],
			[old, KEYS[0]],
			[old, KEYS[0]],
		])
			lan.add({ keys }).start().mapped(8080);
		lan.run(3000);
		change(lan, lan.cameras[1], 1, "x");
		lan.run(lan.now + 1000);
		assert.deepEqual(records(lan), Array(3).fill("1 x"));
		lan.sent = [];
		lan.run(lan.now + 60000);
		assert.equal(logins(lan).length, 0, "the same record under two keys is the same");
	});

	it("sends nothing while the camera has no network or has left, and its record afterwards", () => {
		const lan = sealed(2);
		const [first, second] = lan.cameras;
		second.fleet.start(lan.now, [], second);
		change(lan, second, 1, "x");
		lan.run(lan.now + 2000);
		assert.equal(logins(lan).length, 0);
		second.start();
		lan.run(lan.now + 2000);
		assert.equal(first.fleet.login.version, 1);
		second.fleet.leave(lan.now, second);
		lan.run(lan.now + 100);
		lan.sent = [];
		change(lan, second, 2, "y");
		lan.run(lan.now + 2000);
		assert.equal(lan.sent.filter((d) => d.from === second.path.address).length, 0);
	});

	it("refuses a version or a text that a message cannot carry", () => {
		const lan = sealed(1);
		for (const version of [-1, 1.5, 2 ** 32, Number.NaN])
			assert.throws(() => change(lan, lan.cameras[0], version, "x"), RangeError);
		for (const text of ["é", "\u0000", "\r", "\u007f", "x".repeat(LOGIN_TEXT_MAX + 1)]) {
			assert.equal(isLoginText(text), false);
			assert.throws(() => change(lan, lan.cameras[0], 1, text), RangeError);
		}
		for (const text of ["", "a\nb c~", "x".repeat(LOGIN_TEXT_MAX)]) assert.equal(isLoginText(text), true);
	});

	it("carries the longest text", () => {
		const lan = sealed(2);
		const text = "~".repeat(LOGIN_TEXT_MAX);
		change(lan, lan.cameras[0], 0xf4240, text);
		lan.run(lan.now + 5);
		assert.equal(lan.cameras[1].fleet.login.text, text);
		assert.equal(lan.cameras[1].fleet.login.version, 0xf4240);
		lan.run(lan.now + 30000);
		assert.equal(lan.cameras[0].fleet.registry.sorted()[0].login, 0xf4240);
	});
});
