import assert from "node:assert/strict";
import { NAT_KINDS, type NatSettings } from "../../hosts/virtual/nat-settings";
import { NatExamination } from "../../src/app/doctor/nat-examination";
import { Pump } from "../../src/core/pump";
import { parseServers } from "../../src/peer/rendezvous-address";
import { PeerWorld } from "../support/peer-world";

function examine(nat: Partial<NatSettings> | undefined, servers: string): readonly string[] {
	const scene = new PeerWorld(51, ["8.0.0.1", "8.0.0.2"]);
	const machine =
		nat === undefined ? scene.host("here", "8.3.0.1") : scene.inside(scene.network(nat).lan, "here", "192.168.0.7");
	const { network, random, resolver, log, clock } = machine;
	const examination = new NatExamination(
		{ network, random, resolver, log },
		new Pump(clock),
		parseServers(servers) ?? [],
	);
	examination.start();
	scene.until(() => examination.isSettled, 10_000, "settled");
	const lines = examination.lines();
	examination.close();
	return lines;
}

const TWO = "8.0.0.1,8.0.0.2";

describe("simulation/doctor and the NAT (P2P-12, ONE-10)", () => {
	for (const [name, nat, kind, advice] of [
		["no NAT", undefined, /none/, /directly/],
		["a cone", NAT_KINDS["port-restricted"], /cone NAT/, /directly/],
		["a symmetric NAT", NAT_KINDS.random, /symmetric NAT/, /TURN/],
	] as const) {
		it(`names ${name}, and says what that means`, () => {
			const lines = examine(nat, TWO);
			assert.match(lines[0], kind);
			assert.match(lines[1], advice);
		});
	}

	it("does not claim to know the kind of NAT with one address server", () => {
		const lines = examine(NAT_KINDS.cone, "8.0.0.1");
		assert.match(lines[0], /not known: two address servers are needed/);
		assert.doesNotMatch(lines[1], /here directly/);
	});

	it("says that no address server answers", () => {
		const lines = examine(NAT_KINDS.cone, "8.0.0.77");
		assert.equal(lines.length, 1);
		assert.match(lines[0], /no address server/);
	});

	it("examines nothing without address servers", () => assert.deepEqual(examine(NAT_KINDS.cone, ""), []));
});
