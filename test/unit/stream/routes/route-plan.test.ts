import assert from "node:assert/strict";
import { type AddressTableFile, parseAddressTable } from "../../../../src/stream/address/address-table-file";
import { planRoutes } from "../../../../src/stream/routes/route-plan";
import { firewallRules, routerRules } from "../../../../src/stream/routes/route-rules";
import { describeRoutes } from "../../../../src/stream/routes/route-summary";
import { FIRST_FORM, ONE_INTERFACE, SECOND_FORM } from "../../../support/stream-tables";

function fileOf(text: string): AddressTableFile {
	const file = parseAddressTable(text);
	assert.ok("rows" in file, JSON.stringify(file));
	return file;
}

const firewall = (text: string): string => firewallRules(planRoutes(fileOf(text)));
const router = (text: string): string => routerRules(planRoutes(fileOf(text)));

/** The rules of one chain, without counters and comments. */
function rulesOf(ruleSet: string, chain: string): string[] {
	const [, body] = ruleSet.split(`\tchain ${chain} {\n`);
	assert.ok(body !== undefined, `no chain ${chain}`);
	return body
		.split("\t}\n")[0]
		.trim()
		.split("\n\t\t")
		.map((rule) => rule.replace(/\bcounter /, "").replace(/ comment ".*"/, ""));
}

const POLICY_DROP = "type filter hook forward priority filter; policy drop;";
const REJECT = "reject with icmpx type admin-prohibited";

