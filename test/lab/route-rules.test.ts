import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Cidr, parseCidr } from "../../src/core/cidr";
import { relayRules } from "../../src/relay/transparent/relay-rules";
import { parseAddressTable } from "../../src/stream/address/address-table-file";
import { checkRoutes } from "../../src/stream/routes/route-check";
import { planRoutes } from "../../src/stream/routes/route-plan";
import { firewallRules, routerRules } from "../../src/stream/routes/route-rules";
import { needs } from "../support/needs";
import { FIRST_FORM, ONE_INTERFACE, SECOND_FORM } from "../support/stream-tables";

/** Several of everything (STR-24). */
const MANY = `
network lan     10.1.0.0/24 10.4.0.0/16
network media   10.3.0.0/24 10.5.0.0/24
network office  8.8.0.0/16 9.9.9.0/24
control 10.1.0.10:8554 as 198.20.0.110
control 10.4.0.10:8554 as 198.20.0.110:8555
control [2001:db8::10]:8554
router internet wan0 198.20.0.1 via 198.20.0.9
router internet wan1 198.21.0.1
router media c0 10.3.0.1
router media c1 10.5.0.1
router firewall fw0 10.2.0.1
firewall router out0 10.2.0.2
firewall lan lan0 10.1.0.1
firewall lan lan1 10.4.0.1
lan      rtp  send    10.1.0.20
lan      rtcp both    10.1.0.20
internet rtp  send    10.3.0.20            as 198.20.0.210
internet rtcp send    10.3.0.20:5000-5999  as 198.20.0.210
internet rtcp receive 10.1.0.20:500        as 198.20.0.210:5000-5999
office   rtp  send    10.5.0.20            as 198.20.0.211
office   rtcp send    10.5.0.20:7001       as 198.20.0.211
office   rtcp receive 10.4.0.20:501        as 198.20.0.211:7001
`;

/** Runs commands in a network namespace of their own. */
function alone(script: string, input: string) {
	const { status, stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", script], { input, encoding: "utf8" });
	assert.equal(status, 0, `${stderr}\n${input}`);
	return stdout;
}

describe("lab/rule sets of porthole routes", () => {
	for (const [title, table] of [
		["the first form", FIRST_FORM],
		["the second form", SECOND_FORM],
		["one interface", ONE_INTERFACE],
		["several of everything (STR-24)", MANY],
		["a table without rows", SECOND_FORM.split("\n").slice(0, 10).join("\n")],
	] as const)
		it(`load into the kernel, replace themselves, and leave other tables alone: ${title} (STR-15)`, function () {
			needs(this, "root", "nft");
			const file = parseAddressTable(table);
			assert.ok("rows" in file, JSON.stringify(file));
			assert.deepEqual(
				checkRoutes(file).filter(({ isFault }) => isFault),
				[],
			);
			const plan = planRoutes(file);
			for (const rules of plan.routerIsFirewall ? [routerRules(plan)] : [firewallRules(plan), routerRules(plan)]) {
				alone("nft -c -f -", rules);
				const listed = alone("nft add table inet other && nft -f - && nft list ruleset", `${rules}\n${rules}`);
				assert.match(listed, /^table inet other/m);
				assert.equal(listed.split("\ttype filter hook forward priority filter; policy drop;").length, 2);
			}
		});

	it("load for a transparent relay, replace themselves, and leave other tables alone (REP-1)", function () {
		needs(this, "root", "nft");
		const origins = ["192.0.2.0/24", "2001:db8::/32"].map((text) => parseCidr(text) as Cidr);
		alone("nft -c -f -", relayRules({ access: ["acc0"], ports: [80], origins, port: 8599 }));
		const rules = relayRules({ access: ["acc0", "acc1"], ports: [80, 554], origins: [], port: 8599 });
		alone("nft -c -f -", rules);
		const listed = alone("nft add table inet other && nft -f - && nft list ruleset", `${rules}\n${rules}`);
		assert.match(listed, /^table inet other/m);
		assert.equal(listed.split("tproxy ip to :8599").length, 2);
		assert.equal(listed.split("tproxy ip6 to :8599").length, 2);
	});
});
