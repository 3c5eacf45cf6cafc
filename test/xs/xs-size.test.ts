import assert from "node:assert/strict";
import { BUDGETS, judge, measure, measureProgram, PROGRAMS } from "../../tools/xs-size";

describe("xs/size", function () {
	// The engine may have to be built first.
	this.timeout(900_000);

	it("fits a board with a representative's role, 20 known cameras, viewers and a visitor on all pages", () => {
		const sizes = measure(BUDGETS);
		assert.deepEqual(
			sizes.flatMap((size, i) => judge(size, BUDGETS[i])),
			[],
		);
	});

	for (const [main, most] of PROGRAMS) {
		it(`keeps the program of ${main} within its budget of bytecode`, () => {
			const size = measureProgram(main);
			assert.ok(size <= most, `${size} octets, at most ${most}`);
		});
	}
});
