import assert from "node:assert/strict";
import { VirtualClock } from "../../../../hosts/virtual/virtual-clock";
import { World } from "../../../../hosts/virtual/world";
import type { EndpointLink, LinkRelay } from "../../../../src/app/peer/endpoint-link";
import { EndpointRelays, type RelayOwner } from "../../../../src/app/peer/endpoint-relays";
import { Pump } from "../../../../src/core/pump";
import type { Candidate } from "../../../../src/peer/candidate";
import type { ConnectOptions } from "../../../../src/ports/net";
import { ScriptedTurnServer } from "../../../support/scripted-turn-server";
import { SeededRandom } from "../../../support/stun-messages";

const TURN = { address: "9.0.0.1", port: 3478, username: "1790000000:camera", password: "secret" };
const PEER: Candidate = { kind: "reflexive", address: "8.0.0.9", port: 7 };

/** As much of a link as a relay sees. */
class LinkDummy {
	relay: LinkRelay | undefined;
	readonly events: string[] = [];

	permitPeer(): void {
		this.relay?.permit([PEER]);
	}

	relayReady({ address, port }: Candidate): void {
		this.events.push(`ready ${address}:${port}`);
	}

	relayLost(): void {
		this.events.push("lost");
	}
}

/** An endpoint whose datagrams go to a TURN server that answers 5 ms later, or to nobody. */
class Rig {
	readonly world = new World(1);
	readonly server = new ScriptedTurnServer(TURN.username, TURN.password);
	readonly connections: ConnectOptions[] = [];
	readonly relays: EndpointRelays;
	isDead = false;

	constructor() {
		const owner: RelayOwner = {
			pump: new Pump(new VirtualClock(this.world, true)),
			random: new SeededRandom(1),
			network: {
				connect: (options) => {
					this.connections.push(options);
					return { room: 0, queued: 0, write() {}, end() {}, abort() {} } as never;
				},
			},
			send: (address, port, bytes, start, end) => {
				if (this.isDead) return;
				const answer = this.server.answer({ bytes: bytes.slice(start, end), address, port });
				if (answer !== undefined) this.world.after(5, () => this.relays.receive(answer, TURN));
			},
			relayed() {},
			relayReady: (_link, _candidate, told) => told(),
		};
		this.relays = new EndpointRelays(owner);
	}

	use(): LinkDummy {
		const link = new LinkDummy();
		this.relays.use(link as unknown as EndpointLink, TURN);
		return link;
	}
}

describe("app/peer/endpoint-relays (P2P-12)", () => {
	it("has one relayed address for all links, and keeps what one of them needs when another one is closed", () => {
		const rig = new Rig();
		const [one, two] = [rig.use(), rig.use()];
		rig.world.runFor(100);
		assert.deepEqual([one.events, two.events], [["ready 9.0.0.1:50000"], ["ready 9.0.0.1:50000"]]);
		assert.deepEqual(rig.server.log, ["allocate 600", `permission ${PEER.address}`, `permission ${TURN.address}`]);
		// A second introduction of the same peer names the same candidates.
		one.permitPeer();
		one.relay?.close();
		rig.server.log.length = 0;
		rig.world.runFor(250_000);
		assert.deepEqual(rig.server.log, [`permission ${PEER.address}`, `permission ${TURN.address}`]);
		two.relay?.close();
		assert.equal(rig.server.log.at(-1), "refresh 0");
		const third = rig.use();
		rig.world.runFor(100);
		assert.deepEqual(third.events, ["ready 9.0.0.1:50000"]);
	});

	it("asks by TCP when nothing comes back by UDP, and not before", () => {
		const rig = new Rig();
		rig.use();
		rig.world.runFor(5000);
		assert.deepEqual(rig.connections, []);
		const dead = new Rig();
		dead.isDead = true;
		const link = dead.use();
		dead.world.runFor(600);
		assert.equal(dead.connections.length, 0);
		dead.world.runFor(200);
		assert.deepEqual(dead.connections, [{ address: TURN.address, port: TURN.port }]);
		dead.world.runFor(30_000);
		assert.deepEqual([dead.connections.length, link.events], [1, []]);
	});

	it("tells the links when the server refuses, and asks again for the next one", () => {
		const rig = new Rig();
		rig.server.refusals.set("allocate", 486);
		const link = rig.use();
		rig.world.runFor(5000);
		assert.deepEqual([link.events, link.relay, rig.connections.length], [["lost"], undefined, 0]);
		rig.server.refusals.clear();
		const next = rig.use();
		rig.world.runFor(100);
		assert.deepEqual(next.events, ["ready 9.0.0.1:50000"]);
	});
});
