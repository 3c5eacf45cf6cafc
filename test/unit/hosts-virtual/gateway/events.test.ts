import assert from "node:assert/strict";
import { Home } from "./home";

const TARGET = "/evt/0";
const CALLBACK = "<http://192.168.0.11:8000/events>";

/** Sends SUBSCRIBE or UNSUBSCRIBE from the first camera. */
function subscribe(home: Home, fields: Record<string, string>, method = "SUBSCRIBE", target = TARGET) {
	const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
	return home.exchange(`${method} ${target} HTTP/1.1\r\nHost: 192.168.0.1:5000\r\n${lines.join("")}\r\n`);
}

function sidOf(header: string): string {
	return /\r\nSID: (\S+)/.exec(header)?.[1] ?? "";
}

/** Collects the events that reach the first camera. */
function listen(home: Home): string[] {
	const events: string[] = [];
	home.cameras[0].network.listen(
		{ address: "192.168.0.11", port: 8000 },
		{
			opened() {},
			failed() {},
			accepted: (stream) => ({
				room() {},
				received: (bytes) => {
					events.push(Buffer.from(bytes).toString());
					stream.end();
				},
				ended() {},
				gone() {},
			}),
		},
	);
	return events;
}

describe("hosts-virtual/gateway/events", () => {
	it("confirms a subscription, sends the initial event, and one for several changes within 200 ms", () => {
		const home = new Home({ eventTimeout: 300 });
		const events = listen(home);
		const answer = subscribe(home, { CALLBACK, NT: "upnp:event", TIMEOUT: "Second-1800" });
		assert.equal(answer.status, 200);
		assert.match(answer.header, /\r\nSID: uuid:\S+\r\nTIMEOUT: Second-300\r\n/);
		home.world.runFor(500);
		home.add(8080);
		home.add(8081);
		home.world.runFor(500);
		home.gateway.setWanAddress("198.20.0.9");
		home.world.runFor(500);
		assert.deepEqual(
			events.map((event) => [
				/\r\nSEQ: (\d+)/.exec(event)?.[1],
				/NumberOfEntries>(\d+)/.exec(event)?.[1],
				/ExternalIPAddress>([\d.]+)/.exec(event)?.[1],
			]),
			[
				["0", "0", "198.20.0.1"],
				["1", "2", "198.20.0.1"],
				["2", "2", "198.20.0.9"],
			],
		);
		assert.ok(events.every((event) => event.includes(`\r\nSID: ${sidOf(answer.header)}\r\n`)));
	});

	it("renews and cancels by SID, and refuses unknown ones with 412", () => {
		const home = new Home({ eventTimeout: 60 });
		const sid = sidOf(subscribe(home, { CALLBACK, NT: "upnp:event" }).header);
		home.world.runFor(50000);
		assert.equal(subscribe(home, { SID: sid }).status, 200);
		home.world.runFor(50000);
		assert.equal(home.gateway.events.size, 1);
		assert.equal(subscribe(home, { SID: `${sid}x` }).status, 412);
		assert.equal(subscribe(home, { SID: sid }, "UNSUBSCRIBE").status, 200);
		assert.equal(subscribe(home, { SID: sid }, "UNSUBSCRIBE").status, 412);
		assert.equal(home.gateway.events.size, 0);
	});

	for (const [title, fields, status] of [
		["a callback at another machine (E14)", { CALLBACK: "<http://192.168.0.12:8000/>", NT: "upnp:event" }, 412],
		["a callback by https", { CALLBACK: "<https://192.168.0.11:8000/>", NT: "upnp:event" }, 412],
		["no callback", { NT: "upnp:event" }, 412],
		["no NT", { CALLBACK }, 412],
	] as const) {
		it(`refuses ${title} with ${status}`, () => assert.equal(subscribe(new Home(), fields).status, status));
	}

	it("ends a subscription that is not renewed, and all at a restart", () => {
		const home = new Home({ eventTimeout: 60 });
		subscribe(home, { CALLBACK, NT: "upnp:event" });
		home.world.runFor(61000);
		assert.equal(home.gateway.events.size, 0);
		subscribe(home, { CALLBACK, NT: "upnp:event" });
		home.gateway.restart();
		assert.equal(home.gateway.events.size, 0);
	});

	it("has no eventSubURL and answers 404 where events are switched off", () => {
		const home = new Home({ events: false });
		assert.match(home.get("/rootDesc.xml").body, /<eventSubURL><\/eventSubURL><SCPDURL>\/WANIP/);
		assert.equal(subscribe(home, { CALLBACK, NT: "upnp:event" }).status, 404);
	});

	it("answers other methods with 405", () => {
		assert.equal(subscribe(new Home(), {}, "POST").status, 405);
	});
});
