import assert from "node:assert/strict";
import type { GatewayTableEntry } from "../../../src/gateway/gateway-events";
import { TableReader } from "../../../src/gateway/table-reader";
import { argument, ScriptedGateway } from "./recording-outbox";

function entry(port: number, more: Record<string, string | number> = {}): Record<string, string | number> {
	return {
		NewRemoteHost: "",
		NewExternalPort: port,
		NewProtocol: "TCP",
		NewInternalPort: 8000,
		NewInternalClient: `192.168.0.${port % 250}`,
		NewEnabled: 1,
		NewPortMappingDescription: `Porthole/node 3f9a2c server ${port}`,
		NewLeaseDuration: 60,
		...more,
	};
}

function listed(rows: readonly Record<string, string | number>[]): Record<string, string> {
	const text = rows.map(
		(row) =>
			`<p:PortMappingEntry>${Object.entries(row)
				.map(([k, v]) => `<p:${k}>${v}</p:${k}>`)
				.join("")}</p:PortMappingEntry>`,
	);
	return { NewPortListing: `<![CDATA[<p:PortMappingList xmlns:p="x">${text.join("")}</p:PortMappingList>]]>` };
}

describe("gateway/table-reader", () => {
	let gateway: ScriptedGateway;
	let reader: TableReader;
	let result: { entries: GatewayTableEntry[]; complete: boolean } | undefined;

	beforeEach(() => {
		gateway = new ScriptedGateway();
		reader = new TableReader();
		result = undefined;
	});

	function walk(answer: (index: number) => Record<string, string | number> | number | undefined): number {
		reader.walk(gateway.igd, (_, entries, complete) => (result = { entries, complete }), gateway.out);
		let steps = 0;
		while (result === undefined) {
			assert.ok(steps++ < 2000, "the walk ends");
			assert.equal(reader.reading, true);
			gateway.answer(answer(Number(argument(gateway.out.last, "NewPortMappingIndex"))));
		}
		assert.equal(reader.reading, false);
		return steps;
	}

	function ports(): number[] | undefined {
		return result?.entries.map(({ externalPort }) => externalPort);
	}

	for (const code of [713, 402, 501, 401]) {
		it(`takes error ${code} for the end of the table (IMG-9, quirk 23)`, () => {
			walk((i) => (i < 3 ? entry(8080 + i) : code));
			assert.deepEqual([ports(), result?.complete], [[8080, 8081, 8082], true]);
		});
	}

	it("reads a table that counts from 1, and an empty one (quirk 23)", () => {
		walk((i) => (i === 0 ? 713 : i < 3 ? entry(8080 + i) : 713));
		assert.deepEqual(ports(), [8081, 8082]);
		result = undefined;
		walk(() => 713);
		assert.deepEqual([ports(), result!.complete], [[], true]);
	});

	it("gives up a gateway that takes more than a minute for its table", () => {
		const steps = walk((i) => {
			gateway.now += 4900;
			return entry(1000 + i);
		});
		assert.deepEqual([steps, result?.complete], [14, false]);
	});

	it("marks a table incomplete whose entries cannot be read", () => {
		reader.walk(gateway.igd, (_, entries, complete) => (result = { entries, complete }), gateway.out);
		gateway.queue.answered(0, gateway.out.last.id, { status: 501, fields: [], body: new Uint8Array(0) }, gateway.out);
		assert.deepEqual(result, { entries: [], complete: false });
	});

	it("marks a table incomplete when the gateway stops answering, and keeps what was read", () => {
		walk((i) => (i < 2 ? entry(8080 + i) : undefined));
		assert.deepEqual([ports(), result?.complete], [[8080, 8081], false]);
	});

	it("delivers what was read when its requests are dropped, marked incomplete, and nothing afterwards (IMG-9)", () => {
		reader.walk(gateway.igd, (_, entries, complete) => (result = { entries, complete }), gateway.out);
		gateway.answer(entry(8080));
		gateway.answer(entry(8081));
		gateway.queue.clear();
		reader.stop(gateway.now, gateway.out);
		assert.deepEqual([ports(), result?.complete, reader.reading], [[8080, 8081], false, false]);
		result = undefined;
		reader.stop(gateway.now, gateway.out);
		assert.equal(result, undefined);
	});

	it("stops in an endless table, and reads each entry once (quirk 23)", () => {
		walk((i) => entry(8080 + (i % 3)));
		assert.deepEqual(ports(), [8080, 8081, 8082]);
	});

	it("reads at most 256 entries", () => {
		const steps = walk((i) => entry(1000 + i));
		assert.deepEqual([ports()?.length, steps, result?.complete], [256, 256, false]);
	});

	it("walks again when the order has changed during the walk, and finds the missed entries (quirk 23)", () => {
		let shift = 1;
		walk((i) => {
			// In the first walk an entry is added at the front after the second step.
			const order =
				shift > 0 && i >= 2 ? [9000, 8080, 8081, 8082] : shift > 0 ? [8080, 8081, 8082] : [9000, 8080, 8081, 8082];
			if (i >= order.length) shift = 0;
			return i < order.length ? entry(order[i]) : 713;
		});
		assert.deepEqual(ports()?.sort(), [8080, 8081, 8082, 9000]);
	});

	for (const [title, more] of [
		["port 0", { NewExternalPort: 0 }],
		["port 65536", { NewExternalPort: 65536 }],
		["a port that is text", { NewExternalPort: "x" }],
		["no internal port", { NewInternalPort: "" }],
		["another protocol", { NewProtocol: "SCTP" }],
	] as const) {
		it(`skips an entry with ${title}`, () => {
			walk((i) => (i === 0 ? entry(8080, more) : i === 1 ? entry(8081) : 713));
			assert.deepEqual(ports(), [8081]);
		});
	}

	it("distinguishes our cameras from others, services from pages, and UDP from TCP", () => {
		const rows = [
			entry(8080),
			entry(8081, { NewPortMappingDescription: "Skype" }),
			entry(8554, { NewPortMappingDescription: "Porthole/node 3f9a2c/rtsp Hof" }),
			entry(8080, { NewProtocol: "udp", NewPortMappingDescription: "Porthole/node 3f9a2c/rtp Hof" }),
			entry(8082, { NewPortMappingDescription: `Porthole/node 3f9a2c ${"ü".repeat(200)}` }),
		];
		walk((i) => rows[i] ?? 713);
		assert.deepEqual(
			result?.entries.map(({ protocol, externalPort, ours }) => [protocol, externalPort, ours?.name]),
			[
				["TCP", 8080, "server 8080"],
				["TCP", 8081, undefined],
				["TCP", 8554, undefined],
				["UDP", 8080, undefined],
				["TCP", 8082, undefined],
			],
		);
	});

	function list(
		last: number,
		answer: (first: number, end: number) => Record<string, string | number> | number | undefined,
	): void {
		reader.list(gateway.igd, 8080, last, (_, entries, complete) => (result = { entries, complete }), gateway.out);
		for (let steps = 0; result === undefined; steps++) {
			assert.ok(steps < 100, "the list ends");
			const [first, end] = ["NewStartPort", "NewEndPort"].map((name) => Number(argument(gateway.out.last, name)));
			gateway.answer(answer(first, end));
		}
	}

	it("reads lists of 16 ports, and ends after two that are empty (IMG-11)", () => {
		const asked: string[] = [];
		list(8400, (first, end) => {
			asked.push(`${first}-${end}`);
			return listed(first === 8080 ? [{ ...entry(8080), NewDescription: "Porthole/node 3f9a2c Hof" }] : []);
		});
		assert.deepEqual(asked, ["8080-8095", "8096-8111", "8112-8127"]);
		assert.deepEqual([ports(), result?.complete], [[8080], true]);
	});

	it("takes error 730 for an empty list, and stays within the last port", () => {
		const ends: number[] = [];
		list(8100, (_, end) => {
			ends.push(end);
			return 730;
		});
		assert.deepEqual([ends, ports()], [[8095, 8100], []]);
	});

	it("walks instead where lists are unknown", () => {
		let asked = 0;
		reader.list(gateway.igd, 8080, 8400, (_, entries, complete) => (result = { entries, complete }), gateway.out);
		gateway.answer(401);
		while (result === undefined) gateway.answer(asked++ < 1 ? entry(8080) : 713);
		assert.deepEqual(
			[ports(), gateway.out.names],
			[[8080], ["GetListOfPortMappings", "GetGenericPortMappingEntry 0", "GetGenericPortMappingEntry 1"]],
		);
	});

	it("survives a list that is not XML", () => {
		list(8090, () => ({ NewPortListing: "garbage" }));
		assert.deepEqual([ports(), result?.complete], [[], true]);
	});
});
