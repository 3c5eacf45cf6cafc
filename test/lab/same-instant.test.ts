import assert from "node:assert/strict";
import { LAB_NEEDS, needs } from "../support/needs";
import { houseFor, outside, WAN } from "./house";
import { Lab } from "./lab";

describe("lab/cameras that start in the same instant", function () {
	this.timeout(300_000);
	const house = houseFor("igd1 secure", (context) => needs(context, ...LAB_NEEDS, "build"));

	it("get different ports, and one is the representative (IMG-3, IMG-4, IMG-8)", async () => {
		for (let n = 1; n <= 4; n++) house().start(n);
		await house().untilServed(8080, 20_000);
		await house().untilListed("wan", `http://${WAN}:8080/`, outside(8080, 8081, 8082, 8083), 20_000);
		const portal = await house().portal("wan");
		assert.equal(portal?.cameras.filter((camera) => camera.representative).length, 1);
		const insides = [...(await house().lab.mappings()).values()].sort();
		assert.deepEqual(
			insides,
			[1, 2, 3, 4].map((n) => `${Lab.address(n)}:8000`),
		);
	});
});
