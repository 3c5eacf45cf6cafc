import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { pause, until } from "../support/until";
import { type CameraKind, Lab, type LabProcess } from "./lab";

/** Addresses of `stream-lab.sh`. */
export const CLIENT = "198.20.0.50";
export const FAR = "198.20.1.50";
export const HOME = "10.1.0.50";
/** The control port seen from the Internet (X.110), and the media (X.210). */
export const CONTROL_SEEN = "198.20.0.110";
export const MEDIA_SEEN = "198.20.0.210";
export const CONTROL_PORT = 8554;

/** Which figure of the documentation; `two`: the second with two machines; `one`: the home with one interface. */
export type Form = "first" | "second" | "two" | "one";

/** The machines that may be where the stream server is: `nas` is one of the form `two`. */
type ServerName = "server" | "nas";

/** Counters of the server. */
type Counter = "media_in" | "media_out" | "media_by_a" | "others_in" | "reports";

/** The server's interface A: what came from outside the LAN, by protocol and port, however often. */
const WATCH = `
table inet watch {
	set lan { type ipv4_addr; flags interval; elements = { 10.1.0.0/24, 192.168.1.0/24, 224.0.0.0/4 } }
	set arrived { type inet_proto . inet_service; flags dynamic; }
	chain in {
		type filter hook prerouting priority raw - 10; policy accept;
		iifname "c0" counter name media_in
		iifname "a0" ip saddr != @lan meta l4proto { tcp, udp } update @arrived { meta l4proto . th dport }
		iifname "a0" ip saddr != @lan meta l4proto != { tcp, udp } counter name others_in
		iifname "a0" udp dport 500 counter name reports
	}
	counter media_in { }
	counter others_in { }
	counter media_out { }
	counter media_by_a { }
	counter reports { }
	chain out {
		type filter hook postrouting priority raw; policy accept;
		oifname "c0" counter name media_out
		oifname "a0" ip daddr != @lan meta l4proto udp counter name media_by_a
	}
}`;

/** A stream server behind a router and a firewall, with what `porthole routes` prints for them. */
export class StreamHouse {
	readonly folder = mkdtempSync(join(tmpdir(), "porthole-stream-lab-"));

	private constructor(
		readonly lab: Lab,
		readonly form: Form,
		private readonly table: string,
	) {}

	/** Builds the figure; sets routes, forwarding and rule sets as the command says. */
	static async build(form: Form, table: string): Promise<StreamHouse> {
		const lab = await Lab.up(form, resolve(__dirname, "stream-lab.sh"));
		const house = new StreamHouse(lab, form, table);
		writeFileSync(house.tableFile, table);
		await house.setRoutes();
		if (form !== "one") await house.load("firewall", await house.routes("--firewall"));
		await house.load("router", await house.routes("--router"));
		await house.load("server", WATCH);
		if (form === "two") await house.load("nas", WATCH);
		return house;
	}

	/** The address management table. */
	get tableFile(): string {
		return join(this.folder, "table");
	}

	/** Runs `porthole routes`. @returns what it prints */
	async routes(...words: readonly string[]): Promise<string> {
		const argv = [process.execPath, NODE_PROGRAM, "routes", "--table", this.tableFile, ...words];
		const { code, stdout, stderr } = await this.lab.exec("server", argv);
		assert.equal(code, 0, stderr);
		return stdout;
	}

	/** Loads a rule set in a namespace. */
	async load(ns: string, rules: string): Promise<void> {
		const file = join(this.folder, `${ns}.nft`);
		writeFileSync(file, rules);
		const { code, stderr } = await this.lab.exec(ns, ["nft", "-f", file]);
		assert.equal(code, 0, stderr);
	}

	/** What arrived at interface A from outside the LAN: `tcp 8554`, sorted. */
	async arrivedAtA(machine: ServerName = "server"): Promise<string[]> {
		const { stdout } = await this.lab.exec(machine, ["nft", "-j", "list", "set", "inet", "watch", "arrived"]);
		const [{ set }] = (JSON.parse(stdout).nftables as { set?: { elem?: unknown[] } }[]).filter((item) => item.set);
		const text = (element: unknown): string => {
			const { concat } = (
				typeof element === "object" && element !== null && "elem" in element
					? (element.elem as { val: unknown }).val
					: element
			) as { concat: (string | number)[] };
			return concat.join(" ");
		};
		return (set?.elem ?? []).map(text).sort();
	}

