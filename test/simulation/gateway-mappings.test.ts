import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { Prng } from "../../src/base/prng";
import type { MappingRequest, WantedMapping } from "../../src/gateway/wanted-mapping";
import { seedsUpTo } from "../support/seeds";
import { GatewayHome } from "../support/virtual-gateway-home";

const RTSP: MappingRequest = { protocol: "TCP", internalPort: 8554, candidates: [8554, 8555, 8556], service: "rtsp" };
const RTP: MappingRequest = { protocol: "UDP", internalPort: 5004, candidates: [5004, 5006, 5008], service: "rtp" };
const RTCP: MappingRequest = { protocol: "UDP", internalPort: 5005, candidates: [5005, 5007, 5009], service: "rtcp" };
/** The same external port as the pages of the first camera without the representative's port, but UDP. */
const PEER: MappingRequest = { protocol: "UDP", internalPort: 4000, candidates: [8081], service: "p2p" };
const ALL = [RTSP, RTP, RTCP, PEER];

const METHODS: readonly (readonly [string, Partial<GatewayQuirks>])[] = [
	["UPnP", {}],
	["PCP", { upnp: false, pcp: true }],
	["NAT-PMP", { upnp: false, natPmp: true }],
];

/** Time in which every mapping exists, by any method. */
const PATIENCE = 12000;

function mapped(home: GatewayHome, wanted: readonly WantedMapping[], limit = PATIENCE): void {
	home.world.runUntil(() => wanted.every(({ state }) => state === "mapped"), limit);
	assert.deepEqual(
		wanted.map(({ state }) => state),
		wanted.map(() => "mapped"),
	);
}

/** A camera with all its mappings. */
function allMapped() {
	const home = new GatewayHome();
	const rig = home.rig("representative");
	mapped(
		home,
		ALL.map((request) => rig.want(request)),
	);
	return { home, rig };
}

