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

/** The tickets of a camera that has this key. */
function ticketsOf(text: string): Tickets {
	const key = new FleetKey(text);
	return new Tickets({
		sign: (words) => key.sign("pass", words),
		verify: (words, signature) => key.verify("pass", words, signature),
	});
}

describe("access/tickets", () => {
	const here = ticketsOf("a-key-that-nobody-guesses");
	const there = ticketsOf("a-key-that-nobody-guesses");

	it("grant a role at the camera that they are for, until they expire", () => {
		for (const role of ["owner", "viewer"] as const) {
			const ticket = here.issue(role, CAMERA, NOW, UNTIL);
			for (let i = 0; i < 3; i++) {
				assert.equal(there.check(ticket, CAMERA, NOW)?.role, role);
				assert.equal(there.check(ticket, OTHER, NOW), undefined, "it is for one camera");
				for (const more of [
					`${ticket}.`,
					`${ticket}.x`,
					`.${ticket}`,
					ticket.toUpperCase(),
					ticket.slice(0, -1),
					` ${ticket}`,
				])
					assert.equal(there.check(more, CAMERA, NOW), undefined, more);
			}
		}
	});

	it("are valid for at least three and at most five minutes", () => {
		for (let seed = 0; seed < 300; seed++) {
			const seconds = 1.7e9 + new Prng(seed).unit() * 1e6;
			const ticket = here.issue("viewer", CAMERA, at(seconds), seconds + 7200);
			const role = (now: number) => there.check(ticket, CAMERA, at(now))?.role;
			assert.equal(role(seconds + 179), "viewer", `seed ${seed}`);
			assert.equal(role(seconds + 301), undefined, `seed ${seed}`);
			assert.equal(role(seconds + 179), "viewer", "asked in any order");
			assert.equal(role(seconds - 500), undefined, "a ticket from the future");
		}
	});

	it("grant access until the user's own session ends, give or take two minutes", () => {
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

	it("open only pictures where they are for pictures, and are the same for all sessions", () => {
		const pass = here.issue("pictures", CAMERA, NOW, UNTIL);
		const grant = there.check(pass, CAMERA, NOW);
		assert.deepEqual([grant?.role, grant?.onlyPictures], ["viewer", true]);
		assert.equal(there.check(pass, OTHER, NOW), undefined, "it is for one camera");
		assert.equal(there.check(pass, CAMERA, at(NOW.seconds + 301)), undefined);
		assert.equal(here.issue("pictures", CAMERA, NOW, UNTIL + 86400), pass);
		for (const use of ["o", "v"])
			assert.equal(there.check(use + pass.slice(1), CAMERA, NOW), undefined, "it does not become a session's");
		assert.equal(there.check(here.issue("owner", CAMERA, NOW, UNTIL), CAMERA, NOW)?.onlyPictures, false);
	});

	it("change when the period changes, and not before", () => {
		let changes = 0;
		let last = { turn: here.periodOf(NOW.seconds), ticket: here.issue("owner", CAMERA, NOW, UNTIL) };
		for (let seconds = NOW.seconds; seconds < NOW.seconds + 1200; seconds += 10) {
			const now = { turn: here.periodOf(seconds), ticket: here.issue("owner", CAMERA, at(seconds), UNTIL) };
			assert.equal(now.turn !== last.turn, now.ticket !== last.ticket);
			if (now.ticket !== last.ticket) changes++;
			last = now;
		}
		assert.equal(changes, 10);
	});

	it("differ by role, camera and end of session, in any order of issue", () => {
		const one = ticketsOf("a-key-that-nobody-guesses");
		const all = new Set<string>();
		for (let i = 0; i < 3; i++)
			for (const id of [CAMERA, OTHER])
				for (const role of ["owner", "viewer"] as const)
					for (const until of [UNTIL, UNTIL + 3600]) {
						const ticket = one.issue(role, id, NOW, until);
						assert.match(ticket, /^[0-9a-z.]{1,80}$/);
						assert.equal(there.check(ticket, id, NOW)?.role, role);
						all.add(ticket);
					}
		assert.equal(all.size, 8);
	});

	it("are signed once in a period, and again when the key has changed", () => {
		let [signed, key] = [0, new FleetKey("the-first-key-of-this-fleet")];
		const tickets = new Tickets({
			sign(words) {
				signed++;
				return key.sign("pass", words);
			},
			verify: (words, signature) => key.verify("pass", words, signature),
		});
		const round = () => Array.from({ length: 20 }, (_, i) => tickets.issue("viewer", `camera ${i}`, NOW, UNTIL));
		const first = round();
		for (let i = 0; i < 100; i++) assert.deepEqual(round(), first);
		assert.equal(signed, 20);
		for (let i = 0; i < 500; i++) tickets.issue("viewer", `another ${i}`, NOW, UNTIL);
		signed = 0;
		assert.deepEqual(round(), first);
		assert.equal(signed, 20, "not all of them were remembered");
		key = new FleetKey("the-second-key-of-this-fleet");
		tickets.forget();
		const second = round();
		assert.ok(
			second.every((ticket, i) => ticket !== first[i] && tickets.check(ticket, `camera ${i}`, NOW) !== undefined),
		);
		assert.ok(first.every((ticket, i) => tickets.check(ticket, `camera ${i}`, NOW) === undefined));
	});

	it("are correct for thousands of cameras and sessions, whatever is remembered", () => {
		const tickets = ticketsOf("a-key-that-nobody-guesses");
		for (let seed = 0; seed < 1500; seed++) {
			const random = new Prng(seed);
			const role = random.chance(0.5) ? "owner" : "viewer";
			const id = `camera ${random.below(200)}`;
			const now = at(NOW.seconds + (random.chance(0.9) ? 0 : random.below(600)));
			const until = now.seconds + 120 + random.below(1e6);
			const grant = there.check(tickets.issue(role, id, now, until), id, now);
			assert.equal(grant?.role, role, `seed ${seed}`);
			assert.ok(grant.until <= until && grant.until > until - 120, `seed ${seed}`);
		}
	});

	it("are not issued without a key or a date", () => {
		const none = new Tickets({ sign: () => "", verify: () => false });
		const ticket = here.issue("owner", CAMERA, NOW, UNTIL);
		for (let i = 0; i < 2; i++) assert.equal(none.issue("owner", CAMERA, NOW, UNTIL), "");
		assert.equal(none.check(ticket, CAMERA, NOW), undefined);
		for (const moment of [{ epoch: "b1-", seconds: NOW.seconds }, at(Number.NaN)])
			assert.equal(here.check(ticket, CAMERA, moment), undefined);
		assert.equal(here.issue("owner", CAMERA, { epoch: "b1-", seconds: NOW.seconds }, UNTIL), "");
		assert.equal(ticketsOf("another-key-of-another-fleet").check(ticket, CAMERA, NOW), undefined);
	});

	it("are rejected when altered or spliced from genuine ones", () => {
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

	it("are rejected in linear time when they are too long", () => {
		assertLinearTime(() => {
			const ticket = here.issue("owner", CAMERA, NOW, UNTIL);
			for (const piece of [".", "o", `${ticket}.`, "\ud83d"]) {
				const text = piece.repeat(100000);
				for (let i = 0; i < 100; i++) assert.equal(here.check(text, CAMERA, NOW), undefined);
			}
		});
	});
});
