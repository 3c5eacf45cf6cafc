import assert from "node:assert/strict";
import { type AllowRule, isOfOtherMachine, ruleFor } from "../../../src/relay/allow-list";

function rule(host: AllowRule["host"], port = 0, protocol?: AllowRule["protocol"]): AllowRule {
	return { host, port, protocol, origin: "", needsLogin: true, tariff: undefined };
}

describe("relay/allow-list", () => {
	const rules = [
		rule({ address: "192.0.2.7", prefix: 32 }, 8554, "rtsp"),
		rule({ address: "10.0.0.0", prefix: 8 }),
		rule("camera.example", 80),
		rule({ address: "2001:db8::", prefix: 32 }, 0, "http"),
	];
	const CASES = [
		["rtsp", "192.0.2.7", 8554, 0],
		["http", "192.0.2.7", 8554, -1],
		["rtsp", "192.0.2.7", 554, -1],
		["rtsp", "192.0.2.8", 8554, -1],
		["http", "10.1.2.3", 9, 1],
		["http", "11.1.2.3", 9, -1],
		["http", "camera.example", 80, 2],
		["http", "camera.example", 81, -1],
		["http", "a.camera.example", 80, -1],
		["http", "2001:db8::1", 80, 3],
		["rtsp", "2001:db8::1", 80, -1],
	] as const;
	for (const [protocol, host, port, index] of CASES) {
		it(`${index < 0 ? "refuses" : "admits"} ${protocol} at ${host}, port ${port} (REP-1)`, () => {
			assert.equal(ruleFor(rules, protocol, host, port), rules[index]);
		});
	}

	it("relays nothing without a rule", () => assert.equal(ruleFor([], "rtsp", "192.0.2.7", 554), undefined));

	it("covers no address of this machine by a network (REP-11)", () => {
		const all = [rule({ address: "0.0.0.0", prefix: 0 }), rule({ address: "::", prefix: 0 })];
		for (const host of [
			"127.0.0.1",
			"127.9.9.9",
			"0.0.0.0",
			"255.255.255.255",
			"224.0.0.1",
			"::1",
			"::",
			"ff02::1",
			"::ffff:127.0.0.1",
		]) {
			assert.equal(ruleFor(all, "http", host, 80), undefined, host);
			assert.equal(isOfOtherMachine(host), false, host);
		}
		for (const host of ["192.0.2.1", "10.0.0.1", "2001:db8::1"]) assert.equal(isOfOtherMachine(host), true, host);
	});
});
