import { writeFileSync } from "node:fs";
import { NodeCiphers } from "../../../hosts/node/ciphers";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeNetwork } from "../../../hosts/node/network";
import { NodeRandom } from "../../../hosts/node/random";
import { NodeResolver } from "../../../hosts/node/resolver";
import { VirtualStore } from "../../../hosts/virtual/virtual-store";
import { Rendezvous } from "../../../src/app/rendezvous/rendezvous";
import { toHex } from "../../../src/base/hex";
import { HmacSha1 } from "../../../src/base/sha1";
import { deviceUsername } from "../../../src/peer/peer-ticket";
import { encodeDeviceRecord } from "../../../src/peer/rendezvous/device-record";
import { writeRegister } from "../../../src/peer/rendezvous/peer-request";
import { LegOctets } from "../../../src/peer/rendezvous/server/leg";
import { RENDEZVOUS_SCHEMA } from "../../../src/settings/rendezvous-schema";
import { parseSettings } from "../../../src/settings/schema";

/** Requests that the load client sends: of so many devices, spread over the table. */
const SAMPLE = 4000;
const SOCKETS = 16;
const FIRST_PORT = 46_100;

/** The server of tools/bench/peer/registrations: full of devices, with a file of refreshes of some of them. */
function main([port, count, perHome, file]: readonly string[]): void {
	const total = Number(count);
	const { values } = parseSettings(
		RENDEZVOUS_SCHEMA,
		new Map(
			Object.entries({ "udp-port": port, "http-port": port, registrations: `${total}`, password: "bench-mark" }).map(
				([name, text]) => [name, { text, from: name }],
			),
		),
	);
	const random = new NodeRandom();
	const node = new Rendezvous(
		{
			network: new NodeNetwork(),
			clock: new NodeClock(),
			random,
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
	const ids = new Uint8Array(24);
	const key = new Uint8Array(32);
	const leg = new LegOctets();
	const slot = (Math.floor(node.now / 64_000) & 0xffff).toString(16).padStart(4, "0");
	const nonce = new TextEncoder().encode(slot.padEnd(20, "0"));
	const every = Math.floor(total / SAMPLE);
	const chunks: Uint8Array[] = [u16(SOCKETS)];
	for (let i = 0; i < SOCKETS; i++) chunks.push(u16(FIRST_PORT + i));
	// Views and legs are made once: what this loop leaves behind would count as memory of the server.
	const home24 = ids.subarray(0, 16);
	const peer24 = ids.subarray(16);
	const legs = Array.from({ length: SOCKETS }, (_, i) => ({ address: "127.0.0.1", port: FIRST_PORT + i }));
	for (let i = 0, sampled = 0; i < total; i++) {
		if (i % Number(perHome) === 0) {
			random.fill(home24);
			random.fill(key);
		}
		random.fill(peer24);
		leg.set(legs[sampled % SOCKETS]);
		const home = table.findHome(ids, 0) || table.addHome(ids, 0, key, key, 0);
		if (table.put(home, ids, 16, leg, record, Math.floor(node.now / 1000) + 3600) === 0) throw new Error("full");
		if (i % every !== 0 || sampled >= SAMPLE) continue;
		sampled++;
		const username = deviceUsername(toHex(ids, 0, 16), toHex(ids, 16));
		const transaction = new Uint8Array(12);
		random.fill(transaction);
		const who = { username, key, integrity: new HmacSha1(key) };
		const message = writeRegister(who, { transaction, nonce, roundTrip: 20 }, { lifetime: 120 });
		chunks.push(u16(message.length), message);
	}
	writeFileSync(file, Buffer.concat(chunks));
	chunks.length = 0;
	console.log(JSON.stringify({ octets: table.octets / table.size }));
}

function u16(value: number): Uint8Array {
	return new Uint8Array([value >> 8, value]);
}

main(process.argv.slice(2));
