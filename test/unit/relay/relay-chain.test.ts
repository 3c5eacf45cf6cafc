import assert from "node:assert/strict";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import { Pump } from "../../../src/core/pump";
import type { Hops } from "../../../src/relay/hops";
import { RelayMonitor } from "../../../src/relay/relay-monitor";
import type { RelayProtocol, RelayRefusal } from "../../../src/relay/relayed-content";
import type { Upstream, UpstreamListener, UpstreamMaker } from "../../../src/relay/upstream";
import { NO_METERING } from "../../support/no-metering";
import { openContent } from "../../support/relay-scene";

const A = "00112233445566aa";
const B = "ffeeddccbbaa9988";
const LOOP: RelayRefusal = { status: 508, message: "loop detected" };
const CONTENT = openContent("garage", "http://198.20.0.10/live");

/** An upstream that does what the test says. */
class ScriptedUpstream implements Upstream {
	hops: Hops = [];
	opened: Hops | undefined;
	isClosed = false;

	constructor(readonly listener: UpstreamListener) {}

	open(_now: number, hops: Hops): void {
		this.opened = hops;
	}

	close(): void {
		this.isClosed = true;
	}

	report(): void {}
}

class Rig {
	readonly world = new World(1);
	readonly upstreams: ScriptedUpstream[] = [];
	readonly answers: (number | undefined)[] = [];
	readonly monitor: RelayMonitor;

	constructor() {
		const { clock, log } = new VirtualMachine(this.world, "relay");
		const make: UpstreamMaker = (_content, listener) => {
			const upstream = new ScriptedUpstream(listener);
			this.upstreams.push(upstream);
			return upstream;
		};
		const upstreams = new Map<RelayProtocol, UpstreamMaker>([["http", make]]);
		const limits = { viewers: 100, upstreams: 10, grace: 5000, breakLimit: 60_000 };
		this.monitor = new RelayMonitor({ pump: new Pump(clock), log, metering: NO_METERING, upstreams }, limits);
	}

	/** A viewer asks. @returns its index in `answers` */
	ask(hops: Hops = []): number {
		const index = this.answers.push(-1) - 1;
		this.monitor.ask(this.world.now, CONTENT, hops, (_now, refusal) => {
			this.answers[index] = refusal?.status;
		});
		return index;
	}
}

describe("relay/relay-chain", () => {
	it("names the relays of the first viewer's request upstream, and asks for others no more (REP-9, REP-3)", () => {
		const rig = new Rig();
		rig.ask([A, B]);
		rig.ask([]);
		rig.ask([B]);
		assert.equal(rig.upstreams.length, 1);
		assert.deepEqual(rig.upstreams[0].opened, [A, B]);
		rig.upstreams[0].listener.opened(0);
		assert.deepEqual(rig.answers, [undefined, undefined, undefined]);
	});

	it("knows the relays between the origin and itself while the upstream is there (REP-11)", () => {
		const rig = new Rig();
		assert.deepEqual(rig.monitor.hopsOf(CONTENT), []);
		rig.ask();
		rig.upstreams[0].hops = [A];
		rig.upstreams[0].listener.opened(0);
		assert.deepEqual(rig.monitor.hopsOf(CONTENT), [A]);
	});

	it("passes the refusal of a loop on to all that wait (REP-2, REP-11)", () => {
		const rig = new Rig();
		rig.ask();
		rig.ask();
		rig.upstreams[0].listener.refused(0, LOOP);
		assert.deepEqual(rig.answers, [508, 508]);
		assert.equal(rig.upstreams.length, 1);
	});

	it("does not refuse other viewers for the hops that one has brought: they ask once more without (REP-11)", () => {
		const rig = new Rig();
		const [chained, plain, other, alsoChained] = [rig.ask([A]), rig.ask(), rig.ask(), rig.ask([B])];
		rig.upstreams[0].listener.refused(0, LOOP);
		assert.deepEqual([rig.answers[chained], rig.answers[alsoChained]], [508, 508]);
		assert.deepEqual([rig.answers[plain], rig.answers[other]], [-1, -1]);
		assert.deepEqual(
			rig.upstreams.map(({ opened }) => opened),
			[[A], []],
		);
		rig.upstreams[1].listener.opened(0);
		assert.deepEqual([rig.answers[plain], rig.answers[other]], [undefined, undefined]);
	});

	it("passes any other refusal on to all waiting viewers (REP-2)", () => {
		const rig = new Rig();
		rig.ask([A]);
		rig.ask();
		rig.upstreams[0].listener.refused(0, { status: 404, message: "no such stream" });
		assert.deepEqual(rig.answers, [404, 404]);
	});
});
