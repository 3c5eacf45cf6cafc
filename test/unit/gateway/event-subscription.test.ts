import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import {
	EVENT_CALLBACK_TARGET,
	type EventNotification,
	EventSubscription,
	type GatewayChange,
} from "../../../src/gateway/event-subscription";
import { Igd } from "../../../src/gateway/igd";
import { PATH, ScriptedGateway, WANIP } from "./recording-outbox";

const ROUTER = "192.168.0.1";

function body(variables: Readonly<Record<string, string | number>>): Uint8Array {
	const list = Object.entries(variables).map(([name, value]) => `<e:property><${name}>${value}</${name}></e:property>`);
	return new Uint8Array(Buffer.from(`<e:propertyset>${list.join("")}</e:propertyset>`));
}

function event(
	seq: number,
	variables: Readonly<Record<string, string | number>> = {},
	more: Partial<EventNotification> = {},
): EventNotification {
	return {
		from: ROUTER,
		nt: "upnp:event",
		nts: "upnp:propchange",
		sid: "uuid:1",
		seq: `${seq}`,
		body: body(variables),
		...more,
	};
}

class Bench {
	readonly gateway = new ScriptedGateway();
	readonly changes: GatewayChange[] = [];
	readonly events = new EventSubscription((_, change) => void this.changes.push(change));

	/** Sets the callback port and starts with the gateway. */
	begin(): void {
		this.events.setCallbackPort(8000, this.gateway.out);
		this.events.begin(this.gateway.igd, this.gateway.out);
	}

	/** Answers the request under way. */
	answer(
		status: number,
		fields: readonly (readonly [string, string])[] = [
			["sid", "uuid:1"],
			["timeout", "Second-600"],
		],
		now = 0,
	): void {
		const { queue, out } = this.gateway;
		queue.answered(now, out.last.id, { status, fields, body: new Uint8Array(0) }, out);
	}

	expire(): number {
		const now = this.events.deadline;
		this.events.expire(now, this.gateway.out);
		return now;
	}
}

