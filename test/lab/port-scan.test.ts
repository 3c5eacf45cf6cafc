import assert from "node:assert/strict";
import { resolve } from "node:path";
import { needs } from "../support/needs";
import { FIRST_FORM, SECOND_FORM } from "../support/stream-tables";
import { until } from "../support/until";
import { CLIENT, CONTROL_PORT, CONTROL_SEEN, HOME, MEDIA_SEEN, streamHouseFor } from "./stream-house";
import { UdpEnd } from "./udp-end";

/** Accepts connections at an address and port of the server. */
const LISTEN = `require("node:net").createServer((socket) => socket.end()).listen(...process.argv.slice(1).map(Number), () => console.log("ready"))`;
/** Addresses behind the router that a neighbour on the Internet side may try. */
const INSIDE: Readonly<Record<"first" | "second", readonly string[]>> = {
	first: ["10.1.0.10", "10.3.0.10"],
	second: ["10.1.0.10", "10.1.0.20", "10.3.0.20"],
};

describe("lab/port scan from the Internet", function () {
	this.timeout(300_000);

	for (const [form, table, reachable] of [
		["first", FIRST_FORM, [`tcp ${CONTROL_PORT}`]],
		["second", SECOND_FORM, [`tcp ${CONTROL_PORT}`, "udp 500"]],
	] as const) {
		describe(`of the ${form} form`, () => {
			const media = INSIDE[form][INSIDE[form].length - 1];
			const built = streamHouseFor(form, table, (context) => needs(context, "root", "ip", "nft", "python3", "build"));

			it("reaches the control port and the port of reports of interface A, and nothing of interface B (STR-15, STR-16)", async () => {
				const { lab } = built();
				for (const port of [CONTROL_PORT, 22, 80, 445]) {
					const server = lab.spawn("server", [process.execPath, "-e", LISTEN, `${port}`]);
					await until(`a listener at port ${port}`, 5000, () => server.output.includes("ready"));
				}
				const script = resolve(__dirname, "port-scan.py");
				const scan = (last: number) => (address: string) =>
					lab.exec("client", ["python3", script, `${last}`, address], 280_000);
				const scans = [...[CONTROL_SEEN, MEDIA_SEEN].map(scan(65_535)), ...INSIDE[form].map(scan(10_000))];
				const found = await Promise.all(scans);
				for (const { code, stderr } of found) assert.equal(code, 0, stderr);
				assert.match(found[0].stdout, /^198\.20\.0\.110 8554$/m);
				assert.match(found[1].stdout, /^198\.20\.0\.210$/m);
				assert.deepEqual(await built().arrivedAtA(), reachable);
				assert.equal(await built().packets("media_in"), 0);
				assert.equal(await built().packets("others_in"), 0);
				assert.ok((await built().passed("router", "media network")) > 19_000);
				assert.ok((await built().passed("router", "not a report")) > 65_000);
			});

			it("reaches nothing with forged senders or ICMP, and interface B reaches nobody with it (STR-16)", async () => {
				const { lab } = built();
				const ping = async (ns: string, from: string, to: string, ...limit: string[]): Promise<boolean> =>
					(await lab.exec(ns, ["python3", resolve(__dirname, "ping.py"), from, to, ...limit])).code === 0;
				assert.ok(await ping("client", CLIENT, "198.20.0.1", "10"), "the ping of the lab works");
				for (const [from, to] of [
					["10.1.0.77", "10.1.0.10"],
					["10.3.0.77", "10.1.0.10"],
					["10.1.0.77", MEDIA_SEEN],
					[CLIENT, "10.3.0.1"],
					[CLIENT, media],
				]) {
					if (from !== CLIENT) await built().run("client", `ip address replace ${from}/32 dev eth0`);
					assert.ok(!(await ping("client", from, to)), `${from} → ${to}`);
					const port = 30_000 + Number(to.split(".")[3]);
					const sender = await UdpEnd.open(lab, "client", from, port);
					for (const target of [500, 5001, CONTROL_PORT]) sender.send(to, target, "forged");
				}
				assert.ok((await built().passed("router", "senders that pretend to be at home")) >= 9);
				for (const to of [HOME, "10.2.0.2", CLIENT]) assert.ok(!(await ping("server", media, to)), `${media} → ${to}`);
				assert.deepEqual(await built().arrivedAtA(), reachable);
				assert.equal(await built().packets("media_in"), 0);
				assert.equal(await built().packets("others_in"), 0);
			});

			it("leaves the way from the LAN to the Internet open, and not that to the media network (STR-15)", async () => {
				const ping = async (to: string, ...limit: string[]) =>
					built().lab.exec("home", ["python3", resolve(__dirname, "ping.py"), HOME, to, ...limit]);
				assert.equal((await ping(CLIENT, "10")).code, 0);
				assert.notEqual((await ping(media)).code, 0);
				assert.equal(await built().packets("media_in"), 0);
			});
		});
	}
});
