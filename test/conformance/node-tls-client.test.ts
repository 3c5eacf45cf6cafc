import { NodeNetwork } from "../../hosts/node/network";
import { needs } from "../support/needs";
import { pause } from "../support/until";
import { TlsClientServers } from "./tls-client-servers";
import { type TlsServers, tlsClientSuite } from "./tls-client-suite";

describe("hosts/node keeps the contract of TLS clients", function () {
	this.timeout(120_000);
	let running: { servers: TlsServers; stop(): void } | undefined;

	before(async function () {
		needs(this, "openssl");
		running = await TlsClientServers.start();
	});
	after(() => running?.stop());

	tlsClientSuite(() => ({
		network: new NodeNetwork(),
		servers: running!.servers,
		async run(until, limit) {
			const end = performance.now() + limit;
			while (!until() && performance.now() < end) await pause(2);
		},
	}));
});
