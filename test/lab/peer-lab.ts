import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FRAME, NODE_PROGRAM, XS_PROGRAM } from "../../tools/camera-program";
import { PASSWORD } from "../support/digest";
import { until } from "../support/until";
import { type CameraKind, Lab, type LabProcess, type Outcome } from "./lab";

/** The kinds of NAT that `peer-lab.sh` builds of nftables. */
export const NAT_KINDS = ["port", "cone", "restricted", "hairpin", "nodrop", "pool", "spread", "sym"] as const;
/** One of them, or a NAT that passes no UDP. */
export type LabNat = (typeof NAT_KINDS)[number] | "blocked";
/** A NAT of the lab. */
export type NatPlace = "a" | "b" | "carrier";
/** A machine for a peer: two in home a, one in home b, two without NAT. */
export type PeerPlace = "a1" | "a2" | "b1" | "p1" | "p2";
/** A machine for a rendezvous server. */
export type ServerPlace = "wan" | "srv2" | "srv3";
/** A machine whose line may be slow. */
export type LinePlace = "rtr" | "cgn" | "rtr2" | "rtr3" | "p1" | "p2";

/** Addresses of `peer-lab.sh`. */
export const ADDRESS: Readonly<Record<PeerPlace | ServerPlace | "turn" | "store" | "wan2", string>> = {
	a1: "192.168.0.11",
	a2: "192.168.0.12",
	b1: "192.168.1.11",
	p1: "198.20.0.20",
	p2: "198.20.0.21",
	wan: "198.20.0.10",
	wan2: "198.20.0.11",
	srv2: "198.20.0.12",
	srv3: "198.20.0.13",
	turn: "198.20.0.14",
	store: "198.20.0.15",
};
/** The public addresses of the homes' NATs; the second one is used by `pool` and `spread` only. */
export const PUBLIC = { a: ["198.20.0.1", "198.20.0.3"], b: ["198.20.0.2", "198.20.0.4"] } as const;
/** The public address of the cafe's NAT. */
export const CAFE = "198.20.0.7";
/** The port of rendezvous servers and of coturn. */
export const STUN_PORT = 3478;
/** The secret that coturn and the rendezvous server share, from which the latter makes credentials. */
export const TURN_SECRET = "a secret of the lab";

/** Time for a program to start on a busy machine, in milliseconds. */
const START_TIME = 30_000;

/** How to build a lab. */
export interface PeerLabOptions {
	/** @default "port" */
	readonly a?: LabNat;
	/** @default "port" */
	readonly b?: LabNat;
	/** Puts home a behind a second NAT. */
	readonly carrier?: LabNat;
	/** Gives both homes' networks the same addresses. */
	readonly collide?: boolean;
	/** There is a cafe with a NAT of its own, to which {@link PeerLab.roam} leads. */
	readonly cafe?: boolean;
	/** The delay of each line in one direction, in milliseconds: 10 makes 20 ms to a server and back, 40 ms to a peer and back. */
	readonly delay?: number;
	/** Seconds after which NATs forget a mapping for UDP. */
	readonly timeout?: number;
	/** Runs miniupnpd on home a's router. */
	readonly igd?: boolean;
}

/** A rendezvous server that runs in the lab. */
export interface LabRendezvous {
	readonly process: LabProcess;
	/** What devices are told: `KEY@HOST`. */
	readonly setting: string;
}

/** Two homes behind NATs and servers between them, in network namespaces: `peer-lab.sh` shows the figure. */
export class PeerLab {
	/** Holds the data folders of all programs. */
	readonly folder = mkdtempSync(join(tmpdir(), "porthole-peer-lab-"));
	private line: LabProcess | undefined;

	private constructor(
		readonly lab: Lab,
		private readonly options: PeerLabOptions,
	) {}

	static async build(options: PeerLabOptions = {}): Promise<PeerLab> {
		const words = [`nata=${options.a ?? "port"}`, `natb=${options.b ?? "port"}`];
		if (options.carrier !== undefined) words.push(`carrier=${options.carrier}`);
		if (options.collide === true) words.push("lanb=192.168.0");
		if (options.cafe === true) words.push("cafe");
		if (options.delay !== undefined) words.push("delay");
		if (options.timeout !== undefined) words.push(`timeout=${options.timeout}`);
		if (options.igd === true) words.push("igd");
		const built = new PeerLab(await Lab.up(words.join(" "), resolve(__dirname, "peer-lab.sh")), options);
		if (options.delay !== undefined) await built.startLines(options.delay);
		return built;
	}

	/** Changes the kind of a NAT, which forgets its mappings. */
	async setNat(place: NatPlace, kind: LabNat): Promise<void> {
		await this.lab.configure(["nat", place, kind], resolve(__dirname, "peer-lab.sh"));
	}

	/** Takes the machine in home b to the cafe, where it has another address; nothing that runs on it is told. */
	async roam(): Promise<void> {
		await this.lab.configure(["roam"], resolve(__dirname, "peer-lab.sh"));
	}

	/** Changes a line of a lab with `delay`. @param words `delay 20`, `loss 2`, `reorder 5`, `rate 8000`; away from the machine */
	async setLine(place: LinePlace | "all", words: string): Promise<void> {
		assert.ok(this.line !== undefined, "a lab without lines");
		const seen = this.line.output.length;
		this.line.write(`${place} ${words}\n`);
		await until(`the line does: ${place} ${words}`, 2000, () =>
			this.line?.output.slice(Math.max(0, seen - 1)).includes(`${place} ${words}, lost`),
		);
	}

	/** Cuts the cable between a machine and the Internet, or mends it. */
	async setCable(machine: LinePlace | "srv2" | "srv3" | "turn" | "store", state: "up" | "down"): Promise<void> {
		await this.must("wan", ["ip", "link", "set", "dev", machine, state]);
	}

