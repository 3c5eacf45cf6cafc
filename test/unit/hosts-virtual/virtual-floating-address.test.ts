import assert from "node:assert/strict";
import { Lan } from "../../../hosts/virtual/lan";
import { VirtualFloatingAddress } from "../../../hosts/virtual/virtual-floating-address";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { World } from "../../../hosts/virtual/world";
import type { Path } from "../../../src/core/path";
import type { FloatingFailure, FloatingSink } from "../../../src/ports/floating-address";
import { dial, ListenRecorder, UdpRecorder } from "./sinks";

const FLOATING = "192.168.0.250";

/** A machine with a floating address, and its events. */
class Holder implements FloatingSink {
	readonly events: string[] = [];
	readonly details: string[] = [];
	floating: VirtualFloatingAddress;
	inside = false;

	constructor(
		readonly world: World,
		readonly machine: VirtualMachine,
	) {
		this.floating = new VirtualFloatingAddress(machine);
	}

	get path(): Path {
		return this.machine.network.paths()[0];
	}

	take(address = FLOATING, path = this.path): void {
		this.inside = true;
		try {
			this.floating.take(path, address, this);
		} finally {
			this.inside = false;
		}
	}

	taken(): void {
		this.note("taken");
	}

	failed(why: FloatingFailure, detail: string): void {
		this.note(`failed ${why}`);
		this.details.push(detail);
	}

	conflict(detail: string): void {
		this.note("conflict");
		this.details.push(detail);
	}

	private note(event: string): void {
		assert.equal(this.inside, false, `${event} inside a call`);
		this.events.push(`${Math.round(this.world.now)} ${event}`);
	}
}

function home(seed = 1) {
	const world = new World(seed);
	const lan = new Lan(world);
	const machines = [0, 1, 2].map((i) => {
		const machine = new VirtualMachine(world, `m${i}`);
		machine.attach(lan, { address: `192.168.0.${10 + i}` });
		return machine;
	});
	const [a, b] = machines.map((machine) => new Holder(world, machine));
	const nics = machines.map((machine) => machine.nics[0]);
	const listen = (holder: Holder): UdpRecorder => new UdpRecorder(holder.machine.network, { port: 9 });
	const visitor = new UdpRecorder(machines[2].network, { port: 9 });
	const ends = [listen(a), listen(b)];
	/** Which of the two holders a visitor's datagram to the floating address reaches. */
	const reached = (): string => {
		const before = ends.map((end) => end.heard.length);
		visitor.say("hello", FLOATING, 9);
		world.runFor(2);
		return ["a", "b"].filter((_, i) => ends[i].heard.length > before[i]).join();
	};
	world.run(1);
	return { world, lan, machines, nics, a, b, ends, listen, visitor, reached };
}