	/** Packets that a counter of the server has seen. */
	async packets(counter: Counter, machine: ServerName = "server"): Promise<number> {
		const { stdout } = await this.lab.exec(machine, ["nft", "-j", "list", "counter", "inet", "watch", counter]);
		const found = (JSON.parse(stdout).nftables as { counter?: { packets: number } }[]).find((item) => item.counter);
		return found?.counter?.packets ?? -1;
	}

	/** Packets that leave by interface B in a time, in milliseconds, as if it had been exact. */
	async packetsIn(time: number): Promise<number> {
		const before = await this.packets("media_out");
		const start = performance.now();
		await pause(time);
		const after = await this.packets("media_out");
		return ((after - before) * time) / (performance.now() - start);
	}

	/** Starts a camera on the server, with its interface A. */
	serve(kind: CameraKind, ...flags: readonly string[]): LabProcess {
		const program = kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM];
		return this.lab.spawn("server", [...program, "camera", "--interface", "a0", ...flags]);
	}

	/** Packets that rules of a machine with a comment have seen, all together. */
	async passed(machine: "router" | "firewall", comment: string): Promise<number> {
		const { stdout } = await this.lab.exec(machine, ["nft", "list", "table", "inet", `porthole_${machine}`]);
		const counts = [...stdout.matchAll(/counter packets (\d+) bytes \d+.* comment "([^"]*)"/g)];
		return counts.filter(([, , text]) => text === comment).reduce((sum, [, packets]) => sum + Number(packets), 0);
	}

	/** Connects the host `far` by a line with delay and loss, which {@link setLine} changes. */
	async connectFar(): Promise<LabProcess> {
		const { lab } = this;
		const argv = [
			"python3",
			resolve(__dirname, "delayer.py"),
			`${lab.name}-inet`,
			"198.20.1.1",
			`${lab.name}-far`,
			FAR,
		];
		const line = lab.spawn("inet", argv, "pipe");
		await until("the line is there", 5000, () => line.output.includes("ready"));
		await this.run("far", "ip route add default via 198.20.1.1");
		await this.run("router", `ip route replace ${FAR}/32 via 198.20.0.9`);
		return line;
	}

	/** Removes everything. */
	async clear(): Promise<void> {
		await this.lab.down();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** Runs a command in a namespace, which must succeed. */
	async run(ns: string, command: string): Promise<string> {
		const { code, stdout, stderr } = await this.lab.exec(ns, command.split(" "));
		assert.equal(code, 0, `${ns}: ${command}: ${stderr}`);
		return stdout;
	}

	/** Of two machines that are the stream server only the NAS has an interface B. */
	private async setRoute(machine: string, command: string): Promise<void> {
		const isNas = machine === "server" && this.form === "two";
		if (!isNas || !command.includes("table 100")) await this.run(machine, command);
		if (isNas) await this.run("nas", command);
	}

	/** Does what the summary says is to be done beside the rule sets. */
	private async setRoutes(): Promise<void> {
		let machine = "";
		for (const line of (await this.routes()).split("\n")) {
			const head = /^On the (router|firewall|stream server):$/.exec(line);
			if (head !== null) machine = head[1] === "stream server" ? "server" : head[1];
			else if (line.startsWith("  ") && machine !== "") await this.setRoute(machine, line.trim());
			else machine = "";
		}
	}
}

/** Changes the line to `far`, and waits until it has changed: `loss 5`, `delay 40`, `rate 2000`. */
export async function setLine(line: LabProcess, change: string): Promise<void> {
	const before = line.output.length;
	line.write(`${change}\n`);
	await until(`the line has ${change}`, 2000, () => line.output.slice(before).includes(`${change}, `));
}

/** Builds a house before the tests of a suite, reports it after a failed one, and removes it. */
export function streamHouseFor(
	form: Form,
	table: string,
	prepare: (context: Mocha.Context) => void,
): () => StreamHouse {
	let house: StreamHouse | undefined;
	before(async function () {
		prepare(this);
		house = await StreamHouse.build(form, table);
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") house?.lab.report();
	});
	after(() => house?.clear());
	return () => {
		assert.ok(house);
		return house;
	};
}
