import assert from "node:assert/strict";
import { REGISTERED_RELAYS_MAX, RegisteredRelays } from "../../../src/relay/registered-relays";
import type { Registration } from "../../../src/relay/registration";
import { relayUrl } from "../../../src/relay/relay-address";
import { CLOCKS_DIFFER_MAX, ReplayWindow } from "../../../src/relay/replay-window";

function registration(relay: string, more: Partial<Registration> = {}): Registration {
	const ports = { httpPort: 8080, rtspPort: 8554, secure: false, reports: true };
	return { relay, time: 1, nonce: "", host: "", prefix: "home/", room: 2, used: [], ...ports, ...more };
}

describe("relay/registered-relays", () => {
	it("forgets a relay that has fallen silent (ONE-7)", () => {
		const relays = new RegisteredRelays();
		assert.equal(relays.take(0, registration("east"), "192.0.2.1", 300), true);
		assert.equal(relays.get(299, "east")?.host, "192.0.2.1");
		assert.equal(relays.get(300, "east"), undefined);
		assert.deepEqual(relays.list(300), []);
	});

	it("chooses the relay with the most room, and counts the viewers that it sends there (ONE-7)", () => {
		const relays = new RegisteredRelays();
		relays.take(0, registration("east", { room: 2 }), "192.0.2.1", 300);
		relays.take(0, registration("west", { room: 3 }), "192.0.2.2", 300);
		relays.take(0, registration("full", { room: 0 }), "192.0.2.3", 300);
		const chosen = Array.from({ length: 6 }, () => relays.choose(1, () => true)?.name ?? "");
		assert.deepEqual(chosen, ["west", "east", "west", "east", "west", ""]);
		relays.take(1, registration("east"), "192.0.2.1", 300);
		assert.equal(
			relays.choose(1, ({ name }) => name !== "east"),
			undefined,
		);
		assert.equal(relays.choose(1, () => true)?.name, "east");
	});

	it("takes a limited number of relays", () => {
		const relays = new RegisteredRelays();
		for (let i = 0; i < REGISTERED_RELAYS_MAX; i++)
			assert.equal(relays.take(0, registration(`r${i}`), "192.0.2.1", 300), true);
		assert.equal(relays.take(0, registration("more"), "192.0.2.1", 300), false);
		assert.equal(relays.take(0, registration("r0", { room: 9 }), "192.0.2.1", 300), true, "it is known");
		assert.equal(relays.take(300, registration("more"), "192.0.2.1", 300), true, "the others are gone");
	});

	it("makes the URLs of contents", () => {
		const place = { host: "relay.example", httpPort: 8080, rtspPort: 8554, secure: false, prefix: "home/" };
		assert.equal(relayUrl("http", place, "garage", "r.1"), "http://relay.example:8080/home/garage?link=r.1");
		assert.equal(
			relayUrl("rtsp", { ...place, host: "2001:db8::1", secure: true }, "garage/h264", ""),
			"rtsps://[2001:db8::1]:8554/home/garage/h264",
		);
		assert.equal(relayUrl("rtsp", { ...place, rtspPort: 0 }, "garage", "r.1"), "");
	});
});

describe("relay/replay-window", () => {
	const START = 1_800_000_000_000;

	it("takes each message once, and none that is older than another of its relay", () => {
		const window = new ReplayWindow(START);
		assert.equal(window.take("east", START + 10, START + 20), true);
		assert.equal(window.take("east", START + 10, START + 20), false);
		assert.equal(window.take("east", START + 9, START + 20), false);
		assert.equal(window.take("west", START + 9, START + 20), true);
		assert.equal(window.take("east", START + 11, START + 20), true);
	});

	it("takes none from before the start: it may have been taken then", () => {
		assert.equal(new ReplayWindow(START).take("east", START, START), false);
	});

	it("takes none of a clock that differs too much", () => {
		const window = new ReplayWindow(START);
		const now = START + CLOCKS_DIFFER_MAX + 2;
		assert.equal(window.take("east", START + 1, now), false);
		assert.equal(window.take("east", now + CLOCKS_DIFFER_MAX + 1, now), false);
		assert.equal(window.take("east", Number.NaN, now), false);
		assert.equal(window.take("east", now + CLOCKS_DIFFER_MAX, now), true);
	});

	it("remembers a limited number of relays, without taking copies of those forgotten", () => {
		const window = new ReplayWindow(START);
		for (let i = 1; i <= 300; i++) assert.equal(window.take(`r${i}`, START + i, START + 1000), true, `${i}`);
		for (let i = 1; i <= 300; i++) assert.equal(window.take(`r${i}`, START + i, START + 1000), false, `${i}`);
	});
});
