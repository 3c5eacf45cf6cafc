import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../../../hosts/virtual/gateway/quirks";
import { VirtualGateway } from "../../../../hosts/virtual/gateway/virtual-gateway";
import { Lan } from "../../../../hosts/virtual/lan";
import { UdpRecorder } from "../sinks";
import { codeOf, Home, mapping, soap } from "./home";

const IGD1 = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
const IGD2 = "urn:schemas-upnp-org:device:InternetGatewayDevice:2";
const PATH = "/rootDesc.xml";

function field(answer: string, name: string): string | undefined {
	return new RegExp(`\r\n${name}: (.*)\r\n`).exec(answer)?.[1];
}

describe("hosts-virtual/gateway/ssdp-http", () => {
	it("answers searches by multicast and unicast with its location", () => {
		const home = new Home();
		for (const to of ["239.255.255.250", "192.168.0.1"]) {
			const [answer, ...more] = home.search(IGD1, to);
			assert.deepEqual(more, []);
			assert.ok(answer.startsWith("192.168.0.1:1900 HTTP/1.1 200 OK\r\n"));
			assert.equal(field(answer, "LOCATION"), "http://192.168.0.1:5000/rootDesc.xml");
			assert.equal(field(answer, "ST"), IGD1);
			assert.equal(field(answer, "BOOTID.UPNP.ORG"), "1");
		}
		assert.equal(home.search("ssdp:all").length, 6);
		assert.deepEqual(home.search("urn:schemas-upnp-org:device:MediaServer:1"), []);
		assert.deepEqual(home.search(`uuid:${home.gateway.uuid}0`).length, 1);
	});

	it("announces itself at the start and every half minute, and sends byebye", () => {
		const home = new Home();
		const { network } = home.cameras[0];
		const path = network.paths()[0];
		const ear = new UdpRecorder(network, { port: 1900, reuse: true, path, groups: ["239.255.255.250"] });
		home.world.runFor(60_000);
		assert.equal(ear.heard.filter((text) => text.includes("NTS: ssdp:alive")).length, 12);
		home.gateway.restart({ away: 3000 });
		home.world.runFor(100);
		assert.equal(ear.heard.filter((text) => text.includes("NTS: ssdp:byebye")).length, 6);
		home.world.runFor(3000);
		const last = ear.heard[ear.heard.length - 1];
		assert.ok(last.includes("NTS: ssdp:alive"));
		assert.equal(field(last, "BOOTID.UPNP.ORG"), "2");
	});

	const searches: [string, Partial<GatewayQuirks>, string, string, number][] = [
		["13: answers the version asked", { igd: 2 }, IGD1, "239.255.255.250", 1],
		["13: answers its own version only", { igd: 2, answersOtherVersions: false }, IGD1, "239.255.255.250", 0],
		["13: answers its own version only", { igd: 2, answersOtherVersions: false }, IGD2, "239.255.255.250", 1],
		["14: multicast only", { answersUnicast: false }, IGD1, "192.168.0.1", 0],
		["14: unicast only", { answersMulticast: false }, IGD1, "239.255.255.250", 0],
		["UPnP off", { upnp: false }, IGD1, "239.255.255.250", 0],
	];
	for (const [title, quirks, st, to, count] of searches) {
		it(`quirk ${title}: ${count} answer(s) to ${st.slice(-1)} at ${to}`, () => {
			assert.equal(new Home(quirks).search(st, to).length, count);
		});
	}

	it("quirk 13: answers ssdp:all with another version than the description's (E1)", () => {
		const home = new Home({ ssdpDisagrees: true });
		assert.ok(home.search("ssdp:all").some((answer) => field(answer, "ST") === IGD2));
		assert.ok(home.get(PATH).body.includes(IGD1));
	});

	it("quirk 14: answers ssdp:all with a WFADevice only", () => {
		const answers = new Home({ ssdpAllYieldsFirst: true }).search("ssdp:all");
		assert.equal(answers.length, 1);
		assert.ok(answers[0].includes("WFADevice"));
	});

	it("quirk 15: is strict about MAN, MX and the empty line; garbles answers to two searches at once", () => {
		const home = new Home({ strictSsdp: true });
		assert.equal(home.search(IGD1).length, 1);
		assert.equal(home.search(IGD1, undefined, "MAN: ssdp:discover\r\nMX: 1\r\n").length, 0);
		assert.equal(home.search(IGD1, undefined, 'MAN: "ssdp:discover"\r\n').length, 0);
		const fritz = new Home({ garblesSearchesWithin: 100 });
		const ends = fritz.cameras.map(({ network }) => new UdpRecorder(network, { port: 0, path: network.paths()[0] }));
		fritz.world.runFor(1);
		for (const end of ends) end.say(`M-SEARCH * HTTP/1.1\r\nST: ${IGD1}\r\n\r\n`, "239.255.255.250", 1900);
		fritz.world.runFor(100);
		assert.equal(ends.filter((end) => end.heard[0].endsWith("\r\n\r\n")).length, 1);
	});

	it("quirk 15: resets a second request while one is under way", () => {
		const home = new Home({ oneRequestAtATime: true, latency: 50 });
		const [a, b] = [0, 1].map((camera) => home.open(soap("GetStatusInfo", {}), undefined, camera));
		home.world.runFor(500);
		assert.deepEqual([a.why, b.why].sort(), ["closed", "reset"]);
		assert.equal(codeOf(home.call("GetStatusInfo")), 200);
	});

	it("quirk 8: changes control port and path at a restart; the old port refuses connections", () => {
		const home = new Home({ controlPortMoves: true, controlPathMoves: true });
		home.gateway.restart({ away: 1000 });
		home.world.runFor(1100);
		assert.equal(home.get(PATH, 5000).why, "refused");
		assert.equal(home.gateway.controlPort, 5007);
		assert.ok(home.get(PATH).body.includes("<controlURL>/ctl2/IPConn</controlURL>"));
		assert.equal(codeOf(home.call("GetStatusInfo", {}, 0, "/ctl2/IPConn")), 200);
	});

	it("quirk 10: is an access point that answers first", () => {
		const home = new Home({ searchDelay: 50 });
		const nowhere = new Lan(home.world);
		const quirks = { accessPoint: true, searchDelay: 0 };
		const inside = { address: "192.168.0.2" };
		new VirtualGateway(home.world, { lan: home.lan, wan: nowhere, inside, quirks, name: "access point" });
		home.world.runFor(10);
		const answers = home.search(IGD1);
		assert.deepEqual(
			answers.map((answer) => answer.slice(0, answer.indexOf(":"))),
			["192.168.0.2", "192.168.0.1"],
		);
	});

	it("quirk 11: names another host or anything in LOCATION; answers from another port", () => {
		const cases: [Partial<GatewayQuirks>, string][] = [
			[{ locationHost: "192.168.0.200" }, "http://192.168.0.200:5000/rootDesc.xml"],
			[{ location: "http://8.8.8.8/x" }, "http://8.8.8.8/x"],
		];
		for (const [quirks, location] of cases) {
			assert.equal(field(new Home(quirks).search(IGD1)[0], "LOCATION"), location);
		}
		const [answer] = new Home({ answersFromOtherPort: true }).search(IGD1);
		assert.ok(answer.startsWith("192.168.0.1:") && !answer.startsWith("192.168.0.1:1900 "));
	});

	const urls: [Partial<GatewayQuirks>, string, number, string][] = [
		[{}, "<controlURL>/ctl/IPConn</controlURL>", 5000, "/ctl/IPConn"],
		[{ controlUrl: "relative" }, "<controlURL>ctl/IPConn</controlURL>", 5000, "/ctl/IPConn"],
		[
			{ controlUrl: "relative", urlBase: "with-path" },
			"<URLBase>http://192.168.0.1:5000/base/</URLBase>",
			5000,
			"/base/ctl/IPConn",
		],
		[{ urlBase: "no-slash" }, "<URLBase>http://192.168.0.1:5000</URLBase>", 5000, "/ctl/IPConn"],
		[{ urlBase: "root" }, "<URLBase>http://192.168.0.1:5000/</URLBase>", 5000, "/ctl/IPConn"],
		[{ controlUrl: "absolute" }, "<controlURL>http://192.168.0.1:5000/ctl/IPConn<", 5000, "/ctl/IPConn"],
		[{ controlUrl: "query" }, "<controlURL>/ctl?service=IPConn<", 5000, "/ctl?service=IPConn"],
		[{ controlUrl: "other-port" }, "<controlURL>http://192.168.0.1:5001/ctl/IPConn<", 5001, "/ctl/IPConn"],
		[{ whitespaceInTags: true }, "<controlURL > \r\n/ctl/IPConn\r\n\t </controlURL > ", 5000, "/ctl/IPConn"],
		[{ controlUrlText: "http://8.8.8.8/" }, "<controlURL>http://8.8.8.8/</controlURL>", 5000, "/ctl/IPConn"],
	];
	for (const [quirks, text, port, target] of urls) {
		it(`quirk 18: ${text.trim()} leads to ${port}${target}`, () => {
			const home = new Home(quirks);
			const { body } = home.get(PATH);
			assert.ok(body.includes(text), body);
			assert.equal(codeOf(home.exchange(soap("GetStatusInfo", {}, target), port)), 200);
			assert.equal(codeOf(home.exchange(soap("GetStatusInfo", {}, "/wrong"), port)), 404);
		});
	}

	it("quirks 13, 17: describes the version, the services and the organisation that are set", () => {
		const body = new Home({ igd: 2 }).get(PATH).body;
		assert.ok(body.includes(IGD2) && body.includes("service:WANIPConnection:2"));
		const old = new Home({ dslforum: true, services: [{ kind: "WANPPPConnection", version: 1, connected: true }] });
		assert.ok(old.get(PATH).body.includes("urn:dslforum-org:service:WANPPPConnection:1"));
		assert.equal(old.search("urn:dslforum-org:device:InternetGatewayDevice:1").length, 1);
	});

	const framings: [GatewayQuirks["framing"], RegExp][] = [
		["length", /\r\nContent-Length: \d+\r\n/],
		["tight", /\r\nCONTENT-LENGTH:\d+/],
		["close", /^((?!length|chunked).)*$/is],
		["chunked", /\r\nTransfer-Encoding: chunked/],
	];
	for (const [framing, pattern] of framings) {
		it(`quirk 20: frames answers by ${framing}; sends a fault with 500 and a body`, () => {
			const home = new Home({ framing });
			const good = home.get(PATH);
			assert.match(good.header, pattern);
			assert.ok(good.body.includes("</root>"));
			const length = /length: ?(\d+)/i.exec(good.header)?.[1];
			if (length !== undefined) assert.equal(good.body.length, Number(length));
			if (framing === "chunked") assert.match(good.body, /^[0-9a-f]+\r\n<\?xml[\s\S]*\r\n0\r\n\r\n$/);
			const bad = home.call("Nonsense");
			assert.deepEqual([bad.status, codeOf(bad)], [500, 401]);
		});
	}

	it("harmful answers: oversized, redirected, garbage, slow, late, none for some requests or for good", () => {
		assert.ok(new Home({ oversize: 300_000 }).get(PATH).body.length > 300_000);
		const redirected = new Home({ redirect: "http://10.0.0.1/" }).get(PATH);
		assert.ok(redirected.status === 302 && redirected.header.includes("Location: http://10.0.0.1/"));
		const bodies = (["none", "empty", "binary", "html", "truncated", "deep"] as const).map(
			(garbage) => new Home({ garbage }).get(PATH).body,
		);
		assert.equal(new Set(bodies).size, 6);
		assert.ok(bodies[4].includes("<serviceType>") && !bodies[4].includes("/ctl/IPConn"));
		const slow = new Home({ dripOctets: 10, dripEvery: 1000 });
		const start = slow.world.now;
		const drip = slow.open(`GET ${PATH} HTTP/1.1\r\n\r\n`);
		slow.world.runFor(10_500);
		assert.ok(drip.octets >= 100 && drip.octets <= 110);
		assert.ok(slow.world.now - start > 10_000);
		const late = new Home({ latency: 5000 });
		const waiting = late.open(`GET ${PATH} HTTP/1.1\r\n\r\n`);
		late.world.runFor(4900);
		assert.equal(waiting.octets, 0);
		late.world.runFor(200);
		assert.ok(waiting.octets > 0);
		const dead = new Home({ deadFor: 2, deadAfter: 1 });
		const counts = [1, 2, 3, 4].map(() => dead.exchange(`GET ${PATH} HTTP/1.1\r\n\r\n`, 5000, 0, 1000).text.length > 0);
		assert.deepEqual(counts, [false, false, true, false]);
	});

	it("is not reachable for control from the Internet, and resets oversized requests", () => {
		const home = new Home();
		const answer = home.exchange("x".repeat(70_000));
		assert.equal(answer.text, "");
		const { network } = home.visitor;
		const probe = new UdpRecorder(network, { port: 0 });
		home.world.runFor(1);
		probe.say(`M-SEARCH * HTTP/1.1\r\nST: ${IGD1}\r\n\r\n`, "198.20.0.1", 1900);
		home.world.runFor(1000);
		assert.deepEqual(probe.heard, []);
	});

	it("quirk 16: a search sent on a network without a gateway finds nothing", () => {
		const home = new Home();
		const camera = home.cameras[0];
		const docker = new Lan(home.world);
		camera.attach(docker, { address: "172.17.0.1", prefix: 16 });
		const counts = camera.network.paths().map((path) => {
			const end = new UdpRecorder(camera.network, { port: 0, path });
			home.world.runFor(1);
			end.say(`M-SEARCH * HTTP/1.1\r\nST: ${IGD1}\r\n\r\n`, "239.255.255.250", 1900);
			home.world.runFor(100);
			return end.heard.length;
		});
		assert.deepEqual(counts, [1, 0]);
		assert.equal(codeOf(home.call("AddPortMapping", mapping(8080, camera.address))), 200);
	});
});
