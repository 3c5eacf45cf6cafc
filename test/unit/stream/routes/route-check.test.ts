import assert from "node:assert/strict";
import { Prng } from "../../../../src/base/prng";
import { parseAddressTable } from "../../../../src/stream/address/address-table-file";
import { checkRoutes } from "../../../../src/stream/routes/route-check";
import type { RouteFinding } from "../../../../src/stream/routes/route-finding";
import { planRoutes } from "../../../../src/stream/routes/route-plan";
import { firewallRules, routerRules } from "../../../../src/stream/routes/route-rules";
import { describeRoutes } from "../../../../src/stream/routes/route-summary";
import { mutate } from "../../../support/mutate";
import { FIRST_FORM, ONE_INTERFACE, SECOND_FORM } from "../../../support/stream-tables";

function findings(text: string): RouteFinding[] {
	const file = parseAddressTable(text);
	assert.ok("rows" in file, JSON.stringify(file));
	return checkRoutes(file);
}

const faults = (text: string): string[] =>
	findings(text)
		.filter(({ isFault }) => isFault)
		.map(({ message }) => message);
const notes = (text: string): string[] =>
	findings(text)
		.filter(({ isFault }) => !isFault)
		.map(({ message }) => message);

/** Replaces text that must be there. */
function changed(table: string, from: string, to: string): string {
	assert.ok(table.includes(from), from);
	return table.replace(from, to);
}

