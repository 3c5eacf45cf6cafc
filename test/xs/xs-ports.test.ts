import KeyValue from "embedded:storage/key-value";
import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/interface-source";
import { XsClock } from "../../hosts/xs/clock";
import { XsNetwork } from "../../hosts/xs/network";
import { XsRandom } from "../../hosts/xs/random";
import { XsStore } from "../../hosts/xs/store";
import { Time, Timer } from "../../hosts/xs/timers";
import type { HostPorts, PortFixture } from "../conformance/port-fixture";
import { portSuite } from "../conformance/port-suite";

/** Time between two looks, in milliseconds. */
const LOOK = 2;

let stores = 0;

/** Two programs in one machine of XS; what its network lacks is found by the test on Node.js that starts this one. */
async function open(): Promise<PortFixture> {
	const folder = process.environment("PORTHOLE_TEST_FOLDER") as string;
	const lacks = (process.environment("PORTHOLE_TEST_LACKS") ?? "").split(",") as ("multicast" | "broadcast")[];
	const [a, b] = [0, 1].map((): HostPorts => {
		const network = new XsNetwork(new LinuxInterfaces());
		return {
			network,
			clock: new XsClock(),
			random: new XsRandom((bytes) => process.random(bytes)),
			store: new XsStore(new KeyValue({ path: `${folder}/${stores++}` })),
			log: { write: (_level, _area, text) => text.includes("SKIPPED") && process.error(`${text}\n`) },
			address: network.paths()[0].address,
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

portSuite("hosts/linux", open);
