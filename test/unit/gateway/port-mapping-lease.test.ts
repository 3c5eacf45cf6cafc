import assert from "node:assert/strict";
import { LeasePolicy } from "../../../src/gateway/lease-policy";
import { type LeaseContext, type LeaseOwner, PortMappingLease } from "../../../src/gateway/port-mapping-lease";
import type { MappingRequest } from "../../../src/gateway/wanted-mapping";
import { argument, PATH, ScriptedGateway } from "./recording-outbox";

const REQUEST: MappingRequest = { protocol: "UDP", internalPort: 5004, candidates: [5004, 5006, 5008], lease: 600 };
const DESCRIPTION = "Porthole/test 3f9a2c/rtp Hof";

/** An entry as the gateway reads it back. */
function entry(more: Record<string, string | number> = {}): Record<string, string | number> {
	return {
		NewInternalPort: 5004,
		NewInternalClient: PATH.address,
		NewEnabled: 1,
		NewPortMappingDescription: DESCRIPTION,
		NewLeaseDuration: 600,
		...more,
	};
}

const FOREIGN = entry({ NewInternalClient: "192.168.0.77", NewPortMappingDescription: "Skype" });

/** A lease, its gateway, and the events of its owner. */
class Bench implements LeaseContext, LeaseOwner {
	readonly gateway = new ScriptedGateway();
	readonly leases = new LeasePolicy();
	readonly neighbours = { id: "3f9a2c0000000000", peers: [], gone: [], floating: "" };
	readonly story: string[] = [];
	used: readonly number[] = [];
	readonly lease: PortMappingLease;

	constructor(request: MappingRequest = REQUEST) {
		this.lease = new PortMappingLease(request, this, this);
		this.lease.description = DESCRIPTION;
	}

	isUsed(port: number): boolean {
		return this.used.includes(port);
	}

	held(_now: number, { externalPort }: { externalPort: number }): void {
		this.story.push(`held ${externalPort}`);
	}

	lost(_now: number, reason: string): void {
		this.story.push(`lost ${reason}`);
	}

	refused(_now: number, diagnosis: string): void {
		this.story.push(`refused ${diagnosis}`);
	}

	silent(): void {
		this.story.push("silent");
	}

	begin(): void {
		this.lease.begin(this.gateway.now, this.gateway.igd, this.gateway.out);
	}

	/** Answers the requests one after the other. */
	answer(...answers: (Readonly<Record<string, string | number>> | number | undefined)[]): void {
		for (const answer of answers) this.gateway.answer(answer);
	}

	/** Advances to the deadline and handles it. */
	next(): number {
		this.gateway.now = this.lease.deadline;
		this.lease.expire(this.gateway.now, this.gateway.out);
		return this.gateway.now;
	}

	get asked(): string[] {
		return this.gateway.out.names.map((name) => name.replace("PortMapping", "").replace("GetSpecificEntry", "Read"));
	}
}

