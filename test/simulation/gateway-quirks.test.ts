import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { VirtualGateway } from "../../hosts/virtual/gateway/virtual-gateway";
import type { Diagnosis } from "../../src/gateway/diagnosis";
import { VirtualHome, WAN } from "../support/virtual-home";

/** Time in which a camera gets its port from any gateway that can be dealt with at all. */
const PATIENCE = 15000;

/** The expected result in a home with a quirk: the ports and the diagnoses at the end. */
interface Outcome {
	/** External ports of the cameras, in any order. @default 8080, 8081 */
	readonly ports?: readonly number[];
	readonly diagnoses?: readonly Diagnosis[];
	/** Cameras that start one after the other. @default 2 */
	readonly cameras?: number;
	/** Afterwards. */
	readonly after?: (home: VirtualHome) => void;
	readonly settings?: Readonly<Record<string, string>>;
}

function build(
	quirks: Partial<GatewayQuirks>,
	{ cameras = 2, ports = [8080, 8081], settings = {} }: Outcome,
	seed = 1,
): VirtualHome {
	const home = new VirtualHome(seed, quirks);
	for (let i = 0; i < cameras; i++) {
		const camera = home.add(settings);
		if (ports.length > i) home.until(() => camera.port !== 0, PATIENCE, `camera ${i + 1} has a port`);
	}
	return home;
}

function reachable(home: VirtualHome, port: number): boolean {
	return home.get(`http://${home.gateway.wanAddress}:${port}/snapshot.jpg`).startsWith("HTTP/1.1 200");
}

function check(home: VirtualHome, outcome: Outcome): void {
	const { ports = [8080, 8081], diagnoses = [] } = outcome;
	home.world.runFor(10000);
	assert.deepEqual(
		home.ports.filter((port) => port !== 0).sort((a, b) => a - b),
		[...ports],
	);
	for (const port of ports) assert.ok(reachable(home, port), `port ${port} leads to a camera`);
	for (const { camera } of home.cameras) {
		// What concerns the representative's port only its holder knows; it serves the page that says so.
		if (ports.includes(18080) && !camera.fleet.self.representative) continue;
		const found = camera.gateway.client
			.status()
			.diagnoses.filter((d) => d !== "permanent-leases" || diagnoses.includes(d));
		assert.deepEqual([...found].sort(), [...diagnoses].sort());
	}
	outcome.after?.(home);
}

