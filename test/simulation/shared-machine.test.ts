import assert from "node:assert/strict";
import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { Prng } from "../../src/base/prng";
import { VirtualHome } from "../support/virtual-home";

/** Seeds of each scenario; more of them by PORTHOLE_TEST_SEEDS. */
const SEEDS = Number(process.env["PORTHOLE_TEST_SEEDS"] ?? "1");

/** The routers that let one internal client take over the entries of another on the same machine, as miniupnpd does. */
const ROUTERS: readonly (readonly [string, Partial<GatewayQuirks>, Record<string, string>?])[] = [
	["an IGD 1", { igd: 1, secure: false }],
	["an IGD 2 in secure mode", { igd: 2 }],
	["an IGD that checks no conflicts", { checksConflicts: false }],
	["an IGD that garbles descriptions", { garbageDescriptionsFrom: 24 }],
	["an IGD with permanent leases", { leases: "permanent-725" }],
	["an IGD, with the layout `same`", {}, { "port-layout": "same", "representative-ports": "9080" }],
	["an IGD, by its table alone", {}, { gather: "table" }],
	["PCP", { upnp: false, pcp: true }],
	["NAT-PMP", { upnp: false, natPmp: true }],
];

/** A home where `count` cameras run on one machine, started within a moment of each other. */
function crowd(
	seed: number,
	count: number,
	quirks: Partial<GatewayQuirks>,
	flags: Record<string, string>,
): VirtualHome {
	const home = new VirtualHome(seed, { ...quirks, tableSize: 512 });
	const random = new Prng(seed);
	for (let i = 0; i < count; i++) {
		home.add({ "http-port": `${8000 + i}`, ...flags }, undefined, home.neighbour);
		home.world.runFor(random.below(40));
	}
	return home;
}

/** Whether each camera has a port of its own, and the router's table says so. */
function agreed(home: VirtualHome): boolean {
	const entries = home.gateway.table.all();
	return home.cameras.every(({ camera, port }, i) => {
		const entry = entries.find(({ externalPort }) => externalPort === port);
		const inside = camera.settings.portLayout === "same" ? port : 8000 + i;
		// Entries of PCP and NAT-PMP do not tell whose they are.
		const told = entry?.description.startsWith("Porthole/") ?? false;
		const described = !told || entry?.description.includes(camera.identity.id.slice(0, 6));
		return port !== 0 && described && entry?.port === inside && camera.gateway.client.status().externalPort === port;
	});
}

type Router = (typeof ROUTERS)[number];

function convergesFor(count: number, [, quirks, flags = {}]: Router): void {
	for (let seed = 1; seed <= SEEDS; seed++) {
		const home = crowd(seed, count, quirks, flags);
		home.until(() => agreed(home), 60000, `${count} ports: ${home.ports.join()}`);
		home.world.runFor(10000);
		const { ports } = home;
		let changes = 0;
		home.gateway.onMapping(() => void changes++);
		// The leases of 60 and 600 seconds are renewed.
		home.world.runFor(250000);
		assert.deepEqual([home.ports, changes, agreed(home)], [ports, 0, true], `seed ${seed}`);
	}
}

describe("simulation/shared-machine", function () {
	this.timeout(60000);

	for (const router of ROUTERS) {
		it(`gives five cameras on one machine a port each, for good, by ${router[0]} (IMG-4)`, () => {
			convergesFor(5, router);
		});
		it(`gives thirty cameras on one machine a port each, for good, by ${router[0]} (IMG-4)`, () => {
			convergesFor(30, router);
		});
	}
});
