import assert from "node:assert/strict";
import type { Moment } from "../../../src/access/access-tokens";
import { Tickets } from "../../../src/access/tickets";
import { Prng } from "../../../src/base/prng";
import { FleetKey } from "../../../src/fleet/fleet-key";
import { assertLinearTime } from "../../support/linear-time";
import { mutate, splice } from "../../support/mutate";

const CAMERA = "0011223344556677";
const OTHER = "ffeeddccbbaa9988";
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz.-+ OV";

const at = (seconds: number): Moment => ({ epoch: "u", seconds });
const NOW = at(1.7e9);

/** When the visitor's own session ends. */
const UNTIL = NOW.seconds + 7200;

/** The passes of a camera that has this key. */
function passesOf(text: string): Tickets {
	const key = new FleetKey(text);
	return new Tickets({
		sign: (words) => key.sign("pass", words),
		verify: (words, signature) => key.verify("pass", words, signature),
	});
}

describe("web/passes", () => {
	const here = passesOf("a-key-that-nobody-guesses");
	const there = passesOf("a-key-that-nobody-guesses");

	it("let a role in at the camera that they are for, and again while they last", () => {
		for (const role of ["owner", "viewer"] as const) {
			const pass = here.issue(role, CAMERA, NOW, UNTIL);
			for (let i = 0; i < 3; i++) {
				assert.equal(there.check(pass, CAMERA, NOW)?.role, role);
				assert.equal(there.check(pass, OTHER, NOW), undefined, "it is for one camera");
				for (const more of [`${pass}.`, `${pass}.x`, `.${pass}`, pass.toUpperCase(), pass.slice(0, -1), ` ${pass}`])
					assert.equal(there.check(more, CAMERA, NOW), undefined, more);
			}
		}
	});

	it("last three minutes at least, and five at most, whenever they are issued", () => {
		for (let seed = 0; seed < 300; seed++) {
			const seconds = 1.7e9 + new Prng(seed).unit() * 1e6;
			const pass = here.issue("viewer", CAMERA, at(seconds), seconds + 7200);
			const role = (now: number) => there.check(pass, CAMERA, at(now))?.role;
			assert.equal(role(seconds + 179), "viewer", `seed ${seed}`);
			assert.equal(role(seconds + 301), undefined, `seed ${seed}`);
			assert.equal(role(seconds + 179), "viewer", "asked in any order");
			assert.equal(role(seconds - 500), undefined, "a pass from the future");
		}
	});

	it("begin nothing that outlives the visitor's own session, nor much less", () => {
		for (let seed = 0; seed < 300; seed++) {
			const random = new Prng(seed);
			const now = at(1.7e9 + random.unit() * 1e6);
			const until = now.seconds + random.unit() * (random.chance(0.5) ? 300 : 1e6);
			const grant = there.check(here.issue("owner", CAMERA, now, until), CAMERA, now);
			if (grant === undefined) assert.ok(until < now.seconds + 120, `seed ${seed}`);
			else assert.ok(grant.until > now.seconds && grant.until <= until && grant.until > until - 120, `seed ${seed}`);
		}
		for (const until of [NOW.seconds, NOW.seconds - 1, 0]) assert.equal(here.issue("owner", CAMERA, NOW, until), "");
	});

	it("are handed out anew when the turn changes, and not before", () => {
		let changes = 0;
		let last = { turn: here.periodOf(NOW.seconds), pass: here.issue("owner", CAMERA, NOW, UNTIL) };
		for (let seconds = NOW.seconds; seconds < NOW.seconds + 1200; seconds += 10) {
			const now = { turn: here.periodOf(seconds), pass: here.issue("owner", CAMERA, at(seconds), UNTIL) };
			assert.equal(now.turn !== last.turn, now.pass !== last.pass);
			if (now.pass !== last.pass) changes++;
			last = now;
		}
		assert.equal(changes, 10);
	});

	it("are different for each role, each camera and each end, in whatever order they are asked for", () => {
		const one = passesOf("a-key-that-nobody-guesses");
		const all = new Set<string>();
		for (let i = 0; i < 3; i++)
			for (const id of [CAMERA, OTHER])
				for (const role of ["owner", "viewer"] as const)
					for (const until of [UNTIL, UNTIL + 3600]) {
						const pass = one.issue(role, id, NOW, until);
						assert.match(pass, /^[0-9a-z.]{1,80}$/);
						assert.equal(there.check(pass, id, NOW)?.role, role);
						all.add(pass);
					}
		assert.equal(all.size, 8);
	});

	it("are signed once in a turn for a fleet of cameras, and anew when the key is another", () => {
		let [signed, key] = [0, new FleetKey("the-first-key-of-this-fleet")];
		const passes = new Tickets({
			sign(words) {
				signed++;
				return key.sign("pass", words);
			},
			verify: (words, signature) => key.verify("pass", words, signature),
		});
		const round = () => Array.from({ length: 20 }, (_, i) => passes.issue("viewer", `camera ${i}`, NOW, UNTIL));
		const first = round();
		for (let i = 0; i < 100; i++) assert.deepEqual(round(), first);
		assert.equal(signed, 20);
		for (let i = 0; i < 500; i++) passes.issue("viewer", `another ${i}`, NOW, UNTIL);
		signed = 0;
		assert.deepEqual(round(), first);
		assert.equal(signed, 20, "not all of them were remembered");
		key = new FleetKey("the-second-key-of-this-fleet");
		passes.forget();
		const second = round();
		assert.ok(second.every((pass, i) => pass !== first[i] && passes.check(pass, `camera ${i}`, NOW) !== undefined));
		assert.ok(first.every((pass, i) => passes.check(pass, `camera ${i}`, NOW) === undefined));
	});

	it("are right for thousands of cameras and visitors as well, whatever is remembered of them", () => {
		const passes = passesOf("a-key-that-nobody-guesses");
		for (let seed = 0; seed < 1500; seed++) {
			const random = new Prng(seed);
			const role = random.chance(0.5) ? "owner" : "viewer";
			const id = `camera ${random.below(200)}`;
			const now = at(NOW.seconds + (random.chance(0.9) ? 0 : random.below(600)));
			const until = now.seconds + 120 + random.below(1e6);
			const grant = there.check(passes.issue(role, id, now, until), id, now);
			assert.equal(grant?.role, role, `seed ${seed}`);
			assert.ok(grant.until <= until && grant.until > until - 120, `seed ${seed}`);
		}
	});

	it("are not there without a key or a date", () => {
		const none = new Tickets({ sign: () => "", verify: () => false });
		const pass = here.issue("owner", CAMERA, NOW, UNTIL);
		for (let i = 0; i < 2; i++) assert.equal(none.issue("owner", CAMERA, NOW, UNTIL), "");
		assert.equal(none.check(pass, CAMERA, NOW), undefined);
		for (const moment of [{ epoch: "b1-", seconds: NOW.seconds }, at(Number.NaN)])
			assert.equal(here.check(pass, CAMERA, moment), undefined);
		assert.equal(here.issue("owner", CAMERA, { epoch: "b1-", seconds: NOW.seconds }, UNTIL), "");
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
					UNTIL + random.below(1e5),
				);
			const [one, other] = [issue(), issue()];
			there.check(one, CAMERA, NOW);
			const changed = mutate(random, one, LETTERS);
			assert.equal(there.check(changed, CAMERA, NOW), undefined, `seed ${seed}: ${changed}`);
			const joined = splice(random, one, other);
			if (joined !== one && joined !== other)
				assert.equal(there.check(joined, CAMERA, NOW), undefined, `seed ${seed}: ${joined}`);
		}
	});

	it("are refused at once when they are too long", () => {
		assertLinearTime(() => {
			const pass = here.issue("owner", CAMERA, NOW, UNTIL);
			for (const piece of [".", "o", `${pass}.`, "\ud83d"]) {
				const text = piece.repeat(100000);
				for (let i = 0; i < 100; i++) assert.equal(here.check(text, CAMERA, NOW), undefined);
			}
		});
	});
});