describe("hosts-virtual/virtual-floating-address", () => {
	it("takes a free address within 60 ms; neighbours reach it, and paths do not list it", () => {
		const { world, a, reached, machines } = home();
		assert.equal(reached(), "");
		a.take();
		world.runFor(61);
		assert.deepEqual(a.events, ["63 taken"]);
		assert.equal(a.floating.address, FLOATING);
		assert.equal(reached(), "a");
		assert.deepEqual(
			machines[0].network.paths().map((path) => path.address),
			["192.168.0.10"],
		);
	});

	it("accepts and opens streams on the floating address", () => {
		const { world, a, machines } = home();
		a.take();
		world.runFor(100);
		const [any, own] = [new ListenRecorder(a.machine.network, 80), new ListenRecorder(a.machine.network, 81, FLOATING)];
		const far = new ListenRecorder(machines[2].network, 5000);
		world.runFor(1);
		for (const port of [80, 81]) dial(machines[2].network, FLOATING, port).write("GET");
		dial(a.machine.network, "192.168.0.12", 5000, FLOATING).write("POST");
		const datagrams = new UdpRecorder(machines[2].network, { port: 700 });
		const bound = new UdpRecorder(a.machine.network, { port: 700, address: FLOATING });
		world.runFor(5);
		assert.deepEqual([any.accepts[0].text, own.accepts[0].text, far.accepts[0].text], ["GET", "GET", "POST"]);
		assert.equal(any.accepts[0].stream.localAddress, FLOATING);
		assert.equal(far.accepts[0].stream.remoteAddress, FLOATING);
		bound.say("from there", "192.168.0.12", 700);
		world.runFor(5);
		assert.deepEqual(datagrams.heard, [`${FLOATING}:700 from there`]);
	});

	it("releases the address: done is called, and another machine can take it at once", () => {
		const { world, a, b, reached } = home();
		a.take();
		world.runFor(100);
		let done = 0;
		a.floating.release(() => done++);
		a.floating.release(() => done++);
		assert.equal(done, 2);
		assert.equal(reached(), "");
		b.take();
		world.runFor(100);
		assert.equal(reached(), "b");
		world.runFor(60_000);
		assert.deepEqual([a.events.length, b.events.length], [1, 1]);
	});

	it("makes no call when it is released during a probe", () => {
		const { world, a, reached } = home();
		a.take();
		world.runFor(30);
		a.floating.release();
		world.runFor(5000);
		assert.deepEqual(a.events, []);
		assert.equal(reached(), "");
	});

	const REFUSED: readonly [string, string, RegExp][] = [
		["192.168.0.12", "failed in-use", /answers for 192\.168\.0\.12/],
		["192.168.0.10", "failed in-use", /an address of this machine/],
		["10.0.0.1", "failed failed", /not in the network of eth0/],
	];
	for (const [address, why, words] of REFUSED) {
		it(`refuses ${address}: ${why}`, () => {
			const { world, a, machines } = home();
			a.take(address);
			world.runFor(100);
			assert.equal(a.events.map((event) => event.replace(/^\d+ /, "")).join(), why);
			assert.match(a.details[0], words);
			assert.equal(machines[0].owns("192.168.0.10"), true);
			a.take();
			world.runFor(100);
			assert.match(a.events[1], /taken/, "a failure leaves nothing behind");
		});
	}

	it("refuses a missing interface, and a second address", () => {
		const { world, a } = home();
		const { path } = a;
		a.machine.nics[0].configure(undefined);
		a.take(FLOATING, path);
		world.runFor(1);
		assert.match(a.details[0], /no interface eth0 with the address 192\.168\.0\.10/);
		a.machine.nics[0].configure({ address: "192.168.0.10" });
		a.take();
		assert.throws(() => a.take("192.168.0.251"), RangeError);
		world.runFor(100);
		assert.match(a.events[1], /taken/);
	});

	it("probes twice: with 30 % loss it rarely takes an address in use, and notices soon (40 seeds)", () => {
		let taken = 0;
		for (let seed = 1; seed <= 40; seed++) {
			const { world, a, b } = home(seed);
			a.take();
			world.runFor(1500);
			b.machine.nics[0].link.settings.loss = 0.3;
			b.take();
			world.runFor(100);
			if (b.floating.address === undefined) continue;
			taken++;
			world.runFor(6000);
			assert.ok(a.events.length > 1 && b.events.length > 1, `seed ${seed}: a conflict that nobody noticed`);
		}
		assert.ok(taken >= 1 && taken <= 16, `${taken} of 40 took an address in use`);
	});

	it("delivers to the crashed machine until another one announces the address", () => {
		const { world, a, b, reached, ends, listen } = home();
		a.take();
		world.runFor(5000);
		a.machine.crash();
		world.runFor(100);
		assert.equal(reached(), "");
		b.take();
		world.runFor(61);
		assert.equal(reached(), "b");
		// The former owner comes back and knows nothing of the address.
		a.machine.powerOn();
		ends[0] = listen(a);
		world.runFor(20_000);
		assert.equal(reached(), "b");
		assert.equal(a.machine.owns(FLOATING), false);
		assert.deepEqual([a.events.length, b.events.length], [1, 1]);
	});

	it("makes no call after a crash of its machine", () => {
		const { world, a } = home();
		a.take();
		world.runFor(30);
		a.machine.crash();
		a.machine.powerOn();
		world.runFor(5000);
		assert.deepEqual(a.events, []);
		a.take();
		a.floating.release();
		world.runFor(5000);
		assert.deepEqual(a.events, [], "it belongs to the network before the crash");
	});

	it("moves away from an unplugged machine; both report a conflict when it is plugged in again", () => {
		const { world, nics, a, b, reached } = home();
		a.take();
		world.runFor(100);
		nics[0].link.up = false;
		b.take();
		world.runFor(100);
		assert.equal(reached(), "b");
		nics[0].link.up = true;
		world.runFor(2100);
		assert.equal(a.events.filter((event) => event.endsWith("conflict")).length, 1);
		assert.equal(b.events.filter((event) => event.endsWith("conflict")).length, 1);
		a.floating.release();
		world.runFor(30_000);
		assert.equal(reached(), "b");
		assert.equal(b.floating.address, FLOATING);
		assert.match(b.events.at(-1) ?? "", /conflict/);
	});

	it("is lost when the cable is unplugged for more than 15 s, and taken again afterwards if it is free", () => {
		const { world, nics, a, b, reached } = home();
		a.take();
		world.runFor(5000);
		nics[0].link.up = false;
		world.runFor(10_000);
		assert.equal(a.floating.address, FLOATING);
		world.runFor(8000);
		assert.equal(a.floating.address, undefined);
		nics[0].link.up = true;
		world.runFor(2500);
		assert.equal(reached(), "a");
		nics[0].link.up = false;
		b.take();
		world.runFor(20_000);
		nics[0].link.up = true;
		world.runFor(2500);
		assert.equal(reached(), "b");
		assert.deepEqual([a.events.length, b.events.length], [2, 1]);
		assert.match(a.events[1], /failed in-use/);
	});

	it("can be taken from a suspended machine; both report a conflict when it resumes", () => {
		const { world, machines, a, b, reached } = home();
		a.take();
		world.runFor(5000);
		machines[0].suspend();
		b.take();
		world.runFor(60_000);
		assert.equal(reached(), "b");
		assert.deepEqual([a.events.length, b.events.length], [1, 1]);
		machines[0].resume();
		world.runFor(4000);
		assert.match(a.events[1], /conflict/);
		assert.match(b.events[1], /conflict/);
	});

	it("has two holders in a partition, and is given up 10 s after it is healed if neither yields (IMG-25)", () => {
		const { world, lan, nics, a, b, reached } = home();
		lan.partition([[nics[0]], [nics[1], nics[2]]]);
		a.take();
		world.runFor(500);
		b.take();
		world.runFor(30_000);
		assert.deepEqual([a.events.length, b.events.length], [1, 1]);
		assert.equal(reached(), "b");
		lan.heal();
		const healed = world.now;
		world.runFor(15_000);
		const all = [a, b].flatMap((holder) => holder.events);
		assert.equal(all.filter((event) => event.endsWith("conflict")).length, 2, all.join());
		const given = all.filter((event) => event.endsWith("failed in-use"));
		assert.equal(given.length, 1, "the other is left alone then");
		const after = Number.parseInt(given[0], 10) - healed;
		assert.ok(after >= 10_000 && after <= 14_500, `${after} ms`);
		const left = a.floating.address === undefined ? "b" : "a";
		assert.equal(reached(), left);
	});

	it("reports a conflict at once when two machines take it at the same instant", () => {
		const { world, a, b } = home();
		a.take();
		b.take();
		world.runFor(100);
		for (const { events } of [a, b]) assert.deepEqual(events, ["61 taken", "61 conflict"]);
	});
});
