import assert from "node:assert/strict";
import { BUDGETS, judge, measure, measureProgram, PROGRAM_MAX } from "../../tools/xs-size";

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

	it("keeps the ESP32's program within its budget of bytecode", () => {
		const size = measureProgram();
		assert.ok(size <= PROGRAM_MAX, `${size} octets, at most ${PROGRAM_MAX}`);
	});
});