	/**
	 * Starts a rendezvous server and waits for the setting that it prints for devices.
	 * @param flags after those of the lab
	 */
	async startRendezvous(
		kind: CameraKind,
		flags: readonly string[] = [],
		place: ServerPlace = "wan",
	): Promise<LabRendezvous> {
		const own = ["--data", this.data(`rendezvous-${place}`), "--password", PASSWORD];
		const process = this.lab.spawn(place, [...programOf(kind), "rendezvous", ...own, ...flags]);
		const key = await until("the rendezvous server prints its key", START_TIME, () => {
			assert.ok(process.running, `the rendezvous server has ended: ${process.output}`);
			return /\b([0-9a-f]{64})@/.exec(process.output)?.[1];
		});
		return { process, setting: `${key}@${ADDRESS[place]}` };
	}

	/** Starts a camera with a still picture. @param flags after those of the lab */
	startCamera(kind: CameraKind, place: PeerPlace, name: string, ...flags: readonly string[]): LabProcess {
		const own = ["--name", name, "--data", this.data(name), "--source", FRAME, "--fps", "10", "--presence", "off"];
		if (this.options.igd !== true) own.push("--mapping", "off");
		own.push("--password", PASSWORD, "--interface", PeerLab.interfaceOf(place));
		return this.lab.spawn(place, [...programOf(kind), "camera", ...own, ...flags]);
	}

	/** Starts the STUN and TURN server coturn on the machine `turn`, with {@link TURN_SECRET}. @param flags of turnserver */
	async startTurn(...flags: readonly string[]): Promise<LabProcess> {
		const data = this.data("turn");
		const own = [
			"-n",
			"--use-auth-secret",
			`--static-auth-secret=${TURN_SECRET}`,
			"--realm=lab",
			"--no-tls",
			"--no-dtls",
		];
		own.push(
			`--listening-ip=${ADDRESS.turn}`,
			`--relay-ip=${ADDRESS.turn}`,
			`--listening-port=${STUN_PORT}`,
			"--no-cli",
		);
		own.push("--log-file=stdout", `--pidfile=${join(data, "pid")}`, `--userdb=${join(data, "db")}`);
		const process = this.lab.spawn("turn", ["turnserver", ...own, ...flags]);
		await until("coturn listens", START_TIME, async () => {
			assert.ok(process.running, `coturn has ended: ${process.output}`);
			const { stdout } = await this.lab.exec("turn", ["ss", "-lun"]);
			return stdout.includes(`${ADDRESS.turn}:${STUN_PORT}`);
		});
		return process;
	}

	/** Starts redis-server on the machine `store`, without a password and without a file. */
	async startStore(): Promise<LabProcess> {
		const words = ["--bind", ADDRESS.store, "--protected-mode", "no", "--save", "", "--dir", this.data("store")];
		const process = this.lab.spawn("store", ["redis-server", ...words]);
		await until("redis-server is ready", START_TIME, () => {
			assert.ok(process.running, `redis-server has ended: ${process.output}`);
			return process.output.includes("Ready to accept connections");
		});
		return process;
	}

	/** Starts a program of the product for Node.js, as a viewer would: `start("b1", "view", "garage")`. */
	start(place: PeerPlace, ...words: readonly string[]): LabProcess {
		return this.lab.spawn(place, [...programOf("node"), ...words]);
	}

	/** The name of a machine's interface. */
	static interfaceOf(place: PeerPlace): string {
		return place.startsWith("p") ? "wan0" : "eth0";
	}

	/** The data folder of a program. */
	data(name: string): string {
		const folder = join(this.folder, name.replace(/\W/g, "-"));
		mkdirSync(folder, { recursive: true });
		return folder;
	}

	/** Runs a command in a namespace, which must succeed. */
	async must(ns: string, argv: readonly string[]): Promise<Outcome> {
		const outcome = await this.lab.exec(ns, argv);
		assert.equal(outcome.code, 0, `${ns}: ${argv.join(" ")}: ${outcome.stderr}`);
		return outcome;
	}

	/** Removes everything. */
	async clear(): Promise<void> {
		await this.lab.down();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async startLines(delay: number): Promise<void> {
		const places: LinePlace[] = [this.options.carrier === undefined ? "rtr" : "cgn", "rtr2", "p1", "p2"];
		if (this.options.cafe === true) places.push("rtr3");
		const script = resolve(__dirname, "line.py");
		const line = this.lab.spawn("wan", ["/usr/bin/python3", script, this.lab.name, ...places], "pipe");
		await until("the lines carry", START_TIME, () => {
			assert.ok(line.running, `line.py has ended: ${line.output}`);
			return line.output.includes("ready\n");
		});
		this.line = line;
		await this.setLine("all", `delay ${delay}`);
	}
}

/** The command line of a program of the product. */
export function programOf(kind: CameraKind): string[] {
	return kind === "node" ? [process.execPath, NODE_PROGRAM] : [XS_PROGRAM];
}

/** Builds a lab before the tests of a suite, reports it after a failed one, and removes it. */
export function peerLabFor(prepare: (context: Mocha.Context) => void, options: PeerLabOptions = {}): () => PeerLab {
	let built: PeerLab | undefined;
	before(async function () {
		this.timeout(120_000);
		prepare(this);
		built = await PeerLab.build(options);
	});
	afterEach(function () {
		if (this.currentTest?.state === "failed") built?.lab.report();
	});
	after(async function () {
		this.timeout(60_000);
		await built?.clear();
	});
	return () => {
		assert.ok(built);
		return built;
	};
}
