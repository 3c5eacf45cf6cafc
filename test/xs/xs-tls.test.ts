import assert from "node:assert/strict";
import { buildTools } from "../../tools/build-linux";
import { TlsClientServers } from "../conformance/tls-client-servers";
import { startProgram } from "../conformance/tls-fixture";
import { tlsSuite } from "../conformance/tls-suite";
import { needs } from "../support/needs";
import { prepareTree, runInXs, TREE } from "./xs-tree";

/** The suite of hosts/node, with the same clients; the server is a program of XS. */
describe("hosts/linux keeps the contract of TLS", function () {
	this.timeout(120_000);
	let program: string;

	before(function () {
		this.timeout(300_000);
		needs(this, "openssl", "curl", "libssl-dev");
		program = buildTools();
		prepareTree();
	});
	tlsSuite((tls) => startProgram(program, [TREE, "test/xs/tls-server-xs", JSON.stringify(tls)]));

	it("keeps the contract of TLS clients, too", async () => {
		const { servers, stop } = await TlsClientServers.start();
		try {
			const env = { ...process.env, PORTHOLE_TEST_SERVERS: JSON.stringify(servers) };
			const { passed, failed } = await runInXs(program, "test/xs/tls-client-xs", env);
			assert.equal(failed.length, 0, failed.map(({ title, words }) => `${title}\n${words}`).join("\n\n"));
			assert.ok(passed > 0, "there are no tests");
		} finally {
			stop();
		}
	});
});
