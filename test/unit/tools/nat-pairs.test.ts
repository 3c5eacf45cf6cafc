import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { NAT_PAIRS_DOCUMENT, natPairsDocument } from "../../../tools/nat-pairs";

describe("tools/nat-pairs", () => {
	it("finds the table of NAT pairs in docs/nat-pairs.md equal to the simulation (P2P-11, P2P-12)", () => {
		const stored = readFileSync(NAT_PAIRS_DOCUMENT, "utf8");
		assert.equal(stored, natPairsDocument(), "run node -r ./tools/typescript tools/nat-pairs.ts");
	});
});
