import assert from "node:assert/strict";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { relayKeyOf, relayKeyText } from "../../src/relay/relay-key";
import { parseRelayTable } from "../../src/relay/relay-table-file";
import type { RelayOrigin } from "../../src/relay/relayed-content";
import { RegisteredRelay } from "../support/registered-relay";
import { type HomeCamera, VirtualHome, WAN } from "../support/virtual-home";
import { VirtualMjpegViewer } from "../support/virtual-mjpeg-viewer";
import { HomeNas } from "../support/virtual-nas";

const KEY = "a-key-of-the-whole-home";
const RELAY = "198.20.5.5";

/** The home as the relay `east` has it in its table. */
function homeOrigin(more: Partial<RelayOrigin> = {}): RelayOrigin {
	return { name: "home", url: `http://${WAN}:8080`, key: relayKeyOf(KEY, "east"), ...more };
}

/** A home with a camera that is the representative, on port 8080 of the router. */
function homeWithCamera(seed: number, settings: Readonly<Record<string, string>> = {}): [VirtualHome, HomeCamera] {
	const home = new VirtualHome(seed, { secure: false });
	home.extras = [RELAYS];
	const camera = home.add({ "fleet-key": KEY, ...settings });
	home.until(() => camera.port === 8080, 10_000, "a representative");
	return [home, camera];
}

/** The relays that a camera tells its owner of. */
function registered(home: VirtualHome, url = `http://${WAN}:8080`): readonly Record<string, unknown>[] {
	const reply = home.get(`${url}/api/v1/relays`, url.includes(WAN) ? home.visitor : home.neighbour);
	return JSON.parse(reply.slice(reply.indexOf("\r\n\r\n"))).relays;
}

