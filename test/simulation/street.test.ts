import assert from "node:assert/strict";
import { VirtualStreet } from "../support/virtual-street";

describe("simulation/street", () => {
	it("lets three cameras map their ports, one represents them", () => {
		const street = new VirtualStreet(1);
		for (let i = 0; i < 3; i++) street.add();
		const took = street.until(() => street.ports.every((p) => p > 0), 20000, "all have ports");
		console.log(took, street.ports);
		assert.deepEqual([...street.ports].sort(), [8080, 8081, 8082]);
		street.world.runFor(1000);
		const page = street.get("http://198.20.0.1:8080/");
		console.log(page);
		console.log(street.get("http://198.20.0.1:8081/api/v1/status"));
		console.log(street.cameras[0].log);
	});
});
