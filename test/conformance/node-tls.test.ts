import { NodeNetwork } from "../../hosts/node/network";
import { needs } from "../support/needs";
import type { RunningServer } from "./tls-fixture";
import { TlsServer } from "./tls-server";
import { tlsSuite } from "./tls-suite";

describe("hosts/node keeps the contract of TLS", function () {
	this.timeout(120_000);
	before(function () {
		needs(this, "openssl", "curl");
	});
	tlsSuite(
		(tls) =>
			new Promise<RunningServer>((done) => {
				const server = new TlsServer(new NodeNetwork(), tls, (port, words) =>
					done({ port, words, stop: () => server.close() }),
				);
			}),
	);
});
