import assert from "node:assert/strict";
import { Ipv6Examination } from "../../../../src/app/doctor/ipv6-examination";
import { Pump } from "../../../../src/core/pump";
import { LineLog } from "../../../../src/ports/line-log";

const SIX = { name: "eth0", address: "2a0a:2:0:1::11", prefix: 64 };

function scene(paths: readonly unknown[]): Ipv6Examination {
	const network = { paths: () => [], ipv6Paths: () => paths } as never;
	const random = { fill() {}, unit: () => 0 };
	const pump = new Pump({ now: () => 0, set() {} });
	return new Ipv6Examination({ network, random, log: new LineLog("error", () => {}) }, pump);
}

describe("app/doctor by IPv6", () => {
	it("names the box to tick on a FRITZ!Box that does not allow pinholes (IMG-32)", () => {
		const examination = scene([SIX]);
		examination.on({ type: "closed", trouble: "not-allowed" });
		assert.match(examination.lines().join("\n"), /2a0a:2:0:1::11.*FRITZ!Box.*Selbstständige Portfreigaben/s);
		assert.deepEqual([examination.reachable, examination.isSettled], [false, true]);
	});

	it("reports how the port was opened (IMG-32)", () => {
		const examination = scene([SIX]);
		examination.on({ type: "opened", by: "PCP", address: SIX.address });
		assert.match(examination.lines().join(), /opened port 50123 to it \(opened by PCP\)/);
		assert.equal(examination.reachable, true);
	});

	it("says nothing of IPv6 where there is no public address, and does not wait", () => {
		const examination = scene([{ ...SIX, address: "fe80::1%eth0" }]);
		assert.deepEqual([examination.lines(), examination.isSettled, examination.reachable], [[], true, false]);
	});
});
