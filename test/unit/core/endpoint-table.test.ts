import assert from "node:assert/strict";
import { type Endpoint, EndpointTable } from "../../../src/core/endpoint-table";

describe("core/endpoint-table", () => {
	function table(max: number): EndpointTable<Endpoint> {
		return new EndpointTable(max, (address, port) => ({ address, port }));
	}

	it("gives the same object for the same address and port", () => {
		const known = table(10);
		const first = known.get("192.0.2.1", 1);
		assert.deepEqual(first, { address: "192.0.2.1", port: 1 });
		assert.equal(known.get("192.0.2.1", 1), first);
		assert.notEqual(known.get("192.0.2.1", 2), first);
		assert.notEqual(known.get("192.0.2.2", 1), first);
		assert.equal(known.size, 3);
	});

	it("forgets the address that came first when it is full", () => {
		const known = table(3);
		const first = known.get("a", 1);
		known.get("a", 2);
		const second = known.get("b", 1);
		known.get("c", 1);
		assert.equal(known.size, 2);
		assert.equal(known.get("b", 1), second);
		assert.notEqual(known.get("a", 1), first);
	});

	it("never holds more than the limit, even of one address", () => {
		const known = table(5);
		for (let port = 1; port < 1000; port++) {
			assert.equal(known.get("a", port).port, port);
			assert.ok(known.size <= 5);
		}
	});

	it("finds foreign texts as addresses, whatever they are", () => {
		const known = table(5);
		for (const address of ["__proto__", "constructor", ""]) {
			assert.equal(known.get(address, 1).address, address);
		}
	});
});