describe("stream/route-check", () => {
	for (const [name, table] of [
		["the first form", FIRST_FORM],
		["the second form", SECOND_FORM],
		["a home with one interface (STR-24)", ONE_INTERFACE],
	] as const)
		it(`finds no fault in ${name}`, () => assert.deepEqual(faults(table), []));

	it("says that control host and NAS can be two machines where requests and media have different addresses (STR-12)", () => {
		const isTold = (table: string): boolean =>
			notes(table).some((note) =>
				note.includes('"porthole stream-control --nas 10.1.0.20" and "porthole nas --link-port 8556"'),
			);
		assert.deepEqual([FIRST_FORM, SECOND_FORM, ONE_INTERFACE].map(isTold), [false, true, false]);
	});

	for (const [title, table, message] of [
		[
			"no LAN",
			changed(SECOND_FORM, "network lan", "network home").split("\nlan ").join("\nhome "),
			/No line "network lan/,
		],
		["overlapping networks", changed(SECOND_FORM, "10.3.0.0/24", "10.0.0.0/8"), /overlap, so no route/],
		["no control port", changed(SECOND_FORM, "control 10.1.0.10:8554 as 198.20.0.110", ""), /where RTSP requests go/],
		[
			"a control port in the media network",
			changed(SECOND_FORM, "control 10.1.0.10", "control 10.3.0.10"),
			/which nothing can enter/,
		],
		[
			"a private control address (STR-19)",
			changed(SECOND_FORM, "as 198.20.0.110", "as 192.168.7.1"),
			/192\.168\.7\.1 cannot be reached from the Internet: it is private/,
		],
		[
			"a control port that is not translated (STR-19)",
			changed(SECOND_FORM, " as 198.20.0.110", ""),
			/10\.1\.0\.10 cannot be reached/,
		],
		[
			"a private media address (STR-19)",
			changed(FIRST_FORM, "10.3.0.10    as 198.20.0.210", "10.3.0.10"),
			/10\.3\.0\.10 cannot be reached from the Internet/,
		],
		[
			"a shared address (RFC 6598)",
			changed(FIRST_FORM, "10.3.0.10    as 198.20.0.210", "10.3.0.10 as 100.64.0.1"),
			/it is shared/,
		],
		[
			"a bound address in no network",
			changed(SECOND_FORM, "both     10.1.0.20", "both     10.9.0.20"),
			/10\.9\.0\.20 is neither in the LAN nor/,
		],
		[
			"a LAN row with another advertised address",
			changed(SECOND_FORM, "both     10.1.0.20", "both 10.1.0.20 as 10.1.0.21"),
			/nothing translates between. Leave out "as 10\.1\.0\.21"/,
		],
		[
			"reports that enter the media network (STR-7)",
			changed(SECOND_FORM, "receive  10.1.0.20", "receive  10.3.0.20"),
			/Reports cannot come to 10\.3\.0\.20/,
		],
		[
			"a receiver whose ports nobody knows",
			changed(SECOND_FORM, "as 198.20.0.210:5000-5999", "as 198.20.0.210"),
			/must know which ports of 198\.20\.0\.210/,
		],
		["a range of receiving ports", changed(SECOND_FORM, "10.1.0.20:500 ", "10.1.0.20:500-600 "), /come to one port/],
		[
			"an advertised port that translation would have to change",
			changed(FIRST_FORM, "10.3.0.10    as 198.20.0.210", "10.3.0.10:5000-5999 as 198.20.0.210:7000-7999"),
			/keeps ports, so port 5000-5999 cannot be advertised as port 7000-7999/,
		],
		[
			"ranges of sender and receiver that differ",
			changed(SECOND_FORM, "10.3.0.20:5000-5999", "10.3.0.20:5000-5899"),
			/line 15 sends from port 5000-5899, this one receives at port 5000-5999/,
		],
		[
			"addresses of sender and receiver that differ",
			changed(SECOND_FORM, "as 198.20.0.210:5000", "as 198.20.0.211:5000"),
			/sends as 198\.20\.0\.210, this one receives at 198\.20\.0\.211/,
		],
		[
			"one even port for RTCP (STR-20)",
			changed(FIRST_FORM, "both     10.1.0.10", "both     10.1.0.10:6000"),
			/has no port that fits: RTCP ports are odd/,
		],
		[
			"one odd port for RTP (STR-20)",
			changed(FIRST_FORM, "send     10.1.0.10", "send     10.1.0.10:6001"),
			/has no port that fits: RTP ports are even/,
		],
		[
			"ranges without a pair (STR-20)",
			changed(SECOND_FORM, "10.3.0.20            as", "10.3.0.20:7000-7999 as"),
			/no such two among port 7000-7999 and port 5000-5999/,
		],
		[
			"a dummy port that is in use (STR-20)",
			`${SECOND_FORM}\n8.8.8.0/24 rtcp none as 198.20.0.210:5001`,
			/Port 5001 .* is to be a dummy .* one of the ports 5000-5999/,
		],
		[
			"the same row twice",
			`${SECOND_FORM}\ninternet rtp send 10.3.0.21 as 198.20.0.210`,
			/Line 14 says already how internet gets RTP/,
		],
		[
			"the same row twice by a network's number",
			`${SECOND_FORM}\n0.0.0.0/0 rtcp none as 198.20.0.210`,
			/Line 15 says already how 0\.0\.0\.0\/0 gets RTCP/,
		],
		[
			"LAN media for the Internet from any port",
			changed(ONE_INTERFACE, "send  192.168.1.10:6000-6099", "send  192.168.1.10"),
			/the router cannot tell media/,
		],
		[
			"media for the LAN from the media network",
			changed(FIRST_FORM, "send     10.1.0.10", "send     10.3.0.10"),
			/Nothing passes from 10\.3\.0\.10 in the media network to the LAN/,
		],
		[
			"the router's own address for media",
			changed(SECOND_FORM, "wan0 198.20.0.1 ", "wan0 198.20.0.210 "),
			/Media are advertised as 198\.20\.0\.210, which is the router's own/,
		],
		[
			"no interface to the Internet",
			changed(SECOND_FORM, "router   internet wan0 198.20.0.1 via 198.20.0.9", ""),
			/No line "router internet INTERFACE ADDRESS"/,
		],
		[
			"no interface to the media network",
			changed(SECOND_FORM, "router   media    c0   10.3.0.1", ""),
			/"router media INTERFACE/,
		],
		[
			"a router without a way to the firewall",
			changed(SECOND_FORM, "router   firewall fw0  10.2.0.1", ""),
			/"router firewall INTERFACE/,
		],
		["a firewall that is passed by", `${SECOND_FORM}\nrouter lan x0`, /the firewall would be passed by/],
		[
			"an interface address in another network",
			changed(SECOND_FORM, "c0   10.3.0.1", "c0   10.4.0.1"),
			/10\.4\.0\.1 is not in the network/,
		],
		[
			"an address of two machines",
			changed(SECOND_FORM, "c0   10.3.0.1", "c0   10.3.0.20"),
			/Two machines cannot have one address/,
		],
		[
			"an interface that leads to two sides",
			changed(SECOND_FORM, "c0   10.3.0.1", "fw0  10.3.0.1"),
			/Line 8 has this interface already|Line 7 has this interface already/,
		],
		[
			"a control port twice",
			`${SECOND_FORM}\ncontrol 10.1.0.11:8554 as 198.20.0.110`,
			/Line 4 has this control port already/,
		],
	] as const)
		it(`says why ${title} cannot work`, () => {
			const found = faults(table);
			assert.ok(
				found.some((fault) => message.test(fault)),
				found.join("\n"),
			);
		});

	it("lets two client networks have receivers of their own", () => {
		const other = "network other 8.0.0.0/8\nother rtcp receive 10.1.0.21:500 as 198.20.0.210:5000-5999";
		const sender = "other rtcp send 10.3.0.20:5000-5999 as 198.20.0.210";
		assert.deepEqual(faults(`${SECOND_FORM}\n${other}\n${sender}`), []);
	});

	it("names the line of a fault", () => {
		const [fault] = findings(changed(SECOND_FORM, "receive  10.1.0.20", "receive  10.3.0.20")).filter(
			({ isFault }) => isFault,
		);
		assert.equal(fault.line, 16);
	});

	for (const [title, table, message] of [
		[
			"a row for RTP to the Internet",
			changed(
				changed(FIRST_FORM, "internet  rtp   send     10.3.0.10    as 198.20.0.210", ""),
				"internet  rtcp  none                  as 198.20.0.210",
				"",
			),
			/Internet clients: no row sends RTP .* "internet rtp send ADDRESS" is missing/,
		],
		["a row for reports from the Internet", FIRST_FORM, /Internet clients: no row receives RTCP from them/],
		[
			"a row for reports from the LAN",
			changed(FIRST_FORM, "lan       rtcp  both     10.1.0.10", ""),
			/Clients in the LAN: no row receives RTCP .* "lan rtcp both/,
		],
		[
			"a row for reports to the Internet",
			changed(SECOND_FORM, "internet  rtcp  send     10.3.0.20:5000-5999  as 198.20.0.210", ""),
			/Internet clients: no row sends RTCP/,
		],
		["the media network", ONE_INTERFACE, /media leave by the LAN, through the firewall/],
		[
			"interfaces",
			SECOND_FORM.split("\n")
				.filter((line) => !/^(router|firewall)/.test(line))
				.join("\n"),
			/rule sets cannot be made/,
		],
	] as const)
		it(`says what does not work without ${title} (STR-24)`, () => {
			assert.ok(
				notes(table).some((note) => message.test(note)),
				notes(table).join("\n"),
			);
		});

	it("says that clients without rows get nothing by UDP where others are refused (STR-4, STR-24)", () => {
		const lan = FIRST_FORM.split("\n").filter((line) => !line.startsWith("internet"));
		for (const [end, decided] of [
			["", /by UDP is decided by the stream server's rule/],
			["others refused", /no row sends RTP to them, so they get nothing by UDP/],
		] as const)
			assert.ok(notes([...lan, end].join("\n")).some((note) => decided.test(note)));
	});

	it("says what else an administrator should know", () => {
		for (const [table, message] of [
			[SECOND_FORM, /Port 500 may only be opened by root/],
			[
				ONE_INTERFACE,
				/198\.20\.0\.110 serves both control and media: programs in the LAN cannot use its UDP ports 6000-6099/,
			],
			[SECOND_FORM.split("198.20.0").join("203.0.113"), /203\.0\.113\.210 is an address for examples/],
			[`${SECOND_FORM}\n172.16.0.0/12 rtp send 10.1.0.20`, /172\.16\.0\.0\/12 is a private network other than the LAN/],
			[`${SECOND_FORM}\ninternet rtp send 2001:db8::1`, /do not open a way for IPv6/],
			[`${SECOND_FORM}\n8.0.0.0/8 rtp send 10.3.0.21 as 198.20.0.210`, /Several addresses send as 198\.20\.0\.210/],
			[SECOND_FORM.split("5000-5999").join("5000-5001"), /With the ports 5000-5001 there can be one client at a time/],
			["network lan 10.1.0.0/24\ncontrol 10.1.0.10:8554\nlan rtp send 10.1.0.10", /no row receives RTCP/],
		] as const)
			assert.ok(
				notes(table).some((note) => message.test(note)),
				`${message}\n${notes(table).join("\n")}`,
			);
	});

	it("makes a plan of any table that is well formed", () => {
		const random = new Prng(7);
		for (let round = 0; round < 1500; round++) {
			const file = parseAddressTable(
				mutate(random, random.chance(0.5) ? SECOND_FORM : ONE_INTERFACE, "0123456789./:- asrtp\n"),
			);
			if (!("rows" in file)) continue;
			for (const { message } of checkRoutes(file)) assert.ok(message.endsWith(".") && message.length < 400, message);
			const plan = planRoutes(file);
			for (const text of [firewallRules(plan), routerRules(plan), ...describeRoutes(file)])
				assert.ok(!text.includes("undefined") && !text.includes("NaN"), text);
		}
	});
});
