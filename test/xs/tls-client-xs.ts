import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { type TlsServers, tlsClientSuite } from "../conformance/tls-client-suite";

/** Runs inside XS; test/xs/xs-tls.test.ts starts the servers. */
describe("hosts/linux keeps the contract of TLS clients", () => {
	const servers: TlsServers = JSON.parse(process.environment("PORTHOLE_TEST_SERVERS") ?? "{}");
	const network = new LinuxNetwork(new LinuxInterfaces());
	tlsClientSuite(() => ({
		network,
		servers,
		async run(until, limit) {
			const end = Time.ticks + limit;
			while (!until() && Time.ticks < end) await new Promise<void>((done) => Timer.set(done, 2));
		},
	}));
});
