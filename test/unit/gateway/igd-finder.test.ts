import assert from "node:assert/strict";
import { utf8Encode } from "../../../src/base/text";
import type { Path } from "../../../src/core/path";
import type { Igd } from "../../../src/gateway/igd";
import { IgdFinder } from "../../../src/gateway/igd-finder";
import { RequestQueue } from "../../../src/gateway/request-queue";
import { buildAlive, buildByebye, buildSearchResponse, parseSsdp } from "../../../src/wire/ssdp";
import { nameOf, PATH, RecordingOutbox, soapAnswer, WANIP } from "./recording-outbox";

const IGD1 = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
const ROUTER = "192.168.0.1";
const ACCESS_POINT = "192.168.0.2";

const SEARCH_RESPONSE = buildSearchResponse(
	{ location: `http://${ROUTER}:5000/desc.xml`, server: "x", bootId: 1 },
	IGD1,
	"uuid:1",
);

/** How a device of the bench behaves. */
interface Device {
	readonly status?: string | number | undefined;
	readonly address?: string | number | undefined;
	/** The types of its services. @default one WANIPConnection */
	readonly services?: readonly string[];
	/** Which of the services is connected, by its place in the description. @default all */
	readonly connected?: number;
	/** Status of the description. @default 200 */
	readonly found?: number;
}

/** A finder with devices that answer its requests at once. */
class Bench {
	readonly out = new RecordingOutbox();
	readonly queue = new RequestQueue();
	readonly chosen: { at: number; igd: Igd }[] = [];
	readonly finder = new IgdFinder(this.queue, (at, igd) => void this.chosen.push({ at, igd }));
	now = 0;

	constructor(readonly devices: Readonly<Record<string, Device>> = {}) {}

	search(...paths: Path[]): void {
		this.finder.search(this.now, paths.length > 0 ? paths : [PATH], this.out);
	}

	/** An answer to a search. */
	hear(from: string, more: { st?: string; location?: string; path?: Path } = {}): void {
		const { st = IGD1, location = `http://${from}:5000/desc.xml`, path = PATH } = more;
		const bytes = buildSearchResponse({ location, server: "x", bootId: 1 }, st, "uuid:1");
		this.finder.receive(this.now, path, from, bytes, this.out);
		this.serve();
	}

	/** Calls `expire` at each deadline up to `until`. */
	run(until: number): void {
		while (this.finder.deadline <= until) {
			this.now = this.finder.deadline;
			this.finder.expire(this.now, this.out);
			this.serve();
		}
		this.now = until;
	}

	/** Answers the requests as the devices do. */
	serve(): void {
		for (let served = 0; served < this.out.requests.length; served++) {
			const request = this.out.requests[served];
			const device = this.devices[request.address] ?? {};
			const { services = [WANIP], found = 200 } = device;
			const down = device.connected !== undefined && request.target !== `/ctl${device.connected}`;
			const status = "status" in device ? device.status : down ? "Disconnected" : "Connected";
			const address = "address" in device ? device.address : "198.20.0.1";
			if (request.method === "GET") {
				const list = services.map(
					(type, i) => `<service><serviceType>${type}</serviceType><controlURL>/ctl${i}</controlURL></service>`,
				);
				const body = new Uint8Array(
					Buffer.from(`<root><friendlyName>${request.address}</friendlyName>${list.join("")}</root>`),
				);
				this.queue.answered(this.now, request.id, { status: found, fields: [], body }, this.out);
				continue;
			}
			const action = nameOf(request);
			const said = action === "GetStatusInfo" ? status : address;
			const value = action === "GetStatusInfo" ? "NewConnectionStatus" : "NewExternalIPAddress";
			const answer =
				said === undefined ? undefined : soapAnswer(action, typeof said === "number" ? said : { [value]: said });
			this.queue.answered(this.now, request.id, answer, this.out);
		}
	}

	get found(): string | undefined {
		return this.chosen.at(-1)?.igd.service.control.address;
	}
}

