import assert from "node:assert/strict";
import { resolve } from "node:path";
import { TYPESCRIPT } from "../../tools/typescript-options";
import { LAB_NEEDS, needs } from "../support/needs";
import { pause, until } from "../support/until";
import { WAN } from "./house";
import { Lab, type LabProcess } from "./lab";

const CHILD = resolve(__dirname, "gateway-child.ts");
const NODE = [process.execPath, ...TYPESCRIPT, CHILD];
const NEW_WAN = "198.20.0.78";
/** Far below the minute between two polls, for a machine that is busy. */
const SOON = 20_000;

describe("lab/gateway mappings: TCP and UDP ports on miniupnpd", function () {
	this.timeout(300_000);
	let lab: Lab;

	before(async function () {
		needs(this, ...LAB_NEEDS, "upnpc");
		lab = await Lab.up("igd1 secure pcp cams=2");
	});
	afterEach(async function () {
		if (this.currentTest?.state !== "failed") return;
		lab?.report();
		await lab?.stopAll();
		await lab?.setWan(WAN);
		// What a failed test leaves in the table fails no other.
		await lab?.restartRouter();
	});
	after(async () => await lab?.down());

	async function start(n: number, protocols: "upnp" | "pcp", aim: "representative" | "own"): Promise<LabProcess> {
		const child = lab.spawn(`cam${n}`, [...NODE, protocols, aim]);
		await until(`cam${n} has all ports`, 60_000, () => (child.output.match(/^mapped /gm)?.length ?? 0) >= 5);
		return child;
	}

	/** The router's table as its firewall has it: `tcp 8554 192.168.0.11:8554`, sorted. */
	async function table(): Promise<string[]> {
		const { stdout } = await lab.exec("rtr", ["nft", "list", "chain", "inet", "igd", "prerouting_miniupnpd"]);
		const rules = stdout.matchAll(/ 0x(6|11) th dport (\d+) dnat ip to ([\d.]+:\d+)/g);
		return Array.from(
			rules,
			([, number, port, inside]) => `${number === "6" ? "tcp" : "udp"} ${port} ${inside}`,
		).sort();
	}

	function ports(n: number, page: number, tcp: readonly number[], udp: readonly number[]): string[] {
		const address = Lab.address(n);
		const inside = [8554, 8322];
		return [
			`tcp ${page} ${address}:8000`,
			...tcp.map((port, i) => `tcp ${port} ${address}:${inside[i]}`),
			...udp.map((port, i) => `udp ${port} ${address}:${5004 + i}`),
		];
	}

	it("keeps four mappings beside that of the pages, for two cameras with the same candidates, and deletes all when they leave", async () => {
		const first = await start(1, "upnp", "representative");
		assert.deepEqual(await table(), ports(1, 8080, [8554, 8322], [5004, 5005]).sort());
		const second = await start(2, "upnp", "own");
		const both = [...ports(1, 8080, [8554, 8322], [5004, 5005]), ...ports(2, 8081, [8555, 8323], [5006, 5007])];
		assert.deepEqual(await table(), both.sort());
		assert.equal(await first.leave(), 0);
		assert.deepEqual(await table(), ports(2, 8081, [8555, 8323], [5006, 5007]).sort());
		assert.equal(await second.leave(), 0);
		assert.deepEqual(await table(), []);
	});

	/** The mappings of the pages that a child's cameras have told of last, as {@link table} shows them. */
	function told(output: string): string[] {
		const ports = new Map<string, string>();
		for (const [, external, internal] of output.matchAll(/^mapped page TCP (\d+) to (\d+)/gm))
			ports.set(internal, external);
		return Array.from(ports, ([internal, external]) => `tcp ${external} ${Lab.address(1)}:${internal}`).sort();
	}

	for (const protocols of ["upnp", "pcp"] as const) {
		it(`gives 12 cameras on one machine a port each, for good, by ${protocols.toUpperCase()} (IMG-4, quirk 26)`, async () => {
			const child = lab.spawn("cam1", [...NODE, protocols, "representative", "12"]);
			const expected = Array.from({ length: 12 }, (_, i) => `${Lab.address(1)}:${8000 + i}`).sort();
			// A rule is missing from the table for a moment when its mapping is asked for again, and a camera may not have
			// heard yet of the mapping that the table shows already.
			await until("each has a port and keeps it", SOON, async () => {
				const before = child.output;
				const settled = await table();
				if (
					settled
						.map((line) => line.split(" ")[2])
						.sort()
						.join() !== expected.join()
				)
					return false;
				if (told(before).join() !== settled.join()) return false;
				// Each looks at its entry again; PCP has nothing to look at.
				await pause(protocols === "upnp" ? 2500 : 500);
				return told(child.output).join() === settled.join() && !child.output.slice(before.length).includes("mapped");
			});
			assert.equal(await child.leave(), 0);
			await until("the mappings are gone", SOON, async () => (await table()).length === 0);
		});
	}

	it("hears of the gateway's changes by events instead of at the next poll (IMG-30)", async () => {
		const child = await start(1, "upnp", "representative");
		await until("the gateway has confirmed the subscription", SOON, () => child.output.includes("has events"));
		await until("the table is read", SOON, () => child.output.includes("table "));
		child.output = "";
		await lab.setWan(NEW_WAN);
		await until("the new address is known", SOON, () => child.output.includes(`address ${NEW_WAN}`));
		// A mapping disappears: it is deleted in the camera's own name.
		child.output = "";
		const { code, stdout } = await lab.exec("cam1", ["upnpc", "-d", "8554", "TCP"]);
		assert.equal(code, 0, stdout);
		await until("the mapping is back", SOON, async () => (await table()).includes(`tcp 8554 ${Lab.address(1)}:8554`));
		await until("the table is read again", SOON, () => child.output.includes("table "));
		assert.equal(await child.leave(), 0);
		assert.deepEqual(await table(), []);
		await lab.setWan(WAN);
	});

	it("keeps TCP and UDP mappings by PCP, and deletes them when it leaves", async () => {
		const child = await start(1, "pcp", "representative");
		assert.match(child.output, /^mapped rtp UDP 5004 by PCP$/m);
		assert.deepEqual(await table(), ports(1, 8080, [8554, 8322], [5004, 5005]).sort());
		assert.equal(await child.leave(), 0);
		await until("the mappings are gone", SOON, async () => (await table()).length === 0);
	});
});