describe("stream/route-plan", () => {
	it("lets the firewall pass only the control port in the first form (STR-15)", () => {
		assert.deepEqual(rulesOf(firewall(FIRST_FORM), "forward"), [
			POLICY_DROP,
			'iifname "out0" oifname "lan" ip daddr 10.1.0.10 tcp dport 8554 accept',
			"ct state established,related accept",
			'iifname "lan" oifname "lan" accept',
			`ip daddr 10.3.0.0/24 ${REJECT}`,
			'iifname "lan" oifname "out0" accept',
			REJECT,
		]);
	});

	it("lets the firewall pass the control port and the port of reports in the second form (STR-15)", () => {
		const passes = rulesOf(firewall(SECOND_FORM), "forward").filter((rule) => rule.includes('iifname "out0"'));
		assert.deepEqual(passes, [
			'iifname "out0" oifname "lan" ip daddr 10.1.0.10 tcp dport 8554 accept',
			'iifname "out0" oifname "lan" ip daddr 10.1.0.20 udp dport 500 accept',
		]);
	});

	it("takes every port from the table (STR-15)", () => {
		const table = SECOND_FORM.replace("10.1.0.10:8554 as 198.20.0.110", "10.1.0.10:7070 as 198.20.0.110:554")
			.replace("10.1.0.20:500 ", "10.1.0.20:5500 ")
			.split("5000-5999")
			.join("40000-40099");
		assert.match(firewall(table), /tcp dport 7070 .*\n.*udp dport 5500 /);
		assert.match(router(table), /198\.20\.0\.110 tcp dport 554 dnat ip to 10\.1\.0\.10:7070/);
		assert.match(router(table), /udp dport 40000-40099 notrack ip daddr set 10\.1\.0\.20 udp dport set 5500 /);
	});

	it("translates without connection state and keeps ports, and drops all else that comes for X.210 (STR-17)", () => {
		assert.deepEqual(rulesOf(router(SECOND_FORM), "untracked"), [
			"type filter hook prerouting priority raw; policy accept;",
			'iifname "wan0" ip saddr { 10.1.0.0/24, 10.3.0.0/24 } drop',
			'iifname "wan0" ip daddr 10.3.0.0/24 drop',
			'iifname "wan0" ip daddr 198.20.0.210 udp dport 5000-5999 notrack ip daddr set 10.1.0.20 udp dport set 500 accept',
			'iifname "wan0" ip daddr 198.20.0.210 drop',
			'iifname "c0" ip saddr 10.3.0.20 meta l4proto udp notrack accept',
			'iifname "c0" drop',
		]);
		assert.deepEqual(
			rulesOf(router(SECOND_FORM), "media")[1],
			'oifname "wan0" ip saddr 10.3.0.20 meta l4proto udp ip saddr set 198.20.0.210 accept',
		);
		assert.deepEqual(rulesOf(router(SECOND_FORM), "forward").slice(0, 3), [
			POLICY_DROP,
			'oifname "c0" drop',
			'iifname "c0" oifname "wan0" ip saddr 10.3.0.20 meta l4proto udp accept',
		]);
	});

	it("lets nothing in to X.210 in the first form (STR-6)", () => {
		const set = router(FIRST_FORM);
		assert.ok(!set.includes("udp dport"), set);
		assert.match(set, /ip daddr 198\.20\.0\.210 counter drop/);
	});

	it("treats clients by the longest prefix first (STR-4)", () => {
		const table = `${SECOND_FORM}
8.8.0.0/16 rtp send 10.3.0.20 as 198.20.0.211
8.8.8.0/24 rtp send 10.3.0.21 as 198.20.0.212`;
		const rules = rulesOf(router(table), "media").slice(1);
		assert.deepEqual(rules, [
			'oifname "wan0" ip saddr 10.3.0.21 ip daddr 8.8.8.0/24 meta l4proto udp ip saddr set 198.20.0.212 accept',
			'oifname "wan0" ip saddr 10.3.0.20 ip daddr 8.8.0.0/16 meta l4proto udp ip saddr set 198.20.0.211 accept',
			'oifname "wan0" ip saddr 10.3.0.20 meta l4proto udp ip saddr set 198.20.0.210 accept',
		]);
	});

	it("serves a home with one interface, one public address and one box (STR-24)", () => {
		const plan = planRoutes(fileOf(ONE_INTERFACE));
		assert.ok(plan.routerIsFirewall);
		assert.deepEqual(plan.mediaOnly, []);
		const set = routerRules(plan);
		assert.match(
			set,
			/ip daddr 198\.20\.0\.110 udp dport 6000-6099 notrack ip daddr set 192\.168\.1\.10 counter accept/,
		);
		assert.match(set, /iifname "lan" ip saddr 192\.168\.1\.10 udp sport 6000-6099 notrack accept/);
		// Other programs of the LAN get none of the ports that reports come to.
		assert.match(set, /meta l4proto udp snat ip to 198\.20\.0\.110:6100-65535/);
		assert.match(set, /iifname "wan0" oifname "lan" ip daddr 192\.168\.1\.10 udp dport 6000-6099 counter accept/);
		assert.ok(!set.includes("{  }"), set);
	});

	it("never leads packets from the Internet into the media network, whatever a row says", () => {
		const table = SECOND_FORM.replace("receive  10.1.0.20:500 ", "receive  10.3.0.20:500 ");
		assert.deepEqual(planRoutes(fileOf(table)).inward, []);
	});

	it("does not take all UDP of an address of the LAN for media", () => {
		const table = ONE_INTERFACE.replace("send  192.168.1.10:6000-6099  as 198.20.0.110", "send 198.20.0.10")
			.replace("both  192.168.1.10:6000-6099  as 198.20.0.110", "none as 198.20.0.10")
			.replace("network lan 192.168.1.0/24", "network lan 192.168.1.0/24 198.20.0.0/28");
		assert.equal(planRoutes(fileOf(table)).outward.length, 1);
		assert.ok(!router(table).includes("notrack"), router(table));
	});

	it("plans nothing for IPv6 rows and for other private networks", () => {
		const { outward, inward } = planRoutes(
			fileOf(`network lan 10.1.0.0/24\n172.16.0.0/12 rtp send 10.1.0.10\ninternet rtp send 2001:db8::1`),
		);
		assert.deepEqual([outward, inward], [[], []]);
	});

	it("says in words what passes, and which routes belong to it (STR-15)", () => {
		const words = describeRoutes(fileOf(SECOND_FORM)).join("\n");
		for (const expected of [
			"Control: RTSP at 10.1.0.10, TCP port 8554; seen from the Internet as 198.20.0.110, port 8554.",
			"Clients in lan, RTCP: sent and received at 10.1.0.20, any port.",
			"The firewall passes from outside: TCP port 8554 of 10.1.0.10 (control), UDP port 500 of 10.1.0.20 (reports).",
			"to 10.1.0.20, port 500, without connection state: enough for 500 streams at once.",
			"ip route replace default via 198.20.0.9 dev wan0",
			"ip route replace 10.1.0.0/24 via 10.2.0.2 dev fw0",
			"ip route replace default via 10.2.0.1 dev out0",
			"ip rule add from 10.3.0.0/24 table 100",
		])
			assert.ok(words.includes(expected), `${expected}\nnot in\n${words}`);
		assert.match(
			describeRoutes(fileOf(FIRST_FORM)).join("\n"),
			/a port of 198\.20\.0\.210, any port is advertised that nobody/,
		);
	});
});
