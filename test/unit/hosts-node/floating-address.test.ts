import assert from "node:assert/strict";
import { cleanFloatingAddress } from "../../../hosts/node/clean-floating-address";
import type { CommandOutcome } from "../../../hosts/node/command-runner";
import { NodeFloatingAddress } from "../../../hosts/node/floating-address";
import type { Path } from "../../../src/core/path";
import type { FloatingFailure, FloatingSink } from "../../../src/ports/floating-address";
import { FakeMachine, OTHER_MAC, OWN_MAC } from "./fake-machine";

const FLOATING = "192.168.0.250";
const PATH: Path = { name: "eth0", address: "192.168.0.11", prefix: 24 };
const ADD = "ip address replace 192.168.0.250/24 dev eth0 valid_lft 15 preferred_lft 15";
const DELETE = "ip address del 192.168.0.250/24 dev eth0";
const LIST = "ip -4 -json address show";
const PROBE = "arping -D -f -c 1 -w 1 -I eth0 192.168.0.250";
const VERSION = "arping -V";
const ANNOUNCE = "arping -U -q -c 2 -w 2 -I eth0 192.168.0.250";
const ANSWER = "arping -A -q -c 1 -w 1 -I eth0 192.168.0.250";

class Recorder implements FloatingSink {
	readonly events: string[] = [];
	/** What the app does when it hears of a failure. */
	onFailed: () => void = () => {};

	constructor(private readonly machine: FakeMachine) {}

	taken(): void {
		this.note("taken");
	}

	failed(why: FloatingFailure, detail: string): void {
		this.note(`failed ${why}: ${detail}`);
		this.onFailed();
	}

	conflict(detail: string): void {
		this.note(`conflict: ${detail}`);
	}

	private note(words: string): void {
		this.events.push(`${Math.round(this.machine.world.now)} ${words}`);
	}
}

function set() {
	const machine = new FakeMachine();
	const floating = new NodeFloatingAddress(machine);
	const sink = new Recorder(machine);
	return { machine, floating, sink, take: (path = PATH, address = FLOATING) => floating.take(path, address, sink) };
}

function held() {
	const all = set();
	all.take();
	all.machine.pass(100);
	assert.deepEqual(all.sink.events, ["65 taken"]);
	return all;
}

