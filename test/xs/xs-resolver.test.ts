import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { LinuxRandom } from "../../hosts/linux/adapters/random";
import { LinuxResolver } from "../../hosts/linux/adapters/resolver";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { resolverSuite } from "../conformance/resolver-suite";

const random = new LinuxRandom((bytes) => process.random(bytes));

/** The test on Node.js that starts this one has started the server. */
resolverSuite("hosts/linux", async () => {
	const [address, port] = (process.environment("PORTHOLE_TEST_DNS") ?? "").split(":");
	return {
		resolver: new LinuxResolver(new LinuxNetwork(new LinuxInterfaces()), random, [{ address, port: Number(port) }]),
		now: () => Time.ticks,
		async run(until, limit) {
			const end = Time.ticks + limit;
			while (!until() && Time.ticks < end) await new Promise<void>((done) => Timer.set(done, 1));
		},
		async close() {},
	};
});