describe("gateway/igd-finder", () => {
	it("searches for six targets twice, by multicast and by unicast to the default gateway (quirk 14)", () => {
		const bench = new Bench();
		bench.search();
		bench.run(600);
		const searches = bench.out.sent.map(({ address, port, bytes }) => {
			assert.equal(port, 1900);
			return `${address} ${parseSsdp(bytes)?.fields.get("st")}`;
		});
		assert.deepEqual([searches.length, new Set(searches).size], [24, 12]);
		assert.equal(searches.filter((each) => each.startsWith("239.255.255.250 ")).length, 12);
		assert.equal(searches.filter((each) => each.startsWith(`${ROUTER} `)).length, 12);
	});

	it("spaces the targets of a search by 30 ms (quirk 15)", () => {
		const bench = new Bench();
		bench.search();
		for (const [until, count] of [
			[29, 2],
			[30, 4],
			[119, 8],
			[120, 10],
			[150, 12],
			[399, 12],
			[400, 14],
		]) {
			bench.run(until);
			assert.equal(bench.out.sent.length, count, `at ${until} ms`);
		}
	});

	it("searches on every interface, by multicast only where the router is unknown (quirk 16)", () => {
		const bench = new Bench();
		bench.search(PATH, { name: "tun0", address: "10.8.0.2", prefix: 24 });
		assert.deepEqual(
			bench.out.sent.map(({ address }) => address),
			["239.255.255.250", ROUTER, "239.255.255.250"],
		);
	});

	it("chooses the default gateway as soon as it has answered (quirk 10)", () => {
		const bench = new Bench();
		bench.search();
		bench.run(50);
		bench.hear(ROUTER);
		assert.deepEqual([bench.found, bench.chosen[0].at, bench.finder.deadline], [ROUTER, 50, Infinity]);
		assert.equal(bench.chosen[0].igd.name, ROUTER);
	});

	it("waits two seconds for the default gateway when another device answers first (quirk 10)", () => {
		const bench = new Bench();
		bench.search();
		bench.hear(ACCESS_POINT);
		assert.equal(bench.out.requests.length, 0);
		bench.run(1000);
		bench.hear(ROUTER);
		assert.equal(bench.found, ROUTER);
		bench.search();
		bench.hear(ACCESS_POINT);
		bench.run(bench.now + 2000);
		assert.equal(bench.found, ACCESS_POINT);
	});

	const choices: [string, Readonly<Record<string, Device>>, string | undefined][] = [
		[
			"one with a public address to the default gateway with a private one",
			{ [ROUTER]: { address: "10.0.0.1" } },
			ACCESS_POINT,
		],
		[
			"one that is connected to the default gateway that is not",
			{ [ROUTER]: { status: "Disconnected" } },
			ACCESS_POINT,
		],
		[
			"one that answers to the default gateway that does not",
			{ [ROUTER]: { status: undefined, address: undefined } },
			ACCESS_POINT,
		],
		["one whose description is found", { [ROUTER]: { found: 404 } }, ACCESS_POINT],
		["the default gateway that says Up (quirk 17)", { [ROUTER]: { status: "Up" } }, ROUTER],
		["the default gateway that has an address but no status", { [ROUTER]: { status: 401 } }, ROUTER],
		[
			"a private address to none",
			{ [ROUTER]: { address: "10.0.0.1" }, [ACCESS_POINT]: { status: "Disconnected" } },
			ROUTER,
		],
		[
			"the default gateway with an address that is not connected to an access point that is not either (quirk 17)",
			{
				[ROUTER]: { status: "Disconnected", address: "10.0.0.1" },
				[ACCESS_POINT]: { status: "Connecting", address: "10.0.0.2" },
			},
			ROUTER,
		],
		[
			"none to a default gateway that is not connected and has no address",
			{
				[ROUTER]: { status: "Disconnected", address: "0.0.0.0" },
				[ACCESS_POINT]: { status: "Connecting", address: "" },
			},
			undefined,
		],
		[
			"the default gateway whose status is a number (quirk 17)",
			{ [ROUTER]: { status: "2151102420" }, [ACCESS_POINT]: { status: "Connecting" } },
			ROUTER,
		],
		[
			"an access point with a public address, whatever it says, to a default gateway that does not answer",
			{ [ROUTER]: { status: undefined, address: undefined }, [ACCESS_POINT]: { status: "Connecting" } },
			ACCESS_POINT,
		],
		[
			"none to an access point that is not connected",
			{ [ROUTER]: { found: 404 }, [ACCESS_POINT]: { status: "Disconnected", address: "" } },
			undefined,
		],
	];
	for (const [title, devices, expected] of choices) {
		it(`prefers ${title}`, () => {
			const bench = new Bench(devices);
			bench.search();
			bench.hear(ACCESS_POINT);
			bench.hear(ROUTER);
			bench.run(2000);
			assert.equal(bench.found, expected);
			const { status } = { status: "Connected", ...devices[expected ?? ACCESS_POINT] };
			assert.equal(bench.finder.unconnected, !["Connected", "Up", 401].includes(status ?? ""));
		});
	}

	it("takes the service that is connected (quirk 17)", () => {
		const services = [
			WANIP,
			"urn:schemas-upnp-org:service:WANPPPConnection:1",
			"urn:schemas-upnp-org:service:WANIPConnection:2",
		];
		const bench = new Bench({ [ROUTER]: { services, connected: 1 } });
		bench.search();
		bench.hear(ROUTER);
		assert.equal(bench.chosen[0].igd.service.type, services[1]);
	});

	it("searches again after 2, 4, 8 … seconds, at most a minute, and counts the searches (IMG-2)", () => {
		const bench = new Bench();
		const starts: number[] = [];
		bench.search();
		for (let i = 0; i < 8; i++) {
			bench.run(bench.now + 2000);
			assert.equal(bench.finder.fruitless, i + 1);
			starts.push(bench.finder.deadline - bench.now);
			bench.run(bench.finder.deadline);
		}
		assert.deepEqual(starts, [2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
		bench.hear(ROUTER);
		assert.equal(bench.finder.fruitless, 0);
	});

	for (const [title, more, from] of [
		["another kind of device", { st: "urn:schemas-upnp-org:device:MediaServer:1" }, ROUTER],
		["no usable LOCATION", { location: "https://192.168.0.1/" }, ROUTER],
		["an address outside the LAN", {}, "198.20.0.9"],
		["the camera's own address", {}, PATH.address],
	] as const) {
		it(`ignores an answer with ${title}`, () => {
			const bench = new Bench();
			bench.search();
			bench.hear(from, more);
			bench.run(2000);
			assert.equal(bench.out.requests.length, 0);
		});
	}

	it("asks the sender for the description, whatever host LOCATION names (quirk 11)", () => {
		const bench = new Bench();
		bench.search();
		bench.hear(ROUTER, { location: "http://10.9.8.7:49000/x.xml" });
		const [{ address, port, target }] = bench.out.requests;
		assert.deepEqual([address, port, target], [ROUTER, 49000, "/x.xml"]);
	});

	it("examines at most eight devices, and each place once", () => {
		const bench = new Bench();
		bench.search();
		for (let i = 0; i < 20; i++) for (let n = 0; n < 3; n++) bench.hear(`192.168.0.${100 + i}`);
		bench.run(2000);
		assert.equal(bench.out.requests.filter(({ method }) => method === "GET").length, 8);
	});

	it("keeps places for the default gateway", () => {
		const bench = new Bench();
		bench.search();
		for (let i = 0; i < 20; i++) bench.hear(`192.168.0.${100 + i}`);
		bench.hear(ROUTER);
		assert.equal(bench.found, ROUTER);
	});

	for (const [title, delay] of [
		["within the window", 1000],
		["after it", 3900],
		["during a later search", 60000],
	] as const) {
		it(`takes an answer that comes ${title}, and ends the search (quirk 29)`, () => {
			const bench = new Bench();
			bench.search();
			bench.run(delay);
			bench.hear(ROUTER);
			assert.deepEqual([bench.found, bench.chosen[0].at, bench.finder.deadline], [ROUTER, delay, Infinity]);
		});
	}

	for (const st of ["upnp:rootdevice", "uuid:00000000-0000-0000-0000-000000000001"]) {
		it(`takes an answer as ${st} from the default gateway only (quirk 29)`, () => {
			const bench = new Bench();
			bench.search();
			bench.hear(ACCESS_POINT, { st });
			bench.run(2000);
			assert.equal(bench.out.requests.length, 0);
			bench.hear(ROUTER, { st });
			assert.equal(bench.found, ROUTER);
		});
	}

	it("takes an announcement in place of an answer, and no farewell (quirk 29)", () => {
		const bench = new Bench();
		const device = { location: `http://${ROUTER}:5000/desc.xml`, server: "x", bootId: 1 };
		const announce = (bytes: Uint8Array) => {
			bench.finder.hear(bench.now, PATH, ROUTER, parseSsdp(bytes)!, bench.out);
			bench.serve();
		};
		announce(buildAlive(device, IGD1, "uuid:1"));
		assert.equal(bench.found, undefined);
		bench.search();
		announce(buildByebye(device, IGD1, "uuid:1"));
		assert.equal(bench.found, undefined);
		announce(buildAlive(device, IGD1, "uuid:1"));
		assert.equal(bench.found, ROUTER);
	});

	it("neither stops nor starts a search because of announcements of a device that is not a gateway", () => {
		const bench = new Bench({ [ROUTER]: { found: 404 } });
		const bytes = buildAlive({ location: `http://${ROUTER}:5000/desc.xml`, server: "x", bootId: 1 }, IGD1, "uuid:1");
		bench.search();
		for (let at = 0; at <= 60000; at += 500) {
			bench.run(at);
			bench.finder.hear(at, PATH, ROUTER, parseSsdp(bytes)!, bench.out);
			bench.serve();
		}
		// At 0, 4, 10, 20, 38 s.
		assert.deepEqual([bench.finder.fruitless, bench.out.sent.length], [5, 5 * 24]);
		assert.equal(bench.out.requests.length, 5);
	});

	it("gives up a device that takes too long, for the next", () => {
		const bench = new Bench();
		bench.search();
		bench.hear(ACCESS_POINT);
		bench.now = 2000;
		// The description, then one action of the first of eight services, each just before its time limit.
		bench.finder.expire(bench.now, bench.out);
		const { out, queue } = bench;
		const answer = (body: string) => {
			bench.now += 4900;
			queue.answered(bench.now, out.last.id, { status: 200, fields: [], body: utf8Encode(body) }, out);
		};
		const service = `<service><serviceType>${WANIP}</serviceType><controlURL>/c</controlURL></service>`;
		answer(`<root>${service.repeat(8)}</root>`);
		bench.finder.hear(bench.now, PATH, ROUTER, parseSsdp(SEARCH_RESPONSE)!, out);
		answer("");
		answer("");
		assert.equal(out.last.address, ROUTER);
		assert.ok(bench.now < 20000);
	});

	it("ignores answers after it was stopped", () => {
		const bench = new Bench();
		bench.search();
		bench.finder.stop();
		bench.hear(ROUTER);
		assert.deepEqual([bench.out.requests, bench.finder.deadline], [[], Infinity]);
	});
});