describe("gateway/event-subscription", () => {
	let bench: Bench;

	beforeEach(() => {
		bench = new Bench();
	});

	it("subscribes with a callback at our address in the LAN (UPnP Device Architecture 2.0 §4.1.2)", () => {
		bench.begin();
		const { method, target, headers } = bench.gateway.out.last;
		assert.deepEqual(
			[method, target, headers[0]],
			["SUBSCRIBE", "/evt", ["CALLBACK", `<http://192.168.0.11:8000${EVENT_CALLBACK_TARGET}>`]],
		);
		assert.equal(bench.events.active, false);
		bench.answer(200);
		assert.deepEqual([bench.events.active, bench.events.deadline], [true, 300000]);
	});

	it("renews by SID, and subscribes again when the renewal is refused", () => {
		bench.begin();
		bench.answer(200);
		assert.equal(bench.expire(), 300000);
		assert.deepEqual(bench.gateway.out.last.headers[0], ["SID", "uuid:1"]);
		bench.answer(412, [], 300000);
		assert.equal(bench.events.active, false);
		assert.equal(bench.expire(), 300000);
		assert.equal(bench.gateway.out.last.headers[0][0], "CALLBACK");
	});

	for (const [title, status, fields, wait] of [
		["refuses", 501, undefined, 600000],
		["gives no SID", 200, [["timeout", "Second-600"]], 600000],
		["gives a SID that no header may carry", 200, [["sid", "a b"]], 600000],
	] as const) {
		it(`asks a gateway that ${title} again after ten minutes`, () => {
			bench.begin();
			bench.answer(status, fields);
			assert.deepEqual([bench.events.active, bench.events.deadline], [false, wait]);
		});
	}

	it("asks a gateway that does not answer again after a minute", () => {
		bench.begin();
		bench.gateway.answer(undefined);
		assert.equal(bench.events.deadline, 60000);
	});

	it("assumes ten minutes when the gateway gives no timeout", () => {
		bench.begin();
		bench.answer(200, [["sid", "uuid:1"]]);
		assert.equal(bench.events.deadline, 300000);
	});

	it("sends no request without a callback port, or to a gateway without events", () => {
		bench.events.begin(bench.gateway.igd, bench.gateway.out);
		assert.deepEqual(bench.gateway.out.requests, []);
		const { control } = bench.gateway.igd.service;
		const igd = new Igd(bench.gateway.queue, PATH, "x", { type: WANIP, control, events: undefined });
		bench.events.setCallbackPort(8000, bench.gateway.out);
		assert.equal(bench.gateway.out.names.length, 1, "only the port was missing");
		bench.events.begin(igd, bench.gateway.out);
		assert.equal(bench.gateway.out.names.length, 1);
	});

	it("cancels the old subscription when the callback port changes or goes", () => {
		bench.begin();
		bench.answer(200);
		bench.events.setCallbackPort(8001, bench.gateway.out);
		assert.deepEqual(
			[bench.gateway.out.last.method, bench.gateway.out.last.headers],
			["UNSUBSCRIBE", [["SID", "uuid:1"]]],
		);
		bench.answer(200, []);
		assert.match(bench.gateway.out.last.headers[0][1], /:8001/);
		bench.answer(200);
		bench.events.setCallbackPort(0, bench.gateway.out);
		bench.answer(200, []);
		assert.deepEqual([bench.gateway.out.last.method, bench.events.deadline], ["UNSUBSCRIBE", Infinity]);
	});

	it("reports the number of mappings, the one before, and the address", () => {
		bench.begin();
		bench.answer(200);
		for (const [seq, count] of [2, 2, 3].entries()) {
			const variables = { PortMappingNumberOfEntries: count, ExternalIPAddress: "198.20.0.1" };
			assert.equal(bench.events.notify(0, event(seq, variables)), 200);
		}
		assert.equal(bench.events.notify(0, event(3)), 200);
		const address = "198.20.0.1";
		assert.deepEqual(bench.changes, [
			{ entries: 2, before: undefined, address, missed: false },
			{ entries: 2, before: 2, address, missed: false },
			{ entries: 3, before: 2, address, missed: false },
			{ entries: undefined, before: 3, address: undefined, missed: false },
		]);
	});

	it("reports missed events, and ignores late and repeated ones", () => {
		bench.begin();
		bench.answer(200);
		for (const seq of [0, 3, 2, 3, 4]) assert.equal(bench.events.notify(0, event(seq)), 200);
		assert.deepEqual(
			bench.changes.map(({ missed }) => missed),
			[false, true, false],
		);
		assert.deepEqual(bench.events.counters, { accepted: 5, rejected: 0, missed: 2 });
	});

	it("counts from the beginning again after a new subscription, not after a renewal", () => {
		bench.begin();
		bench.answer(200);
		bench.events.notify(0, event(0));
		bench.expire();
		bench.answer(200);
		bench.events.notify(0, event(1));
		bench.expire();
		bench.answer(412, []);
		bench.expire();
		bench.answer(200, [["sid", "uuid:2"]]);
		bench.events.notify(0, event(0, {}, { sid: "uuid:2" }));
		assert.deepEqual([bench.changes.length, bench.events.counters.missed], [3, 0]);
	});

	const rejected: [string, Partial<EventNotification>, number][] = [
		["from another address", { from: "192.168.0.66" }, 412],
		["with another SID", { sid: "uuid:2" }, 412],
		["without a SID", { sid: undefined }, 412],
		["without NT", { nt: undefined }, 400],
		["with another NT", { nt: "upnp:rootdevice" }, 400],
		["without NTS", { nts: undefined }, 400],
		["without SEQ", { seq: undefined }, 400],
		["with a SEQ that is not a number", { seq: "-1" }, 400],
		["without a property set", { body: new Uint8Array(0) }, 400],
		["with a body that is too long", { body: new Uint8Array(9000).fill(32) }, 400],
	];
	for (const [title, more, status] of rejected) {
		it(`rejects an event ${title} with ${status}`, () => {
			bench.begin();
			bench.answer(200);
			assert.equal(bench.events.notify(0, event(0, {}, more)), status);
			assert.deepEqual([bench.changes, bench.events.counters.rejected], [[], 1]);
		});
	}

	it("rejects every event before it has subscribed and after it has cancelled", () => {
		assert.equal(bench.events.notify(0, event(0)), 412);
		bench.begin();
		assert.equal(bench.events.notify(0, event(0)), 412);
		bench.answer(200);
		bench.events.cancel(bench.gateway.out);
		assert.equal(bench.events.notify(0, event(0)), 412);
	});

	it("ignores the answer of a gateway that is not the present one any more", () => {
		bench.begin();
		bench.events.stop();
		bench.answer(200);
		assert.equal(bench.events.active, false);
	});

	it("survives 2,000 mutated events", () => {
		bench.begin();
		bench.answer(200);
		const whole = body({ PortMappingNumberOfEntries: 3, ExternalIPAddress: "198.20.0.1" });
		for (let seed = 0; seed < 2000; seed++) {
			const random = new Prng(seed);
			const bytes = whole.slice();
			for (let n = 1 + random.below(6); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
			assert.doesNotThrow(() => bench.events.notify(0, event(seed, {}, { body: bytes })), `seed ${seed}`);
		}
	});
});
