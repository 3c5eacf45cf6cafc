import assert from "node:assert/strict";
import { isHostName, NO_RESOLVER, type ResolverAnswer } from "../../../src/ports/resolver";

const label = "a".repeat(63);

describe("ports/resolver", () => {
	for (const name of [
		...["a", "localhost", "example.org", "example.org.", "_stun._udp.example.org", "xn--bcher-kva.example", "3com.com"],
		...["a-b.c-d", "A.B", "1a", label, `${label}.${label}.${label}.${"a".repeat(61)}`],
	]) {
		it(`permits ${JSON.stringify(name.slice(0, 40))}`, () => assert.ok(isHostName(name)));
	}

	for (const name of [
		...["", ".", "..", "a..b", ".a", "a.b..", "-a", "a-", "a.-b", "a-.b", "a b", "a/b", "bücher.example", "a\0", "::1"],
		...["1.2.3.4", "127", "example.1", `${label}a`, `${label}.${label}.${label}.${"a".repeat(62)}`, "a_b!", "a:80"],
	]) {
		it(`refuses ${JSON.stringify(name.slice(0, 40))}`, () => assert.ok(!isHostName(name)));
	}

	it("has a null object that has no server", () => {
		const answers: ResolverAnswer<unknown>[] = [];
		NO_RESOLVER.addresses("a", 4, 1, (answer) => answers.push(answer)).cancel();
		NO_RESOLVER.services("a", 1, (answer) => answers.push(answer)).cancel();
		assert.deepEqual(
			answers.map(({ failure }) => failure),
			["no-server", "no-server"],
		);
	});
});
