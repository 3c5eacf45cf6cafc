import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { NodeResolver } from "../../hosts/node/resolver";
import type { AddressRecord, ResolverAnswer } from "../../src/ports/resolver";
import { DnsServer } from "../support/dns-server";
import { resolverSuite, ZONE, ZONE_TTL } from "./resolver-suite";

resolverSuite("hosts/node", async () => {
	const server = await DnsServer.start(ZONE, ZONE_TTL);
	return {
		resolver: new NodeResolver([server.address]),
		now: () => performance.now(),
		async run(until, limit) {
			const end = performance.now() + limit;
			while (!until() && performance.now() < end) await pause(1);
		},
		async close() {
			server.close();
		},
	};
});

describe("hosts/node/resolver", () => {
	function ask(resolver: NodeResolver, name: string): Promise<ResolverAnswer<AddressRecord>> {
		return new Promise((done) => resolver.addresses(name, 4, 5000, done));
	}

	it("returns the time to live of addresses", async () => {
		const server = await DnsServer.start(ZONE, ZONE_TTL);
		const answer = await ask(new NodeResolver([server.address]), "one.porthole.test");
		server.close();
		assert.deepEqual(answer, { records: [{ address: "192.0.2.1", ttl: ZONE_TTL }] });
	});

	it("knows the names in the system's hosts file", async () => {
		const answer = await ask(new NodeResolver(), "localhost");
		assert.deepEqual(answer, { records: [{ address: "127.0.0.1", ttl: 0 }] });
	});

	it("fails with no-server or timeout when nothing listens", async () => {
		const server = await DnsServer.start(ZONE, ZONE_TTL);
		server.close();
		const answer = await ask(new NodeResolver([server.address]), "one.porthole.test");
		assert.ok(answer.failure === "no-server" || answer.failure === "timeout", answer.failure);
	});
});