describe("gateway/port-mapping-lease", () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});

	it("asks for a port of its protocol, reads it back, and reports it (WANIPConnection:1 §2.4.16)", () => {
		bench.begin();
		bench.answer(714);
		const { out } = bench.gateway;
		assert.deepEqual(
			[
				"NewProtocol",
				"NewExternalPort",
				"NewInternalPort",
				"NewInternalClient",
				"NewEnabled",
				"NewLeaseDuration",
				"NewPortMappingDescription",
			].map((name) => argument(out.last, name)),
			["UDP", "5004", "5004", "192.168.0.11", "1", "600", DESCRIPTION],
		);
		bench.answer({}, entry());
		assert.deepEqual([bench.asked, bench.story], [["Read 5004", "Add 5004", "Read 5004"], ["held 5004"]]);
	});

	it("checks every two seconds at first, then every minute, and renews at a third of the lease (quirks 2, 7, 26)", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		const times: string[] = [];
		for (let i = 0; i < 8; i++) {
			const at = bench.next();
			bench.answer(entry());
			times.push(`${at} ${bench.asked.at(-1)?.split(" ")[0]}`);
			if (bench.asked.at(-1)?.startsWith("Add")) bench.answer({}, entry());
		}
		assert.deepEqual(times, [
			"2000 Read",
			"4000 Read",
			"6000 Read",
			"66000 Read",
			"126000 Read",
			"186000 Read",
			"200000 Add",
			"260000 Read",
		]);
		assert.deepEqual(bench.story, ["held 5004"]);
	});

	const cases: [string, (Readonly<Record<string, string | number>> | number | undefined)[], string[], string[]][] = [
		[
			"asks for no port that another device has, which would be overwritten on the same machine (quirk 26)",
			[FOREIGN, 714, {}, entry()],
			["Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"takes the next candidate where another camera was given the port at the same moment (quirk 26)",
			[
				714,
				{},
				entry({ NewInternalPort: 5014, NewPortMappingDescription: "Porthole/test 77aabb/rtp Hof" }),
				714,
				{},
				entry(),
			],
			["Read 5004", "Add 5004", "Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"takes the next candidate where another device has just got the port",
			[714, 718, FOREIGN, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"asks again where the entry has just disappeared (quirk 3)",
			[714, 718, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"takes the next candidate where there is no entry and still a conflict (quirk 3)",
			[714, 718, 714, 718, 714, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"replaces its own entry (quirk 3)",
			[entry({ NewInternalPort: 9 }), 718, entry({ NewInternalPort: 9 }), {}, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Delete 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"takes the next candidate where its own entry cannot be deleted (quirk 9)",
			[entry(), 718, entry(), 606, entry(), 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Delete 5004", "Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"asks again where the entry has gone while it was to be deleted",
			[entry(), 718, entry(), 714, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Delete 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"asks for a permanent lease where it must (quirk 1)",
			[714, 725, {}, entry()],
			["Read 5004", "Add 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"asks for an hour where permanent leases are refused (quirk 2)",
			[714, 402, 402, {}, entry()],
			["Read 5004", "Add 5004", "Add 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"takes the next candidate where the router uses the port (quirk 5)",
			[714, 729, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"believes a gateway that cannot read back, once a permanent mapping could not be read either (quirk 27)",
			[401, {}, 401, {}, 401, {}, 401],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"believes a gateway that answers all but reads (quirk 27)",
			[undefined, {}, undefined, {}, undefined, {}, undefined],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"keeps a permanent mapping where leased ones are dropped at once and absent ones are 402 (quirks 2, 27)",
			[402, {}, 402, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"tries a permanent lease where the entry is gone at once (quirk 2)",
			[714, {}, 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004", "Read 5004"],
			["held 5004"],
		],
		[
			"gives up a gateway that lies about every port (quirk 5)",
			[714, {}, FOREIGN, 714, {}, FOREIGN, 714, {}, FOREIGN],
			[5004, 5006, 5008].flatMap((port) => [`Read ${port}`, `Add ${port}`, `Read ${port}`]),
			["refused gateway-lies"],
		],
		[
			"does not accept an entry that is disabled",
			[714, {}, entry({ NewEnabled: 0 }), 714, {}, entry()],
			["Read 5004", "Add 5004", "Read 5004", "Read 5006", "Add 5006", "Read 5006"],
			["held 5006"],
		],
		[
			"reports a missing permission (quirk 4)",
			[714, 606, 714, 606, 714, 606],
			[5004, 5006, 5008].flatMap((port) => [`Read ${port}`, `Add ${port}`]),
			["refused permission"],
		],
		["reports a full table (quirk 6)", [714, 728], ["Read 5004", "Add 5004"], ["refused table-full"]],
		[
			"reports a gateway that refuses for other reasons",
			[714, 501, 714, 501],
			["Read 5004", "Add 5004", "Read 5006", "Add 5006"],
			["refused refused"],
		],
		[
			"reports that no candidate is left",
			[FOREIGN, FOREIGN, FOREIGN],
			["Read 5004", "Read 5006", "Read 5008"],
			["refused no-port"],
		],
		["stops at a gateway that does not answer", [undefined, undefined], ["Read 5004", "Add 5004"], ["silent"]],
		[
			"stops at a gateway that does not answer when it is asked",
			[714, undefined],
			["Read 5004", "Add 5004"],
			["silent"],
		],
		[
			"stops at a gateway that does not answer from the second read on",
			[714, {}, undefined, undefined],
			["Read 5004", "Add 5004", "Read 5004", "Add 5004"],
			["silent"],
		],
	];
	for (const [title, answers, asked, story] of cases) {
		it(title, () => {
			bench.begin();
			bench.answer(...answers);
			assert.deepEqual([bench.asked, bench.story], [asked, story]);
		});
	}

	for (const code of [714, 402, 501]) {
		it(`makes a mapping again that was readable once and is now error ${code} (quirk 27)`, () => {
			bench.begin();
			bench.answer(code, {}, entry());
			for (let i = 0; i < 3; i++) {
				bench.next();
				bench.answer(entry());
			}
			bench.next();
			bench.answer(code, code, {}, entry());
			assert.deepEqual(bench.asked.slice(6), ["Read 5004", "Read 5004", "Add 5004", "Read 5004"]);
			assert.deepEqual([bench.leases.permanent, bench.story], [false, ["held 5004"]]);
		});
	}

	it("stops at a gateway that has read back before and does not answer when it is read", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		bench.next();
		bench.answer(undefined);
		assert.deepEqual(bench.story, ["held 5004", "silent"]);
	});

	it("requests leased, not permanent, mappings from a gateway that can read neither back (quirk 27)", () => {
		bench.begin();
		bench.answer(501);
		const leases: (string | undefined)[] = [];
		for (let i = 0; i < 3; i++) {
			leases.push(argument(bench.gateway.out.last, "NewLeaseDuration"));
			bench.answer({}, 501);
		}
		assert.deepEqual(leases, ["600", "0", "600"]);
		assert.deepEqual([bench.leases.readable, bench.leases.permanent, bench.story], [false, false, ["held 5004"]]);
	});

	it("tries everything again a minute after a refusal", () => {
		bench.begin();
		bench.answer(714, 728);
		assert.equal(bench.next(), 60000);
		bench.answer(714, {}, entry());
		assert.deepEqual(bench.story, ["refused table-full", "held 5004"]);
	});

	it("tries again 5, 10, 20, 40 and then 60 s after a refusal where a port was held, as a router without the Internet refuses", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		bench.next();
		bench.answer(714, 714, 728);
		assert.deepEqual(bench.story, ["held 5004", "lost table-full", "refused table-full"]);
		for (const wait of [5000, 10000, 20000, 40000, 60000, 60000]) {
			const { now } = bench.gateway;
			assert.equal(bench.next() - now, wait);
			bench.answer(714, 728);
		}
		bench.next();
		bench.answer(714, {}, entry());
		assert.equal(bench.story.at(-1), "held 5004");
	});

	it("asks at once for a port that was refused when told to, but not before the answer of a request under way", () => {
		bench.begin();
		bench.lease.retrySoon(0);
		assert.equal(bench.lease.deadline, Infinity);
		bench.answer(714, 728);
		bench.lease.retrySoon(1);
		assert.equal(bench.lease.deadline, 1);
		bench.next();
		bench.answer(714, {}, entry());
		const { deadline } = bench.lease;
		bench.lease.retrySoon(2);
		assert.equal(bench.lease.deadline, deadline, "nothing to ask for");
	});

	it("skips candidates that another mapping of ours has", () => {
		bench.used = [5004, 5006];
		bench.begin();
		bench.answer(714, {}, entry());
		assert.deepEqual(bench.story, ["held 5008"]);
	});

	it("maps to the same port inside where the internal port is 0 (IMG-6)", () => {
		bench = new Bench({ ...REQUEST, internalPort: 0 });
		bench.used = [5004];
		bench.begin();
		bench.answer(714);
		assert.equal(argument(bench.gateway.out.last, "NewInternalPort"), "5006");
	});

	it("restores a vanished mapping at once, with a permanent lease if it vanished in the first five seconds (quirks 2, 7)", () => {
		for (const [early, lease] of [
			[true, "0"],
			[false, "600"],
		] as const) {
			bench = new Bench();
			bench.begin();
			bench.answer(714, {}, entry());
			for (let i = 0; !early && i < 3; i++) {
				bench.next();
				bench.answer(entry());
			}
			bench.next();
			bench.answer(714, 714);
			assert.equal(argument(bench.gateway.out.last, "NewLeaseDuration"), lease);
			bench.answer({}, entry());
			assert.deepEqual(bench.story, ["held 5004"]);
		}
	});

	it("does not consider a mapping settled after an early check that an event caused", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		bench.gateway.now = 300;
		bench.lease.checkSoon(300);
		assert.equal(bench.next(), 300);
		bench.answer(entry());
		bench.next();
		bench.answer(714, 714);
		assert.equal(argument(bench.gateway.out.last, "NewLeaseDuration"), "0");
	});

	it("loses its port to another device, and takes the next candidate", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		bench.next();
		bench.answer(FOREIGN, 714, {}, entry());
		assert.deepEqual(bench.story, ["held 5004", "lost reassigned", "held 5006"]);
	});

	it("starts with the port that it held when the gateway is found again", () => {
		bench.begin();
		bench.answer(714, 729, 714, {}, entry());
		bench.lease.stop();
		bench.begin();
		assert.equal(bench.asked.at(-1), "Read 5006");
		bench.answer(entry(), {}, entry());
		assert.deepEqual(bench.story, ["held 5006"]);
	});

	it("renews at once with a new description, and replaces the entry where the gateway keeps the old one (IMG-15)", () => {
		bench.begin();
		bench.answer(714, {}, entry());
		bench.lease.description = "Porthole/test 3f9a2c/rtp Garten";
		bench.lease.refresh(1000, bench.gateway.out);
		bench.answer(entry(), {}, entry(), {}, {}, entry({ NewPortMappingDescription: bench.lease.description }));
		assert.deepEqual(bench.asked.slice(3), [
			"Read 5004",
			"Add 5004",
			"Read 5004",
			"Delete 5004",
			"Add 5004",
			"Read 5004",
		]);
		assert.deepEqual(bench.story, ["held 5004"]);
	});

	const releases: [string, (Readonly<Record<string, string | number>> | number | undefined)[], string[]][] = [
		["deletes its own entry after reading it", [entry(), {}], ["Read 5004", "Delete 5004"]],
		["does not delete another's entry", [FOREIGN], ["Read 5004"]],
		["deletes its own mapping where the gateway cannot read back", [401, {}], ["Read 5004", "Delete 5004"]],
		["is done where the entry is gone", [714], ["Read 5004"]],
		["is done where the gateway does not answer", [undefined], ["Read 5004"]],
	];
	for (const [title, answers, asked] of releases) {
		it(`when it is released, ${title}`, () => {
			let done = 0;
			bench.begin();
			bench.answer(714, {}, entry());
			bench.lease.release(1000, () => void done++, bench.gateway.out);
			bench.answer(...answers);
			assert.deepEqual(
				[bench.asked.slice(3), done, bench.lease.deadline, bench.lease.port],
				[asked, 1, Infinity, undefined],
			);
		});
	}

	it("also deletes a mapping that is granted after it was released", () => {
		let done = 0;
		bench.begin();
		bench.answer(714);
		bench.lease.release(0, () => void done++, bench.gateway.out);
		bench.answer({});
		bench.answer(entry(), {});
		assert.deepEqual([bench.asked, bench.story, done], [["Read 5004", "Add 5004", "Read 5004", "Delete 5004"], [], 1]);
	});

	it("is released at once while there is no gateway", () => {
		let done = 0;
		bench.lease.release(0, () => void done++, bench.gateway.out);
		assert.deepEqual([done, bench.asked], [1, []]);
	});
});