describe("hosts-node/floating-address", () => {
	it("asks twice, adds the address after 60 ms, and announces it without waiting", () => {
		const { machine, sink, take } = set();
		take();
		assert.deepEqual(sink.events, []);
		machine.pass(65);
		assert.deepEqual(machine.log, [
			`0 ${PROBE}`,
			`20 ${PROBE}`,
			`20 ${VERSION}`,
			`60 ${ADD}`,
			`65 ${ANNOUNCE}`,
			`65 ${ANSWER}`,
		]);
		assert.deepEqual(sink.events, ["65 taken"]);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11", FLOATING]);
		assert.equal(machine.guarded, "ip -batch - < address del 192.168.0.250/24 dev eth0");
		assert.equal(machine.guards, 1);
	});

	it("fails when another machine answers, and adds nothing", () => {
		const { machine, sink, take } = set();
		machine.owner = OTHER_MAC;
		take();
		assert.deepEqual(machine.pass(5000), [PROBE]);
		assert.deepEqual(sink.events, [`3 failed in-use: ${OTHER_MAC} answers for ${FLOATING}`]);
		assert.equal(machine.guards, 0);
		machine.owner = undefined;
		take();
		machine.pass(100);
		assert.match(sink.events[1], /taken/, "and may be tried again");
	});

	it("does not take its own machine for another one: Linux answers on each interface for all", () => {
		const { machine, sink, take } = set();
		machine.owner = OWN_MAC;
		take();
		machine.pass(20_000);
		assert.deepEqual(sink.events, ["65 taken"]);
	});

	it("tries again to remove the address when the command was ended before it had done so, three times at most", () => {
		const { machine, floating } = held();
		let isReleased = false;
		machine.broken.set("ip", { code: -1 });
		floating.release(() => {
			isReleased = true;
		});
		assert.deepEqual(machine.pass(3), [DELETE, DELETE]);
		machine.broken.clear();
		assert.deepEqual(machine.pass(10), [DELETE]);
		assert.deepEqual([machine.addresses.get("eth0"), isReleased], [["192.168.0.11"], true]);

		const hopeless = held();
		hopeless.machine.broken.set("ip", { code: -1 });
		hopeless.floating.release();
		assert.deepEqual(hopeless.machine.pass(1000), [DELETE, DELETE, DELETE]);
	});

	it("looks for others every 2 s, and renews the address well within its lifetime", () => {
		const { machine } = held();
		assert.deepEqual(machine.pass(6000), [PROBE, PROBE, ADD, PROBE]);
		assert.deepEqual(machine.pass(6000), [PROBE, PROBE, ADD, PROBE]);
	});

	for (const [other, after, looks] of [
		["02:00:00:00:00:00", "10 s", 12_073],
		[OTHER_MAC, "16 s where the other one has the higher hardware address and gives up first", 18_073],
	] as const) {
		it(`defends itself once, reports the conflict once, and gives up after ${after} (RFC 5227 §2.4)`, () => {
			const { machine, sink } = held();
			machine.owner = other;
			const said = machine.pass(looks + 1000);
			assert.equal(said.filter((line) => line === ANNOUNCE).length, 1);
			assert.equal(said.at(-1), DELETE);
			assert.deepEqual(sink.events.slice(1), [
				`2068 conflict: ${other} also uses ${FLOATING}`,
				`${looks} failed in-use: ${other} also uses ${FLOATING}, and keeps using it`,
			]);
			assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
			assert.deepEqual([machine.pass(10_000), machine.guards], [[], 0]);
		});
	}

	it("keeps the address when the other one yields, and announces it once more to those who still send there", () => {
		const { machine, sink } = held();
		machine.owner = OTHER_MAC;
		machine.pass(5000);
		machine.owner = undefined;
		assert.equal(machine.pass(60_000).filter((line) => line === ANNOUNCE).length, 1);
		assert.deepEqual(sink.events.slice(1), [`2068 conflict: ${OTHER_MAC} also uses ${FLOATING}`]);
	});

	it("is given back: removed, and done is called once it is gone", () => {
		const { machine, floating, sink } = held();
		const done: string[] = [];
		floating.release(() => done.push(`${machine.world.now} a`));
		floating.release(() => done.push(`${machine.world.now} b`));
		assert.equal(machine.guards, 0);
		assert.equal(done.length, 0);
		assert.deepEqual(machine.pass(5000), [DELETE]);
		assert.deepEqual(done, ["105 a", "105 b"]);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
		floating.release(() => done.push("nothing held"));
		assert.equal(done.length, 3);
		assert.equal(sink.events.length, 1);
	});

	for (const [at, removed] of [
		[10, []],
		[40, []],
		[62, [DELETE]],
	] as const) {
		it(`says nothing any more when released ${at} ms after the call`, () => {
			const { machine, floating, sink, take } = set();
			take();
			machine.pass(at);
			let done = 0;
			floating.release(() => done++);
			assert.deepEqual(machine.pass(5000), removed);
			assert.deepEqual([sink.events, done, machine.guards], [[], 1, 0]);
			assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
		});
	}

	it("takes the next one when the last is gone, and refuses two at once", () => {
		const { machine, floating, sink, take } = held();
		assert.throws(() => take(PATH, "192.168.0.251"), RangeError);
		floating.release();
		take(PATH, "192.168.0.251");
		assert.throws(() => take(PATH, "192.168.0.252"), RangeError);
		floating.release();
		take(PATH, "192.168.0.253");
		machine.pass(200);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11", "192.168.0.253"]);
		assert.deepEqual(sink.events, ["65 taken", "170 taken"]);
	});

	it("may be taken again from within the failure callback", () => {
		const { machine, sink, take } = set();
		machine.owner = OTHER_MAC;
		sink.onFailed = () => {
			machine.owner = undefined;
			sink.onFailed = () => {};
			take();
		};
		take();
		machine.pass(200);
		assert.match(sink.events.join(), /^3 failed in-use: [^,]*,68 taken$/);
	});

	it("takes over the address of a dead process: as it is on this interface, after removing it from another", () => {
		const here = set();
		here.machine.addresses.get("eth0")?.push(FLOATING);
		here.take();
		assert.deepEqual(here.machine.pass(80), [LIST, PROBE, PROBE, VERSION, ADD, ANNOUNCE, ANSWER]);
		assert.deepEqual(here.sink.events, ["70 taken"]);
		const there = set();
		there.machine.addresses.set("wlan0", ["192.168.0.12", FLOATING]);
		there.take();
		const gone = "ip address del 192.168.0.250/24 dev wlan0";
		assert.deepEqual(there.machine.pass(80), [LIST, gone, PROBE, PROBE, VERSION, ADD, ANNOUNCE, ANSWER]);
		assert.deepEqual(there.machine.addresses.get("wlan0"), ["192.168.0.12"]);
	});

	it("removes a leftover address that turns out to be in use", () => {
		const { machine, sink, take } = set();
		machine.addresses.get("eth0")?.push(FLOATING);
		machine.owner = OTHER_MAC;
		take();
		assert.deepEqual(machine.pass(80), [LIST, PROBE, DELETE]);
		assert.match(sink.events[0], /failed in-use/);
	});

	it("waits for arping to start, and for an answer after that", () => {
		const busy = set();
		busy.machine.lag = 100;
		busy.take();
		busy.machine.pass(200);
		assert.deepEqual(busy.sink.events, ["157 taken"]);
		const late = set();
		late.machine.lag = 100;
		late.machine.owner = OTHER_MAC;
		late.take();
		assert.deepEqual(late.machine.pass(5000), [PROBE, PROBE, VERSION]);
		assert.deepEqual(late.sink.events, [`103 failed in-use: ${OTHER_MAC} answers for ${FLOATING}`]);
	});

	it("gives the address up at once when the answer comes even later", () => {
		const { machine, sink, take } = set();
		machine.probeLag = 100;
		machine.owner = OTHER_MAC;
		take();
		assert.deepEqual(machine.pass(5000), [PROBE, PROBE, VERSION, ADD, ANNOUNCE, ANSWER, DELETE]);
		assert.deepEqual(sink.events, ["65 taken", `108 failed in-use: ${OTHER_MAC} answers for ${FLOATING}`]);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
		assert.equal(machine.guards, 0);
	});

	it("defends itself against a machine that takes the address at the same time, as against one that comes later", () => {
		const { machine, sink, take } = set();
		machine.probeLag = 100;
		machine.owner = OTHER_MAC;
		machine.speech = "Broadcast request";
		take();
		machine.pass(5000);
		assert.deepEqual(sink.events, ["65 taken", `2168 conflict: ${OTHER_MAC} also uses ${FLOATING}`]);
	});

	it("hears such an announcement before it adds the address", () => {
		const { machine, sink, take } = set();
		machine.owner = OTHER_MAC;
		machine.speech = "Broadcast request";
		take();
		assert.deepEqual(machine.pass(5000), [PROBE]);
		assert.deepEqual(sink.events, [`3 failed in-use: ${OTHER_MAC} answers for ${FLOATING}`]);
	});

	it("is not disturbed by a probe that fails after the address was added", () => {
		const { machine, sink, take } = set();
		machine.probeLag = 3000;
		take();
		assert.deepEqual(machine.pass(1900), [PROBE, PROBE, VERSION, ADD, ANNOUNCE, ANSWER]);
		machine.probeLag = 0;
		machine.pass(5000);
		assert.deepEqual(sink.events, ["65 taken"]);
	});

	it("takes an address again that the kernel has removed, after a second of silence, and reports success only once", () => {
		const { machine, sink } = held();
		machine.addresses.set("eth0", ["192.168.0.11"]);
		assert.deepEqual(machine.pass(3050), [PROBE, PROBE, ADD, ANNOUNCE, ANSWER]);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11", FLOATING]);
		machine.pass(10_000);
		assert.deepEqual(sink.events, ["65 taken"]);
	});

	it("gives such an address up without defence when another machine has it", () => {
		const { machine, sink } = held();
		machine.addresses.set("eth0", ["192.168.0.11"]);
		machine.owner = OTHER_MAC;
		assert.deepEqual(machine.pass(5000), [PROBE]);
		assert.match(sink.events[1], /^2068 failed in-use: .* answers for/);
	});

	it("does so even if arping is slow to start, and looks again when it can't probe", () => {
		const { machine, sink } = held();
		machine.addresses.set("eth0", ["192.168.0.11"]);
		machine.broken.set("arping", { stderr: "arping: Interface eth0 is down" });
		assert.deepEqual(machine.pass(3000), [PROBE, PROBE]);
		machine.broken.clear();
		machine.lag = 3000;
		assert.deepEqual(machine.pass(2000), [PROBE, PROBE]);
		machine.lag = 1000;
		machine.owner = OTHER_MAC;
		assert.deepEqual(machine.pass(10_000), [PROBE, PROBE]);
		assert.match(sink.events[1], /^9\d\d\d failed in-use: .* answers for/);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
	});

	it("waits while the cable is out, and does not renew the address", () => {
		const { machine, sink } = held();
		machine.plugged = false;
		assert.deepEqual(machine.pass(20_000), []);
		machine.addresses.set("eth0", ["192.168.0.11"]);
		machine.plugged = true;
		assert.deepEqual(machine.pass(3100), [PROBE, PROBE, ADD, ANNOUNCE, ANSWER]);
		assert.deepEqual(sink.events, ["65 taken"]);
	});

	it("ends when the interface has another own address", () => {
		const { machine, sink } = held();
		machine.addresses.set("eth0", ["192.168.0.77", FLOATING]);
		assert.deepEqual(machine.pass(2100), [DELETE]);
		assert.match(sink.events[1], /failed failed: eth0 no longer has the address 192\.168\.0\.11/);
	});

	it("restarts a guard that has ended", () => {
		const { machine } = held();
		machine.guardEnded();
		assert.equal(machine.guards, 0);
		machine.pass(2000);
		assert.equal(machine.guards, 1);
	});

	const REFUSED: readonly [string, Path, string, RegExp][] = [
		["no address", PATH, "192.168.0.256", /failed failed: "192\.168\.0\.256" is not an IPv4 address/],
		["an option", PATH, "-h", /failed failed: "-h" is not an IPv4 address/],
		["another network", PATH, "192.168.1.250", /failed failed: .* is not in the network of eth0/],
		["the broadcast address", PATH, "192.168.0.255", /failed failed: .* is the network or broadcast address/],
		["the network's address", PATH, "192.168.0.0", /failed failed: .* is the network or broadcast address/],
		["the own address", PATH, "192.168.0.11", /failed in-use: .* is this machine's own address on eth0/],
		[
			"an unknown interface",
			{ ...PATH, name: "eth9" },
			FLOATING,
			/failed failed: the interface "eth9" does not exist or is not up/,
		],
		[
			"a strange interface",
			{ ...PATH, name: "-batch" },
			FLOATING,
			/failed failed: the interface "-batch" does not exist or is not up/,
		],
	];
	for (const [title, path, address, words] of REFUSED) {
		it(`refuses ${title} before it runs anything`, () => {
			const { machine, sink, take } = set();
			take(path, address);
			assert.deepEqual(sink.events, [], "not inside the call");
			assert.deepEqual(machine.pass(5000), []);
			assert.match(sink.events.join(), words);
		});
	}

	it("refuses an address that another interface of this machine has as its own", () => {
		const { machine, sink, take } = set();
		machine.addresses.set("wlan0", [FLOATING]);
		take();
		assert.deepEqual(machine.pass(5000), [LIST]);
		assert.match(sink.events.join(), /failed in-use: .* is this machine's own address on wlan0/);
	});

	it("needs Linux", () => {
		const { machine, sink, take } = set();
		machine.platform = "darwin";
		take();
		assert.deepEqual(machine.pass(5000), []);
		assert.deepEqual(sink.events, ["0 failed not-permitted: floating addresses need Linux; this is darwin"]);
	});

	const BROKEN: readonly [string, Partial<CommandOutcome>, RegExp][] = [
		["arping", { code: -1, trouble: "missing" }, /failed not-permitted: .*iputils-arping/],
		["ip", { code: -1, trouble: "missing" }, /failed not-permitted: .*iproute2/],
		["ip", { stderr: "RTNETLINK answers: Operation not permitted" }, /failed not-permitted: .*CAP_NET_ADMIN/],
		["arping", { stderr: "arping: Interface eth0 is down" }, /failed failed: .*eth0 is down/],
	];
	for (const [program, outcome, words] of BROKEN) {
		it(`says when ${program} fails: ${outcome.trouble ?? outcome.stderr}`, () => {
			const { machine, sink, take } = set();
			machine.broken.set(program, outcome);
			take();
			machine.pass(5000);
			assert.match(sink.events.join(), words);
			assert.equal(sink.events.length, 1);
			assert.equal(machine.guards, 0);
		});
	}

	it("does not give up when a check fails", () => {
		const { machine, sink } = held();
		machine.broken.set("arping", { stderr: "arping: Interface eth0 is down" });
		machine.pass(10_000);
		assert.deepEqual(sink.events, ["65 taken"]);
	});

	it("removes the addresses of a dead process, and nothing else", async () => {
		const clean = async (machine: FakeMachine, address = FLOATING): Promise<boolean> => {
			const cleaned = cleanFloatingAddress(address, machine);
			for (let i = 0; i < 5; i++) {
				machine.pass(10);
				await Promise.resolve();
			}
			return await cleaned;
		};
		const { machine } = set();
		assert.equal(await clean(machine), false);
		machine.addresses.get("eth0")?.push(FLOATING);
		assert.equal(await clean(machine, "192.168.0.11"), false);
		assert.equal(await clean(machine), true);
		assert.deepEqual(machine.addresses.get("eth0"), ["192.168.0.11"]);
		const before = machine.log.length;
		assert.equal(await clean(machine, "; reboot"), false);
		machine.platform = "win32";
		assert.equal(await clean(machine), false);
		assert.equal(machine.log.length, before);
	});
});
