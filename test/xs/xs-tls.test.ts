import { join } from "node:path";
import { buildTools, compile, OUT } from "../../tools/build-linux";
import { startProgram } from "../conformance/tls-fixture";
import { tlsSuite } from "../conformance/tls-suite";
import { needs } from "../support/needs";

const TREE = join(OUT, "test-js");

/** The suite of hosts/node, with the same clients; the server is a program of XS. */
describe("hosts/linux keeps the contract of TLS", function () {
	this.timeout(120_000);
	let program: string;

	before(function () {
		this.timeout(300_000);
		needs(this, "openssl", "curl", "libssl-dev");
		program = buildTools();
		compile("test/xs", TREE);
	});
	tlsSuite((tls) => startProgram(program, [TREE, "test/xs/tls-server-xs", JSON.stringify(tls)]));
});