/** The quirks of docs/gateway-quirks.md: number, description, switches, expected result. */
const CASES: readonly (readonly [string, string, Partial<GatewayQuirks>, Outcome?])[] = [
	["1", "takes permanent leases only (725)", { leases: "permanent-725" }, { diagnoses: ["permanent-leases"] }],
	["2", "refuses finite leases with 402", { leases: "permanent-402" }, { diagnoses: ["permanent-leases"] }],
	["2", "refuses permanent leases", { leases: "finite-402" }],
	[
		"2",
		"drops mappings with a lease at once",
		{ leases: "drops-finite", dropAfter: 0 },
		{ diagnoses: ["permanent-leases"] },
	],
	[
		"2",
		"drops mappings with a lease after a second",
		{ leases: "drops-finite", dropAfter: 1000 },
		{ diagnoses: ["permanent-leases"] },
	],
	[
		"3",
		"answers 718 for not authorized, and refuses deletions with 714",
		{ secure: true, addForeignCode: 718, deleteForeignCode: 714 },
	],
	[
		"3",
		"answers 718 although there is no entry",
		{ phantomConflicts: [8080] },
		{ ports: [8081, 18080], diagnoses: ["port-stuck"] },
	],
	["26", "lets anyone overwrite an entry", { checksConflicts: false }, { after: (s) => keeps(s, 120000) }],
	["3", "answers 718 to a camera's own renewal", { refusesRenewal: true }, { after: (s) => keeps(s, 120000) }],
	[
		"4",
		"has the permission of a FRITZ!Box switched off",
		{ permissionOff: true },
		{ ports: [], cameras: 1, diagnoses: ["permission"] },
	],
	[
		"5",
		"uses 8080 itself (729)",
		{ routerPorts: [8080] },
		{ ports: [8081, 18080], diagnoses: ["port-used-by-router"] },
	],
	["5", "answers 200 and maps nothing", { adding: "nothing" }, { ports: [], cameras: 1, diagnoses: ["gateway-lies"] }],
	["5", "maps to another machine", { adding: "other-client" }, { ports: [], cameras: 1, diagnoses: ["gateway-lies"] }],
	["6", "has a full table (728)", { tableSize: 0 }, { ports: [], cameras: 1, diagnoses: ["table-full"] }],
	[
		"6",
		"has a full table and answers 200",
		{ tableSize: 0, fullTable: "silent" },
		{ ports: [], cameras: 1, diagnoses: ["gateway-lies"] },
	],
	["7", "forgets mappings before their leases end", { forgetsAfter: 90000 }, { after: (s) => keeps(s, 600000) }],
	["7", "loses its table when it restarts", {}, { after: restarts }],
	["7", "keeps its table when it restarts", { leaseFile: true }, { after: restarts }],
	["7", "sends no events, and restarts", { events: false }, { after: restarts }],
	[
		"7",
		"forgets event subscriptions",
		{ eventTimeout: 30, forgetsSubscriptions: true },
		{ after: (s) => keeps(s, 120000) },
	],
	[
		"8",
		"has another control port and path after a restart",
		{ controlPortMoves: true, controlPathMoves: true },
		{ after: restarts },
	],
	["9", "keeps mappings to a camera's old address", { secure: true }, { after: movesHouse }],
	["11", "names another host in LOCATION", { locationHost: "10.9.8.7" }],
	["11", "names an IPv6 address in LOCATION", { locationHost: "[::1]" }],
	["11", "names a host with an underscore in LOCATION", { locationHost: "my_router" }],
	["11", "answers searches from another UDP port", { answersFromOtherPort: true }],
	["13", "is version 2", { igd: 2 }],
	["13", "disagrees with its own description", { igd: 2, ssdpDisagrees: true, answersOtherVersions: false }],
	["14", "answers ssdp:all with the wrong device only", { ssdpAllYieldsFirst: true }],
	["14", "does not answer multicast searches", { answersMulticast: false }],
	["14", "does not answer unicast searches", { answersUnicast: false }],
	["15", "is strict about searches", { strictSsdp: true }],
	["15", "garbles answers to searches that coincide", { garblesSearchesWithin: 20 }],
	["15", "resets a second request while one is under way", { oneRequestAtATime: true, latency: 20 }],
	[
		"17",
		"has WANIP and WANPPP, the first not connected",
		{
			services: [
				{ kind: "WANIPConnection", version: 1, connected: false },
				{ kind: "WANPPPConnection", version: 1, connected: true },
			],
		},
	],
	["17", "says Up instead of Connected", { connectedWord: "Up" }],
	...["2151102420", "Disconnected", "Connecting", ""].map(
		(connectedWord) =>
			[
				"17",
				`says ${JSON.stringify(connectedWord)} although it is connected`,
				{ connectedWord },
				{ diagnoses: (connectedWord === "" ? [] : ["status-doubtful"]) as Diagnosis[] },
			] as const,
	),
	["17", "names its services dslforum-org", { dslforum: true }],
	["18", "has a relative control URL", { controlUrl: "relative" }],
	["18", "has an absolute control URL", { controlUrl: "absolute" }],
	["18", "has a control URL with a query", { controlUrl: "query" }],
	["18", "has its control at another port", { controlUrl: "other-port" }],
	["18", "has a URLBase without a slash", { urlBase: "no-slash" }],
	["18", "has a URLBase with a path", { urlBase: "with-path", controlUrl: "path" }],
	["18", "has white space inside its tags", { whitespaceInTags: true }],
	...(["SOAP-ENV", "SOAP", "m", "unbound", "wrong-namespace", "none"] as const).map(
		(soapStyle) => ["19", `writes SOAP with prefix ${soapStyle}`, { soapStyle }] as const,
	),
	...(["lower", "upper"] as const).map(
		(faultCase) =>
			[
				"19",
				`writes faults in ${faultCase} case`,
				{ faultCase, leases: "permanent-725" },
				{ diagnoses: ["permanent-leases"] },
			] as const,
	),
	...(["chunked", "close", "tight", "wrong-length", "cut-chunks"] as const).map(
		(framing) => ["20", `frames its answers by ${framing}`, { framing }] as const,
	),
	[
		"20",
		"sends faults with status 200",
		{ faultStatus: 200, leases: "permanent-725" },
		{ diagnoses: ["permanent-leases"] },
	],
	["21", "parses SOAPAction and the body strictly", { strictSoapAction: true, strictBody: true, strictProtocol: true }],
	["22", "maps nothing below 1024", { minimumPort: 1024 }],
	[
		"22",
		"maps nothing below 1024, and the layout asks for port 80",
		{ minimumPort: 1024 },
		{ settings: { "http-port": "80" }, ports: [], cameras: 1, diagnoses: ["permission"] },
	],
	...([402, 501, 401, 713] as const).map(
		(tableEndCode) => ["23", `ends its table with ${tableEndCode}`, { tableEndCode }, { after: listed }] as const,
	),
	["23", "counts its table from 1", { tableFrom: 1 }, { after: listed }],
	["23", "shuffles its table while it is read", { tableOrder: "shuffled" }, { after: listed }],
	["23", "has an endless table", { tableNeverEnds: true }, { after: listed }],
	["23", "returns garbage for long descriptions", { garbageDescriptionsFrom: 64 }, { after: listed }],
	[
		"23",
		"does not know lists, which are asked for",
		{ version2Actions: false },
		{ settings: { gather: "announcements,list" }, after: listed },
	],
	["23", "escapes its lists", { listEscaped: true }, { settings: { gather: "announcements,list" }, after: listed }],
	[
		"23",
		"crashes on long lists",
		{ listCrashesAbove: 20 },
		{ settings: { gather: "announcements,list" }, after: listed },
	],
	...(["mismatched", "unclosed", "less-than"] as const).map(
		(descriptionFault) => ["28", `has a fault in its description: ${descriptionFault}`, { descriptionFault }] as const,
	),
	...(["announcement", "rootdevice", "uuid"] as const).map(
		(answersBy) => ["29", `answers searches by ${answersBy} only`, { answersBy }, { after: searchesEnd }] as const,
	),
	["29", "answers searches after three seconds", { searchDelayMin: 3000 }],
	...(["html", "empty", "garbled", "reset"] as const).map(
		(readBack) =>
			[
				"27",
				`cannot read a mapping back (${readBack})`,
				{ readBack },
				{ diagnoses: ["unconfirmed"], after: believed },
			] as const,
	),
	...([402, 501] as const).flatMap((absentCode) => [
		[
			"27",
			`answers ${absentCode} for an entry that it has not, and drops leased mappings at once`,
			{ absentCode, leases: "drops-finite", dropAfter: 0 },
			{ diagnoses: ["permanent-leases"], after: mapsAgain },
		] as const,
		[
			"27",
			`answers ${absentCode} for an entry that it has not, and drops leased mappings after a second`,
			{ absentCode, leases: "drops-finite", dropAfter: 1000 },
			{ diagnoses: ["permanent-leases"], after: mapsAgain },
		] as const,
		[
			"27",
			`answers ${absentCode} for an entry that it has not, and takes permanent leases only`,
			{ absentCode, leases: "permanent-725" },
			{ diagnoses: ["permanent-leases"], after: mapsAgain },
		] as const,
	]),
	[
		"25",
		"does not hairpin",
		{},
		{
			after: (s) =>
				assert.match(s.get("http://192.168.0.11:8000/portal", s.neighbour), /http:\/\/192\.168\.0\.12:8000\//),
		},
	],
];

/** Cameras hold their ports for a while, but for instants. */
function keeps(home: VirtualHome, span: number): void {
	let reached = 0;
	for (let i = 0; i < 10; i++) {
		home.world.runFor(span / 10);
		if (reachable(home, 8080) && reachable(home, 8081)) reached++;
	}
	assert.ok(reached >= 6, `${reached} of 10 looks`);
}

/** Once the gateway is found, it is searched for no more. */
function searchesEnd(home: VirtualHome): void {
	let searches = 0;
	home.lan.capture = (_, packet) => {
		if (packet.destinationPort === 1900 && packet.source !== "192.168.0.1") searches++;
	};
	home.world.runFor(60000);
	assert.equal(searches, 0);
}

/** A gateway that cannot read back is believed, asked seldom, and what it mapped is deleted on leaving. */
function believed(home: VirtualHome): void {
	const before = home.gateway.requests;
	const log = home.cameras[0].machine.log.lines.length;
	home.world.runFor(60000);
	const asked = home.gateway.requests - before;
	assert.ok(asked < 60, `${asked} requests of two cameras in a minute`);
	assert.ok(home.cameras[0].machine.log.lines.length - log < 5, "a quiet log");
	for (const { camera } of home.cameras) camera.leave(() => {});
	home.world.runFor(5000);
	assert.equal(home.gateway.table.size, 0);
}

/** A mapping that was forgotten is made again at the next look. */
function mapsAgain(home: VirtualHome): void {
	home.gateway.loseMappings();
	home.until(() => home.gateway.table.size === 2, 70000, "mapped again");
}

function restarts(home: VirtualHome): void {
	const before = home.ports.join();
	home.gateway.restart({ away: 3000 });
	home.world.runFor(3000);
	home.until(() => home.gateway.table.size === 2 && reachable(home, 8080) && reachable(home, 8081), 5000, "healed");
	assert.equal(home.ports.join(), before);
	home.gateway.restart({ away: 3000, graceful: false });
	home.world.runFor(3000);
	home.until(
		() => home.gateway.table.size === 2 && reachable(home, 8080) && reachable(home, 8081),
		5000,
		"healed after a power cut",
	);
}

function movesHouse(home: VirtualHome): void {
	const [camera] = home.cameras;
	camera.machine.nics[0].configure({ address: "192.168.0.61", prefix: 24, gateway: "192.168.0.1" });
	const mapped = () => home.gateway.table.all().find((m) => m.externalPort === camera.port)?.address === "192.168.0.61";
	home.until(mapped, 120000, "mapped with its new address");
	assert.ok(reachable(home, camera.port));
}

function listed(home: VirtualHome): void {
	home.world.runFor(70000);
	const [{ camera }] = home.cameras.filter((c) => c.port === 8080);
	assert.deepEqual(
		camera.fleet.registry.sorted().map((m) => [m.externalPort, m.inTable]),
		[[8081, true]],
	);
}

describe("simulation/gateway-quirks", () => {
	for (const [number, title, quirks, outcome = {}] of CASES) {
		it(`quirk ${number}: a gateway that ${title} (IMG-2, IMG-3, IMG-4)`, () => check(build(quirks, outcome), outcome));
	}

	it("quirk 5: cannot see that a port is forwarded by hand, and reports what the table says", () => {
		const manualForwards = [{ externalPort: 8080, address: "192.168.0.99", port: 80 }];
		const home = build({ manualForwards, ignoresManualForwards: true }, { cameras: 1 });
		assert.equal(home.ports[0], 8080);
		assert.equal(reachable(home, 8080), false);
		assert.match(home.get("http://192.168.0.11:8000/api/v1/status", home.neighbour), /"by":"UPnP"/);
	});

	it("quirk 10: chooses the default gateway although an access point answers first", () => {
		const home = new VirtualHome(1, { searchDelay: 300, latency: 20 });
		new VirtualGateway(home.world, {
			lan: home.lan,
			wan: home.internet,
			inside: { address: "192.168.0.2", prefix: 24 },
			outside: { address: "198.20.0.2", prefix: 24 },
			quirks: { accessPoint: true, searchDelay: 1 },
			name: "access point",
		});
		new VirtualGateway(home.world, {
			lan: home.lan,
			wan: home.internet,
			inside: { address: "192.168.0.3", prefix: 24 },
			outside: { address: "198.20.0.3", prefix: 24 },
			quirks: { searchDelay: 1 },
			name: "second router",
		});
		const camera = home.add();
		home.until(() => camera.port === 8080, PATIENCE, "a port");
		assert.equal(camera.camera.gateway.client.status().gatewayAddress, "192.168.0.1");
	});

	for (const [wan, quirks, diagnosis] of [
		["10.20.0.1", { hidesPrivateWan: false }, "double-nat"],
		["10.20.0.1", { hidesPrivateWan: true }, "double-nat"],
		["100.64.7.7", { hidesPrivateWan: false }, "carrier-nat"],
		[WAN, { externalAddress: "" }, "no-address"],
		[WAN, { externalAddress: "0.0.0.0" }, "no-address"],
		[WAN, { externalAddress: "100.100.1.1" }, "carrier-nat"],
	] as const) {
		it(`quirk 12: reports ${diagnosis} for ${JSON.stringify(quirks)} at ${wan}, and shows no link to the Internet (IMG-5)`, () => {
			const home = new VirtualHome(1, quirks, {}, wan);
			const { camera } = home.add();
			home.until(() => camera.gateway.client.status().diagnoses.includes(diagnosis), 70000, diagnosis);
			assert.match(home.get("http://192.168.0.11:8000/camera", home.neighbour), /not reachable/);
			assert.doesNotMatch(home.get("http://192.168.0.11:8000/api/v1/status", home.neighbour), /"externalUrl":"http/);
		});
	}

	for (const events of [true, false]) {
		it(`has its ports again ${events ? "at once" : "within 11 s"} when the router has an address again, ${events ? "with" : "without"} events, without asking often (IMG-5)`, () => {
			const home = new VirtualHome(1, { events });
			const cameras = [home.add(), home.add()];
			const hold = (): boolean => home.gateway.table.all().length === 2 && cameras.every(({ port }) => port !== 0);
			home.until(hold, 20000, "ports");
			for (const off of [20000, 45000, 600_000]) {
				home.gateway.setWanAddress(undefined);
				const before = home.gateway.requests;
				home.world.runFor(off);
				const asked = home.gateway.requests - before;
				assert.ok(asked <= 60 + off / 1500, `${asked} requests of two cameras in ${off} ms`);
				home.gateway.setWanAddress(WAN);
				home.until(hold, events ? 2000 : 11000, `ports after ${off} ms`);
				home.world.runFor(1000);
				for (const { camera } of cameras) assert.deepEqual(camera.gateway.client.status().diagnoses, []);
			}
		});
	}

	it("quirk 16: finds the gateway by the second interface, when the first leads nowhere", () => {
		const home = new VirtualHome(1);
		const camera = home.add();
		camera.machine.nics[0].configure({ address: "10.77.0.5", prefix: 24, gateway: "10.77.0.1" });
		camera.machine.attach(home.lan, { address: "192.168.0.44", gateway: "192.168.0.1" });
		home.until(() => camera.port === 8080, 60000, "a port");
	});

	for (const [title, quirks, by] of [
		["PCP", { upnp: false, pcp: true }, "PCP"],
		["NAT-PMP", { upnp: false, natPmp: true }, "NAT-PMP"],
	] as const) {
		it(`quirk 24: uses ${title} where there is no UPnP, notices a restart by the epoch, and deletes its mapping on leaving`, () => {
			const home = new VirtualHome(1, quirks);
			const cameras = [home.add(), home.add()];
			home.until(() => home.ports.every((p) => p !== 0), PATIENCE, "ports");
			assert.deepEqual([...home.ports].sort(), [8080, 8081]);
			home.world.runFor(2000);
			assert.deepEqual(
				[cameras[0].camera.gateway.client.status().by, cameras[0].camera.gateway.client.status().diagnoses],
				[by, ["port-control-only"]],
			);
			for (const port of home.ports) assert.ok(reachable(home, port));
			home.gateway.restart({ away: 1000 });
			home.world.runFor(1000);
			home.until(() => home.gateway.table.size === 2, 320000, "mapped again");
			let left = false;
			cameras[0].camera.leave(() => {
				left = true;
			});
			home.until(() => left, 5000, "left");
			assert.equal(home.gateway.table.size, 1);
		});
	}

	for (const [title, quirks, diagnosis, wan] of [
		["PCP result 2", { pcp: true, pcpResult: 2 }, "permission"],
		["PCP result 4", { pcp: true, pcpResult: 4 }, "refused"],
		["PCP result 7", { pcp: true, pcpResult: 7 }, "double-nat"],
		["PCP result 8", { pcp: true, pcpResult: 8 }, "table-full"],
		["NAT-PMP result 2", { natPmp: true, natPmpResult: 2 }, "permission"],
		["NAT-PMP result 3", { natPmp: true, natPmpResult: 3 }, "double-nat"],
		["NAT-PMP result 4", { natPmp: true, natPmpResult: 4 }, "table-full"],
		["PCP result 8 and NAT-PMP result 3", { pcp: true, pcpResult: 8, natPmp: true, natPmpResult: 3 }, "double-nat"],
		["a private address", { pcp: true, natPmp: true }, "double-nat", "10.20.0.1"],
	] as const satisfies readonly (readonly [string, Partial<GatewayQuirks>, Diagnosis, string?])[]) {
		it(`quirk 30: names the refusal of a router without UPnP: ${title}`, () => {
			const home = new VirtualHome(1, { upnp: false, ...quirks }, {}, wan ?? WAN);
			const { camera } = home.add();
			const { client } = camera.gateway;
			home.until(() => client.status().diagnoses.includes(diagnosis), 30000, diagnosis);
			const seen = new Set<string>();
			for (let i = 0; i < 1500; i++) {
				home.world.runFor(100);
				seen.add(client.status().diagnoses.join());
			}
			assert.deepEqual([...seen], [diagnosis]);
		});
	}

	it("quirk 30: maps by NAT-PMP what PCP refuses", () => {
		const home = new VirtualHome(1, { upnp: false, pcp: true, pcpResult: 2, natPmp: true });
		const camera = home.add();
		home.until(() => camera.port === 8080, PATIENCE, "a port");
		assert.equal(camera.camera.gateway.client.status().by, "NAT-PMP");
		assert.ok(reachable(home, 8080));
	});

	it("quirk 30: keeps what NAT-PMP maps while it does not know the address", () => {
		const home = new VirtualHome(1, { upnp: false, natPmp: true, natPmpAddressResult: 3 }, {}, WAN);
		const camera = home.add();
		home.until(() => camera.port === 8080, PATIENCE, "a port");
		home.world.runFor(900000);
		assert.equal(camera.log.split("holds external port").length, 2);
		assert.doesNotMatch(camera.log, /lost/);
		assert.deepEqual(camera.camera.gateway.client.status().diagnoses, ["port-control-only", "no-address"]);
		home.gateway.quirks.natPmpAddressResult = 0;
		home.until(() => camera.camera.gateway.client.status().externalAddress === WAN, 400000, "the address");
		assert.deepEqual(camera.camera.gateway.client.status().diagnoses, ["port-control-only"]);
	});

	it("quirk 17: follows the connection to another service while none says that it is connected", () => {
		const services = (wanIp: boolean, wanPpp: boolean): GatewayQuirks["services"] => [
			{ kind: "WANIPConnection", version: 1, connected: wanIp },
			{ kind: "WANPPPConnection", version: 1, connected: wanPpp },
		];
		const home = new VirtualHome(1, { services: services(false, false) });
		home.gateway.setWanAddress(undefined);
		const { camera } = home.add();
		home.until(() => camera.gateway.client.status().diagnoses.includes("not-connected"), 10000, "not connected");
		home.world.runFor(600000);
		assert.deepEqual(camera.gateway.client.status().diagnoses, ["not-connected"]);
		home.gateway.setWanAddress(WAN);
		home.gateway.quirks.services = services(false, true);
		home.until(() => camera.gateway.client.status().externalPort === 8080, 130000, "a port");
		assert.match(camera.gateway.client.status().service, /WANPPPConnection/);
		home.world.runFor(61000);
		assert.deepEqual(camera.gateway.client.status().diagnoses, []);
	});

	it("quirk 27: rarely asks a gateway that answers everything except AddPortMapping, and reports it", () => {
		const home = new VirtualHome(1, { ignoresAdding: true });
		const { client } = home.add().camera.gateway;
		home.until(() => client.status().diagnoses.includes("gateway-silent"), 60000, "a diagnosis");
		const before = home.gateway.requests;
		for (let i = 0; i < 300; i++) {
			home.world.runFor(1000);
			assert.ok(client.status().diagnoses.includes("gateway-silent"));
		}
		assert.ok(home.gateway.requests - before < 120, `${home.gateway.requests - before} requests in five minutes`);
		home.gateway.quirks.ignoresAdding = false;
		home.until(() => client.status().externalPort === 8080, 130000, "a port");
		assert.deepEqual(client.status().diagnoses, []);
	});

	it("diagnosis: stays the same during a search for a gateway, and is logged once", () => {
		for (const quirks of [
			{ upnp: false },
			{ accessPoint: true, externalAddress: "" },
			{ garbage: "html" },
			{ externalAddress: "10.0.0.1", connectedWord: "7" },
		] as const) {
			const home = new VirtualHome(1, quirks);
			const camera = home.add();
			const { client } = camera.camera.gateway;
			home.until(() => client.status().diagnoses.length > 0, 30000, "a diagnosis");
			const seen: string[] = [];
			for (let i = 0; i < 3000; i++) {
				home.world.runFor(100);
				const now = client.status().diagnoses.join();
				if (now !== seen.at(-1)) seen.push(now);
			}
			assert.ok(seen.length <= 3, seen.join("; "));
			assert.equal(new Set(seen).size, seen.length, seen.join("; "));
			const warned = camera.machine.log.lines.filter(({ level, area }) => level === "warn" && area === "gateway");
			assert.equal(new Set(warned.map(({ text }) => text)).size, warned.length, camera.log);
		}
	});

	for (const [title, quirks] of [
		["redirects", { redirect: "http://198.20.7.7/" }],
		["endless descriptions", { oversize: 500000 }],
		["empty descriptions", { garbage: "empty" }],
		["binary descriptions", { garbage: "binary" }],
		["HTML", { garbage: "html" }],
		["half descriptions", { garbage: "truncated" }],
		["deeply nested descriptions", { garbage: "deep" }],
		["answers that trickle", { dripOctets: 1, dripEvery: 500 }],
		["no answers", { deadFor: 1e9 }],
	] as const satisfies readonly (readonly [string, Partial<GatewayQuirks>])[]) {
		it(`security: survives ${title}, reports that there is no gateway, and recovers with it`, () => {
			const home = new VirtualHome(1, quirks);
			const camera = home.add();
			home.until(() => camera.camera.gateway.client.status().diagnoses.includes("no-gateway"), 30000, "no gateway");
			assert.equal(camera.port, 0);
			Object.assign(home.gateway.quirks, {
				redirect: undefined,
				oversize: 0,
				garbage: "none",
				dripOctets: 0,
				deadFor: 0,
			});
			home.until(() => camera.port === 8080, 130000, "a port");
		});
	}

	it("security: never sends a request outside the LAN, whatever LOCATION and controlURL say", () => {
		const home = new VirtualHome(1, {
			location: "http://198.20.7.7:80/evil.xml",
			controlUrlText: "http://198.20.7.7:81/evil",
		});
		let asked = 0;
		home.internet.capture = (_, packet) => {
			if (packet.destination === "198.20.7.7") asked++;
		};
		home.add();
		home.world.runFor(60000);
		assert.equal(asked, 0);
	});

	it("diagnosis: reports that no gateway answers, and that there is no network", () => {
		const home = new VirtualHome(1, { upnp: false });
		const camera = home.add();
		home.until(() => camera.camera.gateway.client.status().diagnoses.join() === "no-gateway", 30000, "no gateway");
		assert.match(home.get("http://192.168.0.11:8000/camera", home.neighbour), /Turn on UPnP/);
		camera.machine.nics[0].configure(undefined);
		home.until(() => camera.camera.gateway.client.status().diagnoses.includes("no-network"), 10000, "no network");
	});
});
