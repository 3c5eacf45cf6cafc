import assert from "node:assert/strict";
import { relayRouteCommands, relayRules } from "../../../../src/relay/transparent/relay-rules";

describe("relay/transparent/relay rules", () => {
	it("take the chosen ports from the access network alone, and mark what they take as this machine's (REP-1)", () => {
		const rules = relayRules({ access: ["acc0", "acc1"], ports: [554, 8554], origins: [], port: 8599 });
		const lines = rules.split("\n").filter((line) => line.includes("tproxy"));
		assert.equal(lines.length, 2);
		for (const line of lines) {
			assert.match(
				line,
				/^\t\tiifname \{ "acc0", "acc1" \} meta nfproto ipv[46] tcp dport \{ 554, 8554 \} meta mark set 28783 /,
			);
			assert.match(line, / to :8599 /);
		}
		assert.match(relayRouteCommands()[0], /^ip rule add fwmark 28783 lookup 28783$/);
	});

	it("never take the relay's own connections: to itself, and those that come back (REP-11)", () => {
		const rules = relayRules({ access: ["acc0"], ports: [554], origins: [], port: 8599 });
		const [known, back, own] = rules.split("\n").filter((line) => /socket|iifname/.test(line));
		assert.match(back, /fib saddr type local counter drop/);
		assert.match(own, /fib daddr type \{ local, broadcast, multicast \} accept/);
		assert.match(known, /socket transparent 1 socket wildcard 0/);
	});

	it("take connections to the chosen networks alone", () => {
		const origins = [
			{ address: "192.0.2.0", prefix: 24 },
			{ address: "198.51.100.7", prefix: 32 },
		];
		const rules = relayRules({ access: ["a"], ports: [554], origins, port: 1 });
		assert.match(rules, /ip daddr \{ 192\.0\.2\.0\/24, 198\.51\.100\.7\/32 \} tcp dport \{ 554 \}/);
		assert.doesNotMatch(rules, /ip6/);
		assert.match(
			relayRules({ access: ["a"], ports: [554], origins: [{ address: "2001:db8::", prefix: 32 }], port: 1 }),
			/ip6 daddr \{ 2001:db8::\/32 \}/,
		);
	});
});
