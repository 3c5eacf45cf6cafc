import { NodeCiphers } from "../../../hosts/node/ciphers";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeNetwork } from "../../../hosts/node/network";
import { NodeRandom } from "../../../hosts/node/random";
import { NodeResolver } from "../../../hosts/node/resolver";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import { Rendezvous } from "../../../src/app/rendezvous/rendezvous";
import { encodeDeviceRecord } from "../../../src/peer/rendezvous/device-record";
import { LegOctets } from "../../../src/peer/rendezvous/server/leg";
import { RENDEZVOUS_SCHEMA } from "../../../src/settings/rendezvous-schema";
import { parseSettings } from "../../../src/settings/schema";
import { FIRST_PORT, IDS, SOCKETS, socketOf, writeIds, writeKey } from "./registered-devices";

/** The server of tools/bench/peer/registrations: full of devices, those of which every so-many-th is asked. */
function main([port, count, perHome, every]: readonly string[]): void {
	const total = Number(count);
	const given = { "udp-port": port, "http-port": port, registrations: count, password: "bench-mark" };
	const texts = Object.entries(given).map(([name, text]) => [name, { text, from: name }] as const);
	const { values } = parseSettings(RENDEZVOUS_SCHEMA, new Map(texts));
	const node = new Rendezvous(
		{
			network: new NodeNetwork(),
			clock: new NodeClock(),
			random: new NodeRandom(),
			store: new VirtualStore(),
			log: { write: () => {} },
			model: "node",
			ciphers: new NodeCiphers(),
			resolver: new NodeResolver(),
			tellPassword: () => {},
		},
		values,
	);
	node.start();
	const table = node.part.matching?.table;
	if (table === undefined) throw new Error("no table");
	const record = encodeDeviceRecord({
		name: "Garage door",
		kind: "camera",
		tags: "cars street",
		isPortal: false,
		isSymmetric: false,
		key: new Uint8Array(32),
		proof: new Uint8Array(16),
		roundTrip: 20,
		candidates: [
			{ kind: "reflexive", address: "198.18.77.66", port: 40_000 },
			{ kind: "host", address: "192.168.1.20", port: 40_000 },
		],
	});
	// What this loop leaves behind would count as memory of the server.
	const ids = new Uint8Array(IDS);
	const key = new Uint8Array(32);
	const leg = new LegOctets();
	const legs = Array.from({ length: SOCKETS }, (_, i) => ({ address: "127.0.0.1", port: FIRST_PORT + i }));
	for (let i = 0; i < total; i++) {
		writeIds(ids, i, Number(perHome));
		writeKey(key, i, Number(perHome));
		leg.set(legs[socketOf(i, Number(every))]);
		const home = table.findHome(ids, 0) || table.addHome(ids, 0, key, key, 0);
		if (table.put(home, ids, 16, leg, record, Math.floor(node.now / 1000) + 3600) === 0) throw new Error("full");
	}
	console.log(JSON.stringify({ octets: table.octets / table.size, now: node.now }));
}

main(process.argv.slice(2));
