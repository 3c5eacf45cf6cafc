import KeyValue from "embedded:storage/key-value";
import process from "porthole:process";
import { LinuxClock } from "../../hosts/linux/adapters/clock";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxPeer, Udp } from "../../hosts/linux/adapters/native-sockets";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { LinuxRandom } from "../../hosts/linux/adapters/random";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { CheckedStore } from "../../src/ports/checked-store";
import type { HostPorts, PortFixture } from "../conformance/port-fixture";
import { portSuite } from "../conformance/port-suite";

/** Time between two looks, in milliseconds. */
const LOOK = 2;

let stores = 0;

/** Two programs in one machine of XS; what its network lacks is found by the test on Node.js that starts this one. */
async function open(): Promise<PortFixture> {
	const folder = process.environment("PORTHOLE_TEST_FOLDER") as string;
	const lacks = (process.environment("PORTHOLE_TEST_LACKS") ?? "").split(",") as ("multicast" | "broadcast")[];
	const ipv6 = hasIpv6();
	const [a, b] = [0, 1].map((): HostPorts => {
		const network = new LinuxNetwork(new LinuxInterfaces());
		return {
			network,
			clock: new LinuxClock(),
			random: new LinuxRandom((bytes) => process.random(bytes)),
			store: new CheckedStore(new KeyValue({ path: `${folder}/${stores++}` })),
			log: { write: (_level, _area, text) => text.includes("SKIPPED") && process.error(`${text}\n`) },
			address: network.paths()[0].address,
			...(ipv6 && { ipv6: "::1" }),
		};
	});
	return {
		a,
		b,
		lacks,
		async run(until, limit) {
			const end = Time.ticks + limit;
			while (!until() && Time.ticks < end) await new Promise<void>((done) => Timer.set(done, LOOK));
		},
		async close() {
			for (const clock of [a.clock, b.clock]) clock.set(Infinity, () => {});
		},
	};
}

/** Whether this machine has IPv6 at all. */
function hasIpv6(): boolean {
	try {
		new Udp({ address: "::1", port: 0, target: undefined, onPeer, onDatagram() {}, onError() {} }).close();
		return true;
	} catch {
		return false;
	}
}

function onPeer(address: string, port: number, name: ArrayBuffer): LinuxPeer {
	return new LinuxPeer(address, port, name);
}

portSuite("hosts/linux", open);
