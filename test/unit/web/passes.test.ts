import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { FleetKey } from "../../../src/fleet/fleet-key";
import type { Moment } from "../../../src/web/access-tokens";
import { Passes } from "../../../src/web/passes";
import { mutate } from "../../support/mutate";

const CAMERA = "0011223344556677";
const OTHER = "ffeeddccbbaa9988";
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz.-+ OV";

const at = (seconds: number): Moment => ({ epoch: "u", seconds });
const NOW = at(1.7e9);

/** The passes of a camera that has this key. */
function passesOf(text: string): Passes {
	const key = new FleetKey(text);
	return new Passes({
		sign: (words) => key.sign("pass", words),
		verify: (words, signature) => key.verify("pass", words, signature),
	});
}

describe("web/passes", () => {
	const here = passesOf("a-key-that-nobody-guesses");
	const there = passesOf("a-key-that-nobody-guesses");

	it("let a role in at the camera that they are for, and again while they last", () => {
		for (const role of ["owner", "viewer"] as const) {
			const pass = here.issue(role, CAMERA, NOW);
			for (let i = 0; i < 3; i++) {
				assert.equal(there.check(pass, CAMERA, NOW), role);
				assert.equal(there.check(pass, OTHER, NOW), undefined, "it is for one camera");
				for (const more of [`${pass}.`, `${pass}.x`, `.${pass}`, pass.toUpperCase(), pass.slice(0, -1), ` ${pass}`])
					assert.equal(there.check(more, CAMERA, NOW), undefined, more);
			}
		}
	});

	it("last three minutes at least, and five at most, whenever they are issued", () => {
		for (let seed = 0; seed < 300; seed++) {
			const seconds = 1.7e9 + new Prng(seed).unit() * 1e6;
			const pass = here.issue("viewer", CAMERA, at(seconds));
			assert.equal(there.check(pass, CAMERA, at(seconds + 179)), "viewer", `seed ${seed}`);
			assert.equal(there.check(pass, CAMERA, at(seconds + 301)), undefined, `seed ${seed}`);
			assert.equal(there.check(pass, CAMERA, at(seconds + 179)), "viewer", "asked in any order");
			assert.equal(there.check(pass, CAMERA, at(seconds - 500)), undefined, "a pass from the future");
		}
	});

	it("are handed out anew when the turn changes, and not before", () => {
		let changes = 0;
		let last = { turn: here.turn(NOW), pass: here.issue("owner", CAMERA, NOW) };
		for (let seconds = NOW.seconds; seconds < NOW.seconds + 1200; seconds += 10) {
			const now = { turn: here.turn(at(seconds)), pass: here.issue("owner", CAMERA, at(seconds)) };
			assert.equal(now.turn !== last.turn, now.pass !== last.pass);
			if (now.pass !== last.pass) changes++;
			last = now;
		}
		assert.equal(changes, 10);
	});

	it("are different for each role and each camera", () => {
		const all = [CAMERA, OTHER].flatMap((id) => [here.issue("owner", id, NOW), here.issue("viewer", id, NOW)]);
		assert.equal(new Set(all).size, 4);
		for (const pass of all) assert.match(pass, /^[0-9a-z.]{1,80}$/);
	});

	it("are not there without a key or a date", () => {
		const none = new Passes({ sign: () => "", verify: () => false });
		const pass = here.issue("owner", CAMERA, NOW);
		assert.equal(none.issue("owner", CAMERA, NOW), "");
		assert.equal(none.check(pass, CAMERA, NOW), undefined);
		for (const moment of [{ epoch: "b1-", seconds: NOW.seconds }, at(Number.NaN)])
			assert.equal(here.check(pass, CAMERA, moment), undefined);
		assert.equal(here.issue("owner", CAMERA, { epoch: "b1-", seconds: NOW.seconds }), "");
		assert.equal(passesOf("another-key-of-another-fleet").check(pass, CAMERA, NOW), undefined);
	});

	it("let nobody in who has changed one, or put it together of genuine ones", () => {
		for (let seed = 0; seed < 1500; seed++) {
			const random = new Prng(seed);
			const issue = () =>
				here.issue(
					random.chance(0.5) ? "owner" : "viewer",
					random.chance(0.7) ? CAMERA : OTHER,
					at(NOW.seconds - random.below(180)),
				);
			const [one, other] = [issue(), issue()];
			there.check(one, CAMERA, NOW);
			const changed = mutate(random, one, LETTERS);
			assert.equal(there.check(changed, CAMERA, NOW), undefined, `seed ${seed}: ${changed}`);
			const cut = random.below(other.length);
			const joined = one.slice(0, random.chance(0.7) ? cut : random.below(one.length)) + other.slice(cut);
			if (joined !== one && joined !== other)
				assert.equal(there.check(joined, CAMERA, NOW), undefined, `seed ${seed}: ${joined}`);
		}
	});

	it("are refused at once when they are too long", () => {
		const started = performance.now();
		const pass = here.issue("owner", CAMERA, NOW);
		for (const piece of [".", "o", `${pass}.`, "\ud83d"])
			for (let i = 0; i < 100; i++) assert.equal(here.check(piece.repeat(100000), CAMERA, NOW), undefined);
		assert.ok(performance.now() - started < 4000);
	});
});
