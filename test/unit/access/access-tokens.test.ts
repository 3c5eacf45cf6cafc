import assert from "node:assert/strict";
import { AccessTokens, type Moment, type TokenKind } from "../../../src/access/access-tokens";
import { Prng } from "../../../src/base/prng";
import { assertLinearTime } from "../../support/linear-time";
import { mutate, splice } from "../../support/mutate";

const KINDS: readonly TokenKind[] = ["session", "link"];
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz.-+ OVU";
const NOW: Moment = { epoch: "u", seconds: 1.7e9 };

describe("access/access-tokens", () => {
	const tokens = new AccessTokens("a key");

	for (const epoch of ["u", "b1-", "b4294967295-"]) {
		for (const role of ["owner", "viewer"] as const) {
			it(`accepts a token of the ${role} until the second in which it expires (epoch ${epoch})`, () => {
				for (const seconds of [0, 17.75, 1.7e9, 1e11]) {
					const token = tokens.issue("session", role, { epoch, seconds }, 60);
					const until = Math.floor(seconds + 60);
					assert.deepEqual(tokens.check("session", token, { epoch, seconds }), { role, until });
					assert.deepEqual(tokens.check("session", token, { epoch, seconds: until - 0.1 }), { role, until });
					assert.equal(tokens.check("session", token, { epoch, seconds: until }), undefined);
					assert.equal(tokens.check("session", token, { epoch, seconds: Number.NaN }), undefined);
				}
			});
		}
	}

	const token = tokens.issue("link", "viewer", NOW, 60);
	const refused: [string, string, TokenKind, Moment, AccessTokens][] = [
		["for another kind", token, "session", NOW, tokens],
		["of another epoch", token, "link", { epoch: "b1-", seconds: 0 }, tokens],
		["under another key", token, "link", NOW, new AccessTokens("another key")],
		["with a changed role", `o${token.slice(1)}`, "link", NOW, tokens],
		["with one more dot", `${token}.`, "link", NOW, tokens],
		["in upper case", token.toUpperCase(), "link", NOW, tokens],
		["without a code", token.slice(0, token.lastIndexOf(".") + 1), "link", NOW, tokens],
		["that is empty", "", "link", NOW, tokens],
		["of dots", "..", "link", NOW, tokens],
	];
	for (const [title, text, kind, now, by] of refused)
		it(`rejects a token ${title}`, () => assert.equal(by.check(kind, text, now), undefined));

	for (const [kind, longest] of [
		["session", 604800],
		["link", 31622400],
		["browser", 31622400],
	] as const) {
		it(`rejects a ${kind} token that ends later than any that is issued now`, () => {
			const issue = (lead: number) =>
				tokens.issue(kind, "owner", { epoch: "u", seconds: NOW.seconds + lead }, Number.POSITIVE_INFINITY);
			assert.equal(tokens.check(kind, issue(0), NOW)?.until, NOW.seconds + longest, "capped");
			assert.notEqual(tokens.check(kind, issue(300), NOW), undefined, "of a camera whose clock is fast");
			for (const lead of [301, 1e6, 1e9]) assert.equal(tokens.check(kind, issue(lead), NOW), undefined, `${lead} s`);
		});
	}

	it("gives equal grants different tokens by a mark, which can't be changed", () => {
		const [one, other] = ["1a", "2b"].map((mark) => tokens.issue("session", "owner", NOW, 60, mark));
		assert.notEqual(one, other);
		for (const each of [one, other]) assert.equal(tokens.check("session", each, NOW)?.until, NOW.seconds + 60);
		assert.equal(tokens.check("session", one.replace("-1a", "-2b"), NOW), undefined);
		assert.equal(tokens.check("session", one.replace("-1a", ""), NOW), undefined);
	});

	it("derives the session name from the key without revealing the key", () => {
		assert.match(tokens.name, /^[0-9a-f]{8}$/);
		assert.equal(new AccessTokens("a key").name, tokens.name);
		assert.notEqual(new AccessTokens("another key").name, tokens.name);
	});

	it("rejects altered tokens and tokens spliced from genuine ones", () => {
		for (let seed = 0; seed < 1500; seed++) {
			const random = new Prng(seed);
			const kind = KINDS[random.below(2)];
			const issue = () => tokens.issue(kind, random.chance(0.5) ? "owner" : "viewer", NOW, 1 + random.below(1e6));
			const [one, other] = [issue(), issue()];
			const changed = mutate(random, one, LETTERS);
			assert.notEqual(tokens.check(kind, one, NOW), undefined, `seed ${seed}`);
			assert.equal(tokens.check(kind, changed, NOW), undefined, `seed ${seed}: ${changed}`);
			const joined = splice(random, one, other);
			if (joined !== one && joined !== other)
				assert.equal(tokens.check(kind, joined, NOW), undefined, `seed ${seed}: ${joined}`);
		}
	});

	it("rejects overlong tokens in linear time", () => {
		assertLinearTime(() => {
			for (const piece of [".", "o", `${token}.`, "\ud83d"]) {
				const text = piece.repeat(100000);
				for (let i = 0; i < 100; i++) assert.equal(tokens.check("link", text, NOW), undefined);
			}
		});
		const epoch = "b".repeat(60);
		const long = tokens.issue("link", "viewer", { epoch, seconds: 0 }, 60);
		assert.equal(tokens.check("link", long, { epoch, seconds: 0 }), undefined, "not even its own");
	});
});
