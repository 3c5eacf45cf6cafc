import assert from "node:assert/strict";
import { parseLedgerQuery } from "../../../../src/app/origin/ledger-query";
import { Prng } from "../../../../src/base/prng";
import { mutate } from "../../../support/mutate";

function parse(query: Readonly<Record<string, string>>) {
	const values = new Map(Object.entries(query));
	return parseLedgerQuery((name) => values.get(name));
}

const DAY = 86_400_000;
const UTC = Date.UTC(2026, 10, 27);

describe("app/origin/ledger-query", () => {
	it("asks for everything by default; empty fields of a form are absent", () => {
		const all = { query: {}, by: "viewer", limit: 100, before: "" };
		assert.deepEqual(parse({}), all);
		assert.deepEqual(
			parse({ from: "", to: "", viewer: "", content: "", relay: "", by: "", limit: "", before: "" }),
			all,
		);
	});

	it("takes days, of which the last one counts, times and milliseconds", () => {
		assert.deepEqual(parse({ from: "2026-11-27", to: "2026-11-27", by: "day" }), {
			query: { from: UTC, to: UTC + DAY },
			by: "day",
			limit: 100,
			before: "",
		});
		assert.deepEqual(parse({ from: `${UTC}`, to: "2026-11-27T00:01Z", viewer: "a", content: "b", relay: "c" }), {
			query: { from: UTC, to: UTC + 60_000, viewer: "a", content: "b", relay: "c" },
			by: "viewer",
			limit: 100,
			before: "",
		});
	});

	it("says what is wrong", () => {
		const wrong: readonly Readonly<Record<string, string>>[] = [
			{ from: "2026-02-30" },
			{ to: "x" },
			{ from: "2026-11-28", to: "2026-11-27" },
			{ by: "__proto__" },
			{ limit: "1001" },
			{ viewer: "x".repeat(257) },
			{ before: "x".repeat(257) },
		];
		for (const query of wrong) assert.equal(typeof parse(query), "string", JSON.stringify(query));
	});

	it("never throws, and asks for nothing outside of its limits (seeded mutations)", () => {
		const random = new Prng(12);
		const texts = ["2026-11-27", "2026-11-27T17:40Z", "1795000000000", "day", "100", "anna"];
		for (let n = 0; n < 5000; n++) {
			const next = () => mutate(random, texts[random.below(texts.length)], "0123456789-T:Z.");
			const asked = parse({ from: next(), to: next(), by: next(), limit: next(), viewer: next(), before: next() });
			if (typeof asked === "string") continue;
			const { query, limit } = asked;
			assert.ok(limit >= 1 && limit <= 1000);
			assert.ok(query.from === undefined || new Date(query.from).toISOString() !== "");
		}
	});
});
