import assert from "node:assert/strict";
import { AccessTokens, type Moment, type TokenKind } from "../../../src/access/access-tokens";
import { Prng } from "../../../src/base/prng";
import { assertLinearTime } from "../../support/linear-time";
import { mutate, splice } from "../../support/mutate";

const KINDS: readonly TokenKind[] = ["session", "link"];
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz.-+ OVU";
const NOW: Moment = { epoch: "u", seconds: 1.7e9 };

describe("web/access-tokens", () => {
	const tokens = new AccessTokens("a key");

	for (const epoch of ["u", "b1-", "b4294967295-"]) {
		for (const role of ["owner", "viewer"] as const) {
			it(`gives the ${role} what it has issued, to the second, by the reckoning of ${epoch}`, () => {
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
		["by another reckoning", token, "link", { epoch: "b1-", seconds: 0 }, tokens],
		["under another key", token, "link", NOW, new AccessTokens("another key")],
		["with a role of its own choice", `o${token.slice(1)}`, "link", NOW, tokens],
		["with a point more", `${token}.`, "link", NOW, tokens],
		["in capitals", token.toUpperCase(), "link", NOW, tokens],
		["without a code", token.slice(0, token.lastIndexOf(".") + 1), "link", NOW, tokens],
		["that is empty", "", "link", NOW, tokens],
		["of points", "..", "link", NOW, tokens],
	];
	for (const [title, text, kind, now, by] of refused)
		it(`refuses a token ${title}`, () => assert.equal(by.check(kind, text, now), undefined));

	it("names its cookie after its key, and does not show the key", () => {
		assert.match(tokens.name, /^[0-9a-f]{8}$/);
		assert.equal(new AccessTokens("a key").name, tokens.name);
		assert.notEqual(new AccessTokens("another key").name, tokens.name);
	});

	it("takes no token that was changed, nor one put together of genuine ones", () => {
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

	it("refuses at once what is too long", () => {
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