describe("simulation/gateway-mappings", () => {
	for (const [by, quirks] of METHODS) {
		it(`keeps TCP and UDP mappings beside the port of the pages by ${by} (IMG-6)`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("representative");
			const wanted = ALL.map((request) => rig.want(request));
			mapped(home, wanted);
			const expected = [
				"TCP 8080 -> 192.168.0.11:8000",
				"TCP 8554 -> 192.168.0.11:8554",
				"UDP 5004 -> 192.168.0.11:5004",
				"UDP 5005 -> 192.168.0.11:5005",
				"UDP 8081 -> 192.168.0.11:4000",
			];
			home.world.runUntil(() => home.table.length === 5, 2000);
			// Leases of 60 and 600 seconds are renewed many times.
			for (let minute = 0; minute < 30; minute++) {
				assert.deepEqual(home.table, expected, `minute ${minute}`);
				home.world.runFor(60000);
			}
			assert.deepEqual(
				wanted.map((each) => [rig.story(each), each.by]),
				[
					[["mapped 8554"], by],
					[["mapped 5004"], by],
					[["mapped 5005"], by],
					[["mapped 8081"], by],
				],
			);
			assert.deepEqual(rig.of("lost"), []);
		});

		it(`deletes all of them when it leaves, by ${by} (IMG-20)`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("representative");
			mapped(
				home,
				ALL.map((request) => rig.want(request)),
			);
			home.world.runUntil(() => home.table.length === 5, 2000);
			rig.leave();
			home.world.runUntil(() => rig.of("left").length === 1, 2100);
			home.world.runFor(100);
			assert.deepEqual([rig.of("left").length, home.table], [1, []]);
		});

		it(`maps the same ports again after a reboot, by ${by}`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("representative");
			const wanted = ALL.map((request) => rig.want(request));
			mapped(home, wanted);
			home.world.runUntil(() => home.table.length === 5, 2000);
			const before = home.table;
			for (const graceful of [true, false]) {
				home.gateway.restart({ away: 3000, graceful });
				home.world.runFor(2900);
				assert.deepEqual(home.table, []);
				home.world.runUntil(() => home.table.length === 5, 320000);
				assert.deepEqual(home.table, before);
			}
			for (const each of wanted) assert.equal(rig.story(each).length, 1);
		});

		it(`takes the next candidate where another camera has one, by ${by}`, () => {
			const home = new GatewayHome(quirks);
			const [first, second] = [home.rig("representative"), home.rig("own")];
			const a = [RTSP, RTP].map((request) => first.want(request));
			mapped(home, a);
			const b = [RTSP, RTP].map((request) => second.want(request));
			mapped(home, b);
			assert.deepEqual(
				[...a, ...b].map(({ externalPort }) => externalPort),
				[8554, 5004, 8555, by === "UPnP" ? 5006 : 5005],
			);
			first.leave();
			home.world.runFor(700000);
			assert.deepEqual(
				b.map(({ state }) => state),
				["mapped", "mapped"],
			);
		});

		it(`deletes one mapping that is not wanted any more, by ${by}`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("own");
			const [rtsp, rtp] = [RTSP, RTP].map((request) => rig.want(request));
			mapped(home, [rtsp, rtp]);
			rig.forget(rtsp);
			home.world.runFor(1000);
			assert.deepEqual([rtsp.state, rtsp.externalPort, rtp.state], ["released", 0, "mapped"]);
			assert.equal(
				home.table.some((line) => line.includes("8554")),
				false,
			);
			rig.forget(rtsp);
			mapped(home, [rig.want(RTSP)]);
		});

		it(`deletes all when port assignment is switched off, and maps them again when it is on, by ${by} (IMG-7)`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("representative");
			const wanted = [RTSP, RTP].map((request) => rig.want(request));
			mapped(home, wanted);
			home.world.runUntil(() => home.table.length === 3, 2000);
			rig.assign(false);
			home.world.runFor(1000);
			assert.deepEqual([home.table, wanted.map(({ state }) => state)], [[], ["waiting", "waiting"]]);
			home.world.runFor(700000);
			assert.deepEqual(home.table, []);
			rig.assign(true);
			mapped(home, wanted);
			assert.deepEqual(rig.story(wanted[0]), ["mapped 8554", "lost: switched-off", "mapped 8554"]);
		});
	}

	it("requests only the wanted ports while no target is set", () => {
		for (const [, quirks] of METHODS) {
			const home = new GatewayHome(quirks);
			mapped(home, [home.rig().want(RTSP)]);
			home.world.runFor(20000);
			assert.deepEqual(home.table, ["TCP 8554 -> 192.168.0.11:8554"]);
		}
	});

	it("moves from PCP to UPnP when a UPnP gateway appears", () => {
		const home = new GatewayHome({ upnp: false, pcp: true });
		const rig = home.rig("representative");
		const wanted = rig.want(RTSP);
		mapped(home, [wanted]);
		home.gateway.quirks.upnp = true;
		home.gateway.applyServices();
		home.world.runUntil(() => wanted.by === "UPnP", 130000);
		assert.deepEqual(rig.story(wanted), ["mapped 8554", "lost: upnp-found", "mapped 8554"]);
		home.world.runFor(1000);
		assert.deepEqual(home.table, ["TCP 8080 -> 192.168.0.11:8000", "TCP 8554 -> 192.168.0.11:8554"]);
	});

	it("reports a refusal when others have all candidates, and tries again every minute", () => {
		const home = new GatewayHome();
		const [first, second] = [home.rig("representative"), home.rig("own")];
		const one = { ...RTSP, candidates: [8554] };
		mapped(home, [first.want(one)]);
		const wanted = second.want(one);
		home.world.runUntil(() => wanted.state === "refused", PATIENCE);
		assert.deepEqual([wanted.state, wanted.diagnosis], ["refused", "no-port"]);
		home.world.runFor(200000);
		assert.deepEqual(second.story(wanted), ["refused: no-port"]);
		first.leave();
		mapped(home, [wanted], 62000);
		assert.equal(wanted.externalPort, 8554);
	});

	it("takes another candidate when the gateway has given its port to another camera", () => {
		const home = new GatewayHome();
		const [first, second] = [home.rig("representative"), home.rig("own")];
		const wanted = first.want(RTSP);
		mapped(home, [wanted]);
		home.world.runFor(10000);
		home.gateway.loseMappings();
		mapped(home, [second.want(RTSP)]);
		home.world.runUntil(() => wanted.externalPort === 8555, 62000);
		assert.deepEqual(first.story(wanted), ["mapped 8554", "lost: reassigned", "mapped 8555"]);
	});

	for (const [title, quirks, story] of [
		["takes permanent leases only (quirk 1)", { leases: "permanent-725" }, "mapped 8554"],
		["says the same by 402 (quirk 2)", { leases: "permanent-402" }, "mapped 8554"],
		["refuses permanent leases (quirk 2)", { leases: "finite-402" }, "mapped 8554"],
		["uses the port itself (quirk 5)", { routerPorts: [8554] }, "mapped 8555"],
		["says 718 although there is no entry (quirk 3)", { phantomConflicts: [8554] }, "mapped 8555"],
		["says yes and does nothing (quirk 5)", { adding: "nothing" }, "refused: gateway-lies"],
		["has a full table (quirk 6)", { tableSize: 0 }, "refused: table-full"],
		["has the permission switched off (quirk 4)", { permissionOff: true }, "refused: permission"],
		["maps nothing below 9000 (quirk 22)", { minimumPort: 9000 }, "refused: permission"],
	] as const satisfies readonly (readonly [string, Partial<GatewayQuirks>, string])[]) {
		it(`${story} on a gateway that ${title}`, () => {
			const home = new GatewayHome(quirks);
			const rig = home.rig("own");
			const wanted = rig.want(RTSP);
			home.world.runUntil(() => rig.story(wanted).length > 0, 60000);
			home.world.runFor(20000);
			assert.deepEqual(rig.story(wanted), [story]);
		});
	}

	it("takes over its own mapping from before a restart, even if that led to another port", () => {
		const home = new GatewayHome();
		const before = home.rig("own");
		mapped(home, [before.want({ ...RTSP, internalPort: 9554 })]);
		before.close();
		home.world.runFor(1000);
		const id = before.client.settings.id;
		const after = home.rig("own", { id }, home.cameras[0]);
		const wanted = after.want(RTSP);
		mapped(home, [wanted]);
		assert.equal(wanted.externalPort, 8554);
		assert.ok(home.table.includes("TCP 8554 -> 192.168.0.11:8554"));
	});

	it("never asks for an external port that another of its own mappings has", () => {
		const home = new GatewayHome();
		const rig = home.rig();
		const first = rig.want({ protocol: "TCP", internalPort: 9000, candidates: [8081] });
		const second = rig.want({ protocol: "TCP", internalPort: 9001, candidates: [8081, 8082] });
		const udp = rig.want({ protocol: "UDP", internalPort: 9000, candidates: [8081] });
		mapped(home, [first, second, udp]);
		rig.setAim("own");
		home.world.runUntil(() => rig.of("mapped").length > 0, PATIENCE);
		assert.deepEqual(
			[first, second, udp].map(({ externalPort }) => externalPort),
			[8081, 8082, 8081],
		);
		assert.equal(rig.of("mapped")[0].externalPort, 8083);
	});

	it("puts service and name into the description, and does not list the service as a camera (IMG-11, IMG-15)", () => {
		const home = new GatewayHome();
		const rig = home.rig("representative");
		mapped(home, [rig.want(RTSP)]);
		home.world.runUntil(() => rig.of("mapped").length > 0, PATIENCE);
		rig.rename("Hof");
		home.world.runFor(70000);
		assert.deepEqual(
			home.gateway.table
				.all()
				.map((m) => m.description)
				.sort(),
			["Porthole/test 3f9a20 Hof", "Porthole/test 3f9a20/rtsp Hof"],
		);
		const entries = rig.of("table").at(-1)?.entries ?? [];
		assert.deepEqual(entries.map((e) => [e.externalPort, e.ours?.name]).sort(), [
			[8080, "Hof"],
			[8554, undefined],
		]);
	});

	it("deletes its mappings on a gateway that has just restarted, whenever it leaves (IMG-20)", () => {
		for (let delay = 0; delay < 3000; delay += 29) {
			const home = new GatewayHome({ leaseFile: true });
			const rig = home.rig("representative");
			home.world.runUntil(() => home.table.length === 1, 12000);
			home.world.runFor(12000);
			home.gateway.restart({ away: 3000 });
			home.world.runFor(2900);
			home.world.runUntil(() => rig.client.status().name !== "", 20000);
			home.world.runFor(delay % 200);
			home.gateway.restart({ away: 50 });
			home.world.runFor(100 + delay);
			rig.leave();
			home.world.runFor(5000);
			assert.deepEqual([home.table, rig.of("left").length], [[], 1], `${delay} ms after the restart`);
		}
	});

	it("leaves after two seconds if the gateway does not answer any more (IMG-20)", () => {
		const { home, rig } = allMapped();
		home.gateway.quirks.deadFor = 1e9;
		rig.leave();
		home.world.runFor(1990);
		assert.equal(rig.of("left").length, 0);
		home.world.runFor(20);
		assert.equal(rig.of("left").length, 1);
	});

	it("deletes all mappings of a slow gateway, which takes 300 ms to answer, when it leaves (IMG-20)", () => {
		const { home, rig } = allMapped();
		home.gateway.quirks.latency = 300;
		rig.leave();
		home.world.runFor(4000);
		assert.deepEqual([home.table, rig.of("left").length], [[], 1]);
	});

	for (const [title, request] of [
		["no candidate", { ...RTSP, candidates: [] }],
		["too many candidates", { ...RTSP, candidates: Array.from({ length: 17 }, (_, i) => 9000 + i) }],
		["candidate 0", { ...RTSP, candidates: [0] }],
		["candidate 65536", { ...RTSP, candidates: [65536] }],
		["half a port", { ...RTSP, candidates: [80.5] }],
		["the representative's port", { ...RTSP, candidates: [8080] }],
		["an impossible internal port", { ...RTSP, internalPort: -1 }],
		["a service name with a space", { ...RTSP, service: "a b" }],
		["a service name that is too long", { ...RTSP, service: "abcdefg" }],
	] as const) {
		it(`throws a RangeError for ${title}`, () => {
			assert.throws(() => new GatewayHome().rig().want(request), RangeError);
		});
	}

	it("throws a RangeError for an internal port that is wanted already, and for a seventeenth mapping", () => {
		const rig = new GatewayHome().rig();
		rig.want(RTSP);
		assert.throws(() => rig.want({ ...RTSP, candidates: [9000] }), RangeError);
		for (let i = 1; i < 16; i++) rig.want({ protocol: "UDP", internalPort: 9000 + i, candidates: [9000 + i] });
		assert.throws(() => rig.want(RTP), RangeError);
	});

	for (const [by, quirks] of METHODS) {
		it(`agrees with the gateway's table after any sequence of events, and leaves nothing behind, by ${by}`, () => {
			for (let seed = 1; seed <= seedsUpTo(8); seed++) {
				const random = new Prng(seed);
				const home = new GatewayHome(quirks);
				const rigs = [home.rig("representative"), home.rig("own")];
				const handles: WantedMapping[][] = [[], []];
				for (let step = 0; step < 25; step++) {
					const at = random.below(2);
					const [rig, mine] = [rigs[at], handles[at]];
					switch (random.below(6)) {
						case 0:
						case 1: {
							const n = random.below(20);
							const request: MappingRequest = {
								protocol: random.chance(0.5) ? "TCP" : "UDP",
								internalPort: 9000 + n,
								candidates: [9000 + n, 9100 + n],
							};
							const same = mine.some(
								(w) => w.request.internalPort === request.internalPort && w.request.protocol === request.protocol,
							);
							if (!same && mine.length < 16) mine.push(rig.want(request));
							break;
						}
						case 2:
							if (mine.length > 0) rig.forget(mine.splice(random.below(mine.length), 1)[0]);
							break;
						case 3:
							home.gateway.restart({ away: random.below(4000), graceful: random.chance(0.5) });
							break;
						case 4:
							home.gateway.loseMappings();
							break;
						case 5:
							rig.assign(false);
							home.world.runFor(random.below(3000));
							rig.assign(true);
							break;
					}
					home.world.runFor(random.below(20000));
				}
				home.world.runFor(400000);
				for (const [at, mine] of handles.entries()) {
					for (const { state, request, externalPort } of mine) {
						assert.equal(state, "mapped", `seed ${seed}`);
						const line = `${request.protocol} ${externalPort} -> 192.168.0.${11 + at}:${request.internalPort}`;
						assert.ok(home.table.includes(line), `seed ${seed}: ${line}`);
					}
				}
				for (const rig of rigs) rig.leave();
				home.world.runFor(3000);
				// What a gateway that was away could not delete ends with its lease.
				home.world.runFor(700000);
				assert.deepEqual(home.table, [], `seed ${seed}`);
			}
		});
	}
});
