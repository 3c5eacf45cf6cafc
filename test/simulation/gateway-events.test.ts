import assert from "node:assert/strict";
import { EVENT_BODY_MAX, EVENT_CALLBACK_TARGET } from "../../src/gateway/event-subscription";
import type { MappingRequest } from "../../src/gateway/wanted-mapping";
import type { GatewayRig } from "../support/gateway-rig";
import { GatewayHome } from "../support/virtual-gateway-home";
import { dial } from "../unit/hosts-virtual/sinks";

const RTSP: MappingRequest = { protocol: "TCP", internalPort: 8554, candidates: [8554, 8555], service: "rtsp" };
const CALLBACK_PORT = 8000;
/** Longer than an event with its moderation and the look that follows, much shorter than any poll. */
const SOON = 2500;

/** A representative with events that has settled. */
function settled(home: GatewayHome): GatewayRig {
	const rig = home.rig("representative");
	rig.listen(CALLBACK_PORT);
	rig.want(RTSP);
	home.world.runUntil(() => home.table.length === 2 && rig.client.hasEvents, 12000);
	home.world.runFor(12000);
	return rig;
}

function count(rig: GatewayRig, request: string): number {
	return rig.requests.filter((each) => each === request).length;
}

describe("simulation/gateway-events", () => {
	it("subscribes once, takes the initial event, and renews at half the time granted (IMG-30)", () => {
		const home = new GatewayHome({ eventTimeout: 120 });
		const rig = settled(home);
		assert.deepEqual([rig.client.hasEvents, home.gateway.events.size, count(rig, "SUBSCRIBE")], [true, 1, 1]);
		assert.equal(rig.notified[0], 200);
		home.world.runFor(600000);
		assert.deepEqual([home.gateway.events.size, count(rig, "SUBSCRIBE")], [1, 11]);
		assert.deepEqual(rig.client.eventCounters, { accepted: rig.notified.length, rejected: 0, missed: 0 });
	});

	it("reports a new external address at once instead of at the next poll (IMG-5)", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		home.gateway.setWanAddress("198.20.0.77");
		home.world.runFor(SOON);
		assert.equal(rig.of("address").at(-1)?.address, "198.20.0.77");
	});

	it("sends a slow gateway one liveness request at a time, however often it is asked", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		const before = count(rig, "POST GetStatusInfo");
		for (let i = 0; i < 100; i++) rig.client.askSign(rig);
		home.world.runFor(1000);
		assert.deepEqual([count(rig, "POST GetStatusInfo") - before, rig.of("sign").length], [1, 1]);
		rig.client.askSign(rig);
		home.world.runFor(1000);
		assert.equal(rig.of("sign").length, 2);
	});

	it("restores a mapping at once that the gateway has lost", () => {
		const home = new GatewayHome();
		settled(home);
		const before = home.table;
		home.gateway.loseMappings();
		home.world.runFor(SOON);
		assert.deepEqual(home.table, before);
	});

	it("reads the table at once when another camera has got a port (IMG-9)", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		const other = home.rig("own");
		home.world.runUntil(() => other.of("mapped").length > 0, 12000);
		home.world.runFor(SOON);
		const entries = rig.of("table").at(-1)?.entries ?? [];
		assert.deepEqual(entries.map(({ externalPort }) => externalPort).sort(), [8080, 8081, 8554]);
	});

	it("asks at most once a second, however many events come", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		const before = count(rig, "POST GetGenericPortMappingEntry");
		for (let i = 0; i < 50; i++) {
			home.add(9000 + i, 1);
			home.world.runFor(100);
		}
		const walks = rig.of("table").length;
		home.world.runFor(SOON);
		assert.ok(walks < 15, `${walks} walks`);
		assert.ok(count(rig, "POST GetGenericPortMappingEntry") > before);
	});

	it("reads everything when an event was missed", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		const polls = count(rig, "POST GetExternalIPAddress");
		home.gateway.quirks.dropsEvents = 1;
		home.add(9000, 1);
		home.world.runFor(1000);
		home.add(9001, 1);
		home.world.runFor(SOON);
		assert.equal(rig.client.eventCounters.missed, 1);
		assert.ok(count(rig, "POST GetExternalIPAddress") > polls);
	});

	it("subscribes again when the gateway has forgotten it, and after a reboot", () => {
		const home = new GatewayHome({ eventTimeout: 120, forgetsSubscriptions: true });
		const rig = settled(home);
		home.world.runFor(200000);
		assert.ok(count(rig, "SUBSCRIBE") >= 5);
		assert.equal(rig.client.hasEvents, true);
		home.gateway.quirks.forgetsSubscriptions = false;
		home.gateway.restart({ away: 1000 });
		home.world.runUntil(() => home.gateway.events.size === 1, 30000);
		home.world.runFor(10000);
		home.gateway.setWanAddress("198.20.0.78");
		home.world.runFor(SOON);
		assert.equal(rig.of("address").at(-1)?.address, "198.20.0.78");
	});

	it("cancels the subscription when it leaves, after the mappings are deleted", () => {
		const home = new GatewayHome();
		const rig = settled(home);
		rig.leave();
		home.world.runFor(1000);
		assert.deepEqual([rig.of("left").length, home.gateway.events.size, home.table], [1, 0, []]);
		assert.equal(rig.requests.at(-1), "UNSUBSCRIBE");
	});

	it("does without events where the gateway sends none, or no callback port is set; polling stays", () => {
		const silent = new GatewayHome({ events: false });
		const one = silent.rig("representative");
		one.listen(CALLBACK_PORT);
		const home = new GatewayHome();
		const two = home.rig("representative");
		for (const [each, rig] of [
			[silent, one],
			[home, two],
		] as const) {
			each.world.runUntil(() => rig.of("mapped").length > 0, 12000);
			each.world.runFor(5000);
			each.gateway.setWanAddress("198.20.0.77");
			each.world.runFor(SOON);
			assert.notEqual(rig.of("address").at(-1)?.address, "198.20.0.77");
			each.world.runFor(61000);
			assert.equal(rig.of("address").at(-1)?.address, "198.20.0.77");
			assert.equal(count(rig, "SUBSCRIBE"), 0);
			rig.leave();
			each.world.runFor(1000);
			assert.equal(count(rig, "UNSUBSCRIBE"), 0);
		}
	});

	it("asks a gateway that refuses subscriptions again after ten minutes, not before", () => {
		const home = new GatewayHome({ eventTimeout: 1800 });
		const rig = home.rig("own");
		// The gateway refuses a callback at another address than the subscriber's.
		home.gateway.events.answer = () => ({ status: 500, body: "" });
		rig.listen(CALLBACK_PORT);
		home.world.runFor(590000);
		assert.equal(count(rig, "SUBSCRIBE"), 1);
		home.world.runFor(30000);
		assert.equal(count(rig, "SUBSCRIBE"), 2);
	});

	describe("security", () => {
		const EVENT =
			'<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property><ExternalIPAddress>6.6.6.6</ExternalIPAddress></e:property></e:propertyset>';

		/** Sends an event to the rig from a machine of the LAN, or from the gateway itself. @returns the status */
		function send(home: GatewayHome, from: "gateway" | "camera", fields: Record<string, string>, body = EVENT): number {
			const network = from === "gateway" ? home.gateway.machine.network : home.cameras[1].network;
			const stream = dial(network, "192.168.0.11", CALLBACK_PORT);
			let head = `NOTIFY ${EVENT_CALLBACK_TARGET} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n`;
			for (const [name, value] of Object.entries(fields)) head += `${name}: ${value}\r\n`;
			stream.write(`${head}\r\n${body}`);
			home.world.runFor(200);
			return Number(stream.text.slice(9, 12));
		}

		const cases: [string, "gateway" | "camera", (sid: string) => Record<string, string>, number, string?][] = [
			["from another machine", "camera", (sid) => ({ ...valid(sid) }), 412],
			["with an unknown SID", "gateway", () => ({ ...valid("uuid:guessed") }), 412],
			["without a SID", "gateway", () => ({ NT: "upnp:event", NTS: "upnp:propchange", SEQ: "9" }), 412],
			["without NT", "gateway", (sid) => ({ NTS: "upnp:propchange", SID: sid, SEQ: "9" }), 400],
			["with another NTS", "gateway", (sid) => ({ ...valid(sid), NTS: "ssdp:alive" }), 400],
			["without SEQ", "gateway", (sid) => ({ NT: "upnp:event", NTS: "upnp:propchange", SID: sid }), 400],
			["whose body is not a property set", "gateway", (sid) => valid(sid), 400, "<html></html>"],
			["whose body is empty", "gateway", (sid) => valid(sid), 400, ""],
			["that is too long", "gateway", (sid) => valid(sid), 400, EVENT + " ".repeat(EVENT_BODY_MAX)],
		];

		function valid(sid: string): Record<string, string> {
			return { NT: "upnp:event", NTS: "upnp:propchange", SID: sid, SEQ: "9" };
		}

		for (const [title, from, fields, status, body] of cases) {
			it(`rejects an event ${title} with ${status}, and asks the gateway nothing`, () => {
				const home = new GatewayHome();
				const rig = settled(home);
				const sid = `uuid:${home.gateway.uuid}1000`;
				const asked = rig.requests.length;
				assert.equal(send(home, from, fields(sid), body), status);
				assert.equal(rig.requests.length, asked);
				assert.equal(rig.client.eventCounters.rejected, 1);
			});
		}

		it("does not believe an event: it asks the gateway", () => {
			const home = new GatewayHome();
			const rig = settled(home);
			assert.equal(send(home, "gateway", valid(`uuid:${home.gateway.uuid}1000`)), 200);
			home.world.runFor(SOON);
			assert.deepEqual(
				rig.of("address").map(({ address }) => address),
				["198.20.0.1"],
			);
		});

		it("ignores an event that was repeated", () => {
			const home = new GatewayHome();
			const rig = settled(home);
			const fields = { ...valid(`uuid:${home.gateway.uuid}1000`), SEQ: "0" };
			const asked = rig.requests.length;
			assert.equal(send(home, "gateway", fields), 200);
			assert.equal(rig.requests.length, asked);
		});
	});
});
