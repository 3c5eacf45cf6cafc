import assert from "node:assert/strict";
import { formatPacket } from "../../../../hosts/virtual/packet";
import { Prng } from "../../../../src/base/prng";
import { utf8Encode } from "../../../../src/base/text";
import { dial } from "../sinks";
import { argumentOf, codeOf, Home, mapping, named, soap } from "./home";

const SEEDS = 20;
const ROUNDS = 50;

/** Changes, drops, repeats or cuts some octets. */
function mutated(bytes: Uint8Array, prng: Prng): Uint8Array {
	const changed = [...bytes];
	for (let i = 0; i <= prng.below(8); i++) {
		const at = prng.below(changed.length + 1);
		const kind = prng.below(4);
		if (kind === 0) changed[at] = prng.below(256);
		else if (kind === 1) changed.splice(at, prng.below(20));
		else if (kind === 2) changed.splice(at, 0, ...changed.slice(at, at + prng.below(20)));
		else changed.length = at;
	}
	return Uint8Array.from(changed, (octet) => octet ?? 0);
}

describe("hosts-virtual/gateway/fuzz", () => {
	const requests = [
		soap("AddPortMapping", mapping(8080, "192.168.0.11")),
		soap("AddAnyPortMapping", mapping(8080, "192.168.0.11")),
		soap("DeletePortMapping", named(8080)),
		soap("GetGenericPortMappingEntry", { NewPortMappingIndex: 0 }),
		soap("GetListOfPortMappings", { NewStartPort: 1, NewEndPort: 65535, NewProtocol: "TCP", NewNumberOfPorts: 9 }),
		"GET /rootDesc.xml HTTP/1.1\r\nHost: x\r\n\r\n",
	].map(utf8Encode);
	const datagrams: [number, Uint8Array][] = [
		[1900, utf8Encode('M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n')],
		[5351, Uint8Array.from([0, 2, 0, 0, 31, 64, 31, 144, 0, 0, 2, 88])],
		[5351, Uint8Array.from([2, 1, 0, 0, 0, 0, 2, 88, ...Array(52).fill(7)])],
	];

	for (let seed = 1; seed <= SEEDS; seed++) {
		it(`survives random octets and serves the next client, seed ${seed}`, () => {
			const prng = new Prng(seed);
			const home = new Home({ pcp: true, natPmp: true, version2Actions: true });
			const { network } = home.cameras[0];
			const socket = network.udp({ port: 0 }, { opened() {}, received() {}, failed() {} });
			for (let round = 0; round < ROUNDS; round++) {
				const [port, datagram] = datagrams[prng.below(datagrams.length)];
				const bytes = mutated(datagram, prng);
				socket.send(bytes, 0, bytes.length, "192.168.0.1", port);
				const stream = dial(network, "192.168.0.1", 5000);
				stream.write(mutated(requests[prng.below(requests.length)], prng));
				stream.end();
				home.world.runFor(100);
				assert.ok(stream.isGone, `seed ${seed}, round ${round}`);
			}
			for (const { transport, externalPort } of home.gateway.table.all()) {
				home.gateway.table.remove(transport, externalPort);
			}
			assert.equal(home.add(8080), 200);
			assert.equal(argumentOf(home.call("GetExternalIPAddress"), "NewExternalIPAddress"), "198.20.0.1");
			assert.equal(codeOf(home.call("DeletePortMapping", named(8080))), 200);
		});
	}

	it("repeats the same history for the same seed", () => {
		const history = (): string[] => {
			const home = new Home({ pcp: true, natPmp: true, searchDelay: 100 });
			const lines: string[] = [];
			for (const lan of [home.lan, home.wan]) lan.capture = (at, packet) => lines.push(`${at} ${formatPacket(packet)}`);
			home.search("ssdp:all");
			home.add(8080);
			home.gateway.restart();
			home.world.runFor(60_000);
			return lines;
		};
		const first = history();
		assert.ok(first.length > 30);
		assert.deepEqual(history(), first);
	});
});
