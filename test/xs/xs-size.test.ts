import assert from "node:assert/strict";
import { BUDGETS, judge, measure } from "../../tools/xs-size";

describe("xs/size", function () {
	// The engine may have to be built first.
	this.timeout(300_000);

	it("fits a board with a representative's role, 20 known cameras, viewers and a visitor on all pages", () => {
		const sizes = measure(BUDGETS.map(({ viewers }) => viewers));
		assert.deepEqual(
			sizes.flatMap((size, i) => judge(size, BUDGETS[i])),
			[],
		);
	});
});