describe("simulation/relay registration", () => {
	it("registers a relay from outside, which gets the cameras with passes (ONE-7)", () => {
		const [home, { camera }] = homeWithCamera(1);
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
		const { id } = camera.identity;
		const [content] = relay.contents;
		assert.deepEqual(
			[content.key, content.content, content.protocol, content.origin, content.needsLogin],
			[`home/${id}`, id, "http", "home", true],
		);
		assert.equal(content.isElsewhere, false, "the camera has the ledger");
		assert.match(content.url, /^http:\/\/198\.20\.0\.1:8080\/stream\.mjpeg\?pass=p\.[\w.]+$/);
		assert.deepEqual(registered(home), [
			{ name: "east", host: RELAY, httpPort: 8080, rtspPort: 8554, secure: false, room: 1000 },
		]);
		const [, , , ...path] = content.url.split("/");
		const viewer = new VirtualMjpegViewer(relay.machine, { address: WAN, port: 8080, target: `/${path.join("/")}` });
		home.until(() => viewer.pictures > 0, 3000, "a picture by the pass");
		viewer.leave();
	});

	it("says what to do next when it has no table", () => {
		const [home] = homeWithCamera(2);
		const lines = (origins: readonly RelayOrigin[]): string => new RegisteredRelay(home, "east", RELAY, origins).log;
		assert.match(lines([]), /nothing to relay yet: give it a table of cameras \(--relay-table FILE\)/);
		assert.doesNotMatch(lines([homeOrigin()]), /nothing to relay/);
	});

	it("renews the passes, so that one is good at any time (ONE-7)", () => {
		const [home] = homeWithCamera(2);
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
		const [content] = relay.contents;
		const before = content.url;
		for (let minute = 0; minute < 15; minute++) {
			home.world.runFor(60_000);
			assert.equal(relay.contents[0], content, "the monitor keeps the object");
			const [, , , ...path] = content.url.split("/");
			const viewer = new VirtualMjpegViewer(relay.machine, { address: WAN, port: 8080, target: `/${path.join("/")}` });
			home.until(() => viewer.status !== 0, 3000, "an answer");
			assert.equal(viewer.status, 200, `minute ${minute}`);
			viewer.leave();
		}
		assert.notEqual(content.url, before);
	});

	it("refuses a relay that has another key, and tells its owner (ONE-7)", () => {
		const [home] = homeWithCamera(3);
		for (const key of [relayKeyOf("a-key-of-another-home", "east"), relayKeyOf(KEY, "west")]) {
			const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin({ key })]);
			home.until(() => relay.relay.parts.some((part) => (part.notices?.() ?? []).length > 0), 10_000, "a notice");
			assert.deepEqual(relay.contents, []);
			assert.match(relay.log, /not registered with home at 198\.20\.0\.1:8080: it does not accept the key/);
			relay.relay.leave(() => {});
			relay.machine.crash();
		}
		assert.deepEqual(registered(home), []);
	});

	it("refuses a replayed registration (ONE-7)", () => {
		const [home] = homeWithCamera(4);
		const packets: string[] = [];
		home.internet.capture = (_at, { body }) => {
			const text = Buffer.from(body).toString("latin1");
			if (text.startsWith("POST /api/v1/relays ")) packets.push(text);
		};
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
		relay.relay.leave(() => {});
		home.world.runFor(1000);
		const [recorded] = packets;
		const [head, body] = recorded.split("\r\n\r\n");
		const [, field = ""] = /(Porthole-Relay: [^\r]*\r\n)/.exec(head) ?? [];
		const copy = home.exchange("POST", `http://${WAN}:8080/api/v1/relays`, body, field, home.visitor, 3000);
		assert.match(copy, /^HTTP\/1\.1 403 /);
		assert.doesNotMatch(copy, /pass=/);
		assert.equal(registered(home)[0].host, RELAY, "the relay's own registration stays");
		const other = body.replace("room=1000", "room=9000");
		const changed = home.exchange("POST", `http://${WAN}:8080/api/v1/relays`, other, field, home.visitor, 3000);
		assert.match(changed, /^HTTP\/1\.1 403 /);
		assert.ok(changed.length < head.length + body.length, "no answer is longer than the question");
	});

	it("forgets a relay that has gone, and takes it again (ONE-7)", () => {
		const [home] = homeWithCamera(5);
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
		relay.machine.crash();
		home.world.runFor(310_000);
		assert.deepEqual(registered(home), []);
		relay.restart();
		home.world.runFor(10_000);
		assert.equal(registered(home).length, 1);
	});

	it("keeps registering after the origin was away, and knows its cameras meanwhile (ONE-8)", () => {
		const [home, camera] = homeWithCamera(6);
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
		camera.crash();
		home.world.runFor(200_000);
		assert.equal(relay.contents.length, 1);
		camera.restart();
		home.until(() => camera.port === 8080, 30_000, "a representative");
		home.until(() => camera.log.match(/east has registered/g)?.length === 2, 90_000, "the relay");
		assert.equal(registered(home).length, 1);
	});

	it("asks again soon when the origin has no address yet, and so no URLs to give (ONE-8)", () => {
		const [home, camera] = homeWithCamera(7);
		const { addresses } = camera.camera;
		const { paths } = addresses;
		addresses.paths = [];
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.until(() => relay.log.includes("it answers 503"), 5000, "the refusal");
		assert.equal(relay.contents.length, 0);
		addresses.paths = paths;
		home.until(() => relay.contents.length > 0, 10_000, "the cameras");
	});

	it("registers with every member that has relays, by a NAS too (ONE-7, ONE-8)", () => {
		const home = new VirtualHome(7, { secure: false });
		const plain = home.add({ "fleet-key": KEY });
		home.until(() => plain.port === 8080, 10_000, "a representative");
		home.extras = [RELAYS];
		home.add({ "fleet-key": KEY });
		const nas = new HomeNas(home, 50, { "fleet-key": KEY });
		const { self } = nas.nas.fleet;
		home.until(() => home.cameras[1].port !== 0 && self.externalPort !== 0, 10_000, "all have ports");
		home.world.runFor(8000);
		const url = `http://${WAN}:${self.externalPort}`;
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin({ url })]);
		home.until(() => relay.contents.length === 2, 10_000, "both cameras, and no NAS");
		home.world.runFor(5000);
		assert.equal(registered(home, url).length, 1);
		assert.equal(registered(home, `http://${WAN}:${home.cameras[1].port}`).length, 1, "the other member");
		const plainReply = home.get(`http://${WAN}:8080/api/v1/relays`);
		assert.match(plainReply, /^HTTP\/1\.1 404 /, "a camera without room for relays knows nothing of them");
		for (const { url, isElsewhere } of relay.contents) {
			assert.match(url, /pass=/);
			assert.equal(isElsewhere, true, "the NAS has the ledger (ONE-9)");
		}
	});

	it("has no relays in a fleet without a key", () => {
		const [home] = homeWithCamera(8, { "fleet-key": "" });
		const relay = new RegisteredRelay(home, "east", RELAY, [homeOrigin()]);
		home.world.runFor(10_000);
		assert.deepEqual(relay.contents, []);
		assert.match(home.get(`http://${WAN}:8080/relays`), /Relays need a fleet with a key/);
	});

	it("shows the owner the key of a relay (REP-12)", () => {
		const [home] = homeWithCamera(9);
		const reply = home.post(`http://${WAN}:8080/api/v1/relays/key`, "name=east");
		const key = relayKeyText(relayKeyOf(KEY, "east"));
		const { line } = JSON.parse(reply.slice(reply.indexOf("\r\n\r\n")));
		assert.equal(line, `origin home ${key} http://${WAN}:8080`);
		const table = parseRelayTable(line);
		assert.ok("origins" in table && table.origins[0].url === `http://${WAN}:8080`);
		assert.match(home.post(`http://${WAN}:8080/api/v1/relays/key`, "name=a+b"), /^HTTP\/1\.1 400 /);
	});
});
