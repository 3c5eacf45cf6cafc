import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Prng } from "../../src/base/prng";
import { Lab, type LabProcess } from "../../test/lab/lab";
import { PASSWORD } from "../../test/support/digest";
import { pause } from "../../test/support/until";
import { FRAME } from "../camera-program";
import { TYPESCRIPT } from "../typescript-options";
import { AttackedCamera } from "./attacked-camera";
import { FORGER } from "./forger";
import type { OwnerReport } from "./owner-report";
import { type AttackReport, type Order, PLACES, type Place, type Target } from "./scene";

/** What a campaign is like. */
export interface CampaignOptions {
	readonly minutes: number;
	readonly seed: number;
	/** The owner is served within this many seconds, or the campaign fails. */
	readonly bound: number;
	/** Whether the fleet has a key: never, always, or from the middle of the time on. */
	readonly fleet: "open" | "sealed" | "both";
	/** Names of attacks; empty: all. */
	readonly attacks: readonly string[];
}

/** What attackers in the lab do. */
const ATTACKS: readonly string[] = [
	"http-mutated",
	"http-oversized",
	"http-pipelined",
	"http-crowd",
	"http-stalled-viewers",
	"gena",
	"login-json",
	"login-form",
	"login-guess",
	"login-token",
	"viewer-overreach",
	"udp-noise",
	"fleet-forged",
	"fleet-flood",
	"fleet-replayed",
	"ssdp-searches",
	"ssdp-notifies",
	"pcp-noise",
	"rogue-gateway",
	"dns",
];
/** What the campaign does to the cameras' machines itself. */
const MISFORTUNES: readonly string[] = ["kill", "full-disk", "pictures", "router-off"];
/** All names of attacks. */
export const ATTACK_NAMES: readonly string[] = [...ATTACKS, ...MISFORTUNES];

/** The programs of cameras 1, 2 and 3. */
const KINDS = ["xs", "node", "xs"] as const;
const WAN = "198.20.0.1";
const KEY = "the-key-of-the-house-under-attack";
const FEED = "192.168.0.15";
/** Addresses of attackers besides the one of their machine. */
const ALIASES = 30;
/** Seconds of one episode: at least, and random more. */
const EPISODE = 10;
const EPISODE_MORE = 25;
/** The part of all episodes in which nothing bad happens. */
const CALM = 0.15;
/** A camera that was killed may be away for this long, in milliseconds. */
const RESTART_TIME = 30_000;
/** After an attack on what UPnP cannot protect, the outside may be away for this long. */
const RECOVERY_TIME = 150_000;
/** The most memory that a program may take, in kB. */
const MEMORY_MAX = { xs: 96_000, node: 400_000 };
/** The part by which memory may grow in one run of a program. Node.js gives little back after a crowd; its heap is limited. */
const GROWTH_MAX = { xs: 0.15, node: 0.4 };
/** Milliseconds between two samples of memory. */
const SAMPLE = 2000;
/** Attacks that may change what the gateway or an open fleet does: nothing there is authenticated. */
const ON_THE_ROUTE = ["router-off", "rogue-gateway", "dns", "ssdp-notifies", "pcp-noise", "udp-noise", "fleet"];

/** The reason why a campaign failed. */
class Defeat extends Error {}

/** A random campaign against three cameras behind a router, with an owner inside and one outside who must be served. */
export class Campaign {
	private readonly random: Prng;
	private readonly folder = mkdtempSync(join(tmpdir(), "porthole-attack-"));
	private readonly cameras: AttackedCamera[] = [];
	private readonly attackers = new Map<Place, LabProcess>();
	private readonly sent = new Map<string, number>();
	private readonly answers = new Map<string, number>();
	private readonly last = new Map<string, readonly string[]>();
	private readonly steps = new Map<string, { count: number; tries: number; slowest: number; excused: number }>();
	private readonly kept: string[] = [];
	private links: Readonly<Record<string, string>> = {};
	private feed: LabProcess | undefined;
	private defeat: string | undefined;
	private isSealed = false;
	/** When the fleet got its key. */
	private sealed = 0;
	private current: readonly string[] = [];
	/** When the outside was last under an attack that UPnP cannot withstand. */
	private disturbed = Number.NEGATIVE_INFINITY;
	private listed = 0;
	private readonly begun = performance.now();
	private ready = 0;
	private minute = 0;
	/** The slowest step of this minute, in milliseconds. */
	private slowest = 0;

	private constructor(
		private readonly options: CampaignOptions,
		private readonly lab: Lab,
	) {
		this.random = new Prng(options.seed);
	}

	/** Runs a campaign from start to end. @returns whether the cameras stood it */
	static async run(options: CampaignOptions): Promise<boolean> {
		const lab = await Lab.up("igd1 insecure cams=5");
		const campaign = new Campaign(options, lab);
		try {
			await campaign.go();
		} catch (error) {
			campaign.defeat ??=
				error instanceof Defeat
					? error.message
					: `the campaign itself failed: ${error instanceof Error ? error.stack : error}`;
		}
		campaign.tell();
		await campaign.clear();
		return campaign.defeat === undefined;
	}

	private async go(): Promise<void> {
		const { minutes, fleet } = this.options;
		await this.prepare();
		this.isSealed = fleet === "sealed";
		for (const camera of this.cameras) {
			this.start(camera);
			await pause(3000);
		}
		this.people();
		await this.until("the owner has been everywhere", 180_000, () => this.ready === 2);
		const start = performance.now();
		const sampling = setInterval(() => this.sample(), SAMPLE);
		try {
			while (performance.now() - start < minutes * 60_000) {
				if (fleet === "both" && !this.isSealed && performance.now() - start > minutes * 30_000) await this.seal();
				await this.episode();
			}
			this.order([]);
			await this.rest(10_000);
		} finally {
			clearInterval(sampling);
		}
		for (const camera of this.cameras) {
			if (!(await camera.leave())) throw new Defeat(`${camera.name} did not leave in good order`);
		}
	}

	/** Gives addresses to attackers, a DNS server and disks to cameras. */
	private async prepare(): Promise<void> {
		for (const [ns, device, prefix, first] of [
			["home", "eth0", "192.168.0", 100],
			["away", "eth0", "192.168.1", 100],
			["wan", "net", "198.20.0", 100],
		] as const) {
			const commands = Array.from(
				{ length: ALIASES },
				(_, i) => `ip address add ${prefix}.${first + i}/24 dev ${device}`,
			);
			const { code, stderr } = await this.lab.exec(ns, ["sh", "-ec", commands.join("\n")]);
			if (code !== 0) throw new Error(stderr);
		}
		KINDS.forEach((kind, i) => {
			const etc = `/etc/netns/${this.lab.name}-cam${i + 1}`;
			mkdirSync(etc, { recursive: true });
			writeFileSync(join(etc, "resolv.conf"), `nameserver ${FORGER}\n`);
			this.cameras.push(new AttackedCamera(this.lab, i + 1, kind, this.folder, (camera) => this.fell(camera)));
		});
	}

	private start(camera: AttackedCamera): void {
		const { n, kind } = camera;
		const source = kind === "node" ? `http://${FEED}:8090/` : FRAME;
		const flags = ["--password", PASSWORD, "--name", `camera ${n}`, "--source", source, "--fps", "10"];
		flags.push("--presence", n === 3 ? "off" : "on", "--host-name", "home.example.test");
		flags.push("--dynamic-dns-url", "http://owner:secret@update.example.test/u?a={address}");
		if (this.isSealed) flags.push("--fleet-key", KEY);
		camera.start(...flags);
	}

	/** Starts the owner at both places, the attackers, and the network camera. */
	private people(): void {
		const tool = (ns: string, file: string, ...words: readonly string[]) =>
			this.lab.spawn(
				ns,
				["nice", "-n", "10", process.execPath, ...TYPESCRIPT, resolve(__dirname, file), ...words],
				"pipe",
			);
		const watched = (title: string, process: LabProcess, line: (text: string) => void): LabProcess => {
			let rest = "";
			process.listen((chunk) => {
				const lines = (rest + chunk).split("\n");
				rest = lines.pop() ?? "";
				for (const text of lines) line(text);
			});
			void process.ended.then((code) => {
				if (this.ready < 3)
					this.defeat ??= `the campaign itself failed: ${title} ended with ${code}: ${process.output.slice(-3000)}`;
			});
			return process;
		};
		this.feed = watched("the network camera", tool("cam5", "picture-feed.ts", FEED, "8090", FRAME), () => {});
		const { bound } = this.options;
		const inside = this.cameras.map(({ n }) => `http://${Lab.address(n)}:8000`);
		for (const [place, address, urls] of [
			["home", "192.168.0.200", inside],
			["away", "192.168.1.11", [`http://${WAN}:8080`]],
		] as const) {
			const owner = tool(place, "owner.ts", place, `${bound}`, address, ...urls);
			watched(`the owner at ${place}`, owner, (text) => this.served(JSON.parse(text)));
		}
		for (const place of PLACES) {
			const attacker = tool(place === "forger" ? "cam4" : place, "attacker.ts", place);
			this.attackers.set(
				place,
				watched(`the attacker at ${place}`, attacker, (text) => this.reported(place, JSON.parse(text))),
			);
		}
	}

	/** One episode: some attacks at the same time, for some seconds. */
	private async episode(): Promise<void> {
		const { random, options } = this;
		const wanted = options.attacks.length > 0 ? options.attacks : ATTACK_NAMES;
		const chosen: string[] = [];
		if (!random.chance(CALM)) {
			for (let n = 1 + random.below(5); n > 0; n--) chosen.push(wanted[random.below(wanted.length)]);
		}
		// As long as there is the real router, nobody asks another one.
		if (chosen.includes("rogue-gateway") && random.chance(0.7)) chosen.push("router-off");
		const names = [...new Set(chosen)];
		this.order(names);
		if (names.includes("pictures")) this.feed?.write(`${random.unit() / 2} ${random.u32()}\n`);
		const full = names.includes("full-disk") ? this.anyCamera() : undefined;
		full?.fillDisk();
		if (names.includes("router-off")) await this.lab.stopRouter();
		const length = (EPISODE + random.below(EPISODE_MORE)) * 1000;
		if (names.includes("kill")) {
			await this.rest(random.below(length / 2));
			const camera = random.chance(0.5) && full !== undefined ? full : this.anyCamera();
			await camera.crash();
			camera.restarts++;
			await this.rest(random.below(2000));
			this.disturbed = performance.now();
			this.start(camera);
		}
		await this.rest(length);
		full?.freeDisk();
		if (names.includes("router-off")) await this.lab.startRouter();
		this.feed?.write("0 1\n");
	}

	/** Gives the fleet a key: all cameras leave, and come back with it. */
	private async seal(): Promise<void> {
		this.order([]);
		for (const camera of this.cameras) {
			if (!(await camera.leave())) throw new Defeat(`${camera.name} did not leave in good order`);
		}
		this.isSealed = true;
		this.sealed = performance.now();
		this.disturbed = performance.now();
		for (const camera of this.cameras) this.start(camera);
		console.log(`${this.time()}: the fleet has a key from now on`);
	}

	private order(names: readonly string[]): void {
		if ([...this.current, ...names].some((name) => this.isOnTheRoute(name))) this.disturbed = performance.now();
		this.current = names;
		const inside = this.cameras.map(({ n }): Target => ({ host: Lab.address(n), port: 8000 }));
		const outside = [8080, 8081, 8082].map((port): Target => ({ host: WAN, port }));
		const sources = (prefix: string) => Array.from({ length: ALIASES }, (_, i) => `${prefix}.${100 + i}`);
		for (const [place, targets, from] of [
			["home", inside, sources("192.168.0")],
			["forger", inside, []],
			["wan", outside, sources("198.20.0")],
			["away", outside, sources("192.168.1")],
		] as const) {
			const order: Order = { attacks: names, seed: this.random.u32(), targets, sources: from, links: this.links };
			this.attackers.get(place)?.write(`${JSON.stringify(order)}\n`);
		}
		this.note(`episode: ${names.join(", ") || "calm"}`);
	}

	private isOnTheRoute(name: string): boolean {
		return ON_THE_ROUTE.some((start) =>
			start === "fleet" ? name.startsWith("fleet") && !this.isSealed : name === start,
		);
	}

	private anyCamera(): AttackedCamera {
		return this.cameras[this.random.below(this.cameras.length)];
	}

	/** Takes a report of the owner. */
	private served(report: OwnerReport): void {
		const { place, camera, step, tries, took, fault, failed } = report;
		if (step === "ready") {
			this.ready++;
			return;
		}
		if (report.links !== undefined) this.links = { ...this.links, ...report.links };
		if (report.count !== undefined) {
			this.listed = report.count;
			if (this.isSealed && report.count > this.cameras.length && performance.now() - this.sealed > RESTART_TIME)
				this.defeat ??= `a sealed fleet lists ${report.count} cameras`;
		}
		const key = `${place} ${step}`;
		const sum = this.steps.get(key) ?? { count: 0, tries: 0, slowest: 0, excused: 0 };
		this.steps.set(key, sum);
		sum.count++;
		sum.tries += tries;
		if (fault !== "") this.note(`owner ${place} ${camera} ${step}: ${tries} tries, ${took} ms: ${fault}`);
		if (failed !== true) {
			sum.slowest = Math.max(sum.slowest, took);
			this.slowest = Math.max(this.slowest, took);
			return;
		}
		if (this.isExcused(place, camera, took)) sum.excused++;
		else
			this.defeat ??= `the owner at ${place} was not served within ${Math.round(took / 1000)} s by ${camera}, ${step}: ${fault}`;
	}

	/** Whether a camera may have been away: it was killed, or its way to the Internet was under attack. */
	private isExcused(place: string, url: string, took: number): boolean {
		const now = performance.now();
		if (place !== "home")
			return this.current.some((name) => this.isOnTheRoute(name)) || now - took - this.disturbed < RECOVERY_TIME;
		const camera = this.cameras.find(({ n }) => url.includes(`${Lab.address(n)}:`));
		return camera !== undefined && now - took - camera.started < RESTART_TIME;
	}

	private reported(place: Place, { sent, answers, last }: AttackReport): void {
		for (const [name, count] of Object.entries(sent)) this.sent.set(name, (this.sent.get(name) ?? 0) + count);
		for (const [name, count] of Object.entries(answers)) {
			this.answers.set(name, (this.answers.get(name) ?? 0) + count);
			if (name.includes("INTRUSION"))
				this.defeat ??= `a stranger at ${place} got what only users may see: ${name}: ${last.join("\n")}`;
		}
		if (last.length > 0) this.last.set(`${place} ${last[0].split(" ")[1]}`, last);
	}

	private fell(camera: AttackedCamera): void {
		this.defeat ??= `${camera.name} exited by itself`;
	}

	private sample(): void {
		for (const camera of this.cameras) {
			const { memory } = camera;
			memory?.sample();
			if (memory === undefined) continue;
			if (memory.now > MEMORY_MAX[camera.kind]) this.defeat ??= `${camera.name} takes ${memory.now} kB`;
			if (memory.growth > GROWTH_MAX[camera.kind])
				this.defeat ??= `the memory of ${camera.name} grows: by ${(memory.growth * 100).toFixed(0)} % to ${memory.now} kB`;
		}
	}

	/** Lets time pass, and prints a line each minute. @throws {Defeat} as soon as something has gone wrong */
	private async rest(ms: number): Promise<void> {
		const end = performance.now() + ms;
		do {
			if (this.defeat !== undefined) throw new Defeat(this.defeat);
			await pause(Math.min(250, Math.max(0, end - performance.now())));
			this.tellMinute();
		} while (performance.now() < end);
	}

	private async until(what: string, limit: number, done: () => boolean): Promise<void> {
		const end = performance.now() + limit;
		while (!done()) {
			if (performance.now() > end) throw new Defeat(`not within ${limit / 1000} s: ${what}`);
			await this.rest(250);
		}
	}

	private tellMinute(): void {
		const minute = Math.floor((performance.now() - this.begun) / 60_000);
		if (minute === this.minute) return;
		this.minute = minute;
		const memory = this.cameras.map(({ memory }) => `${memory?.now ?? 0}`).join(", ");
		const sent = [...this.sent.values()].reduce((a, b) => a + b, 0);
		const { slowest } = this;
		this.slowest = 0;
		console.log(
			`${this.time()}: ${sent} attacks; memory ${memory} kB; ${this.listed} cameras listed; slowest step ${slowest} ms; now ${this.current.join(", ") || "calm"}`,
		);
	}

	private time(): string {
		return `minute ${((performance.now() - this.begun) / 60_000).toFixed(1)}`;
	}

	/** Remembers an event for the report of a failure. */
	private note(text: string): void {
		this.kept.push(`${this.time()}: ${text}`);
		if (this.kept.length > 40) this.kept.shift();
	}

	/** Prints what happened. */
	private tell(): void {
		const { seed, minutes, bound, fleet, attacks } = this.options;
		if (this.defeat !== undefined) {
			console.log(`\nFAILED in ${this.time()}: ${this.defeat}`);
			console.log(
				`Again: npm run test:soak:attack -- --minutes ${minutes} --seed ${seed} --bound ${bound} --fleet ${fleet}${attacks.length > 0 ? ` --attacks ${attacks.join(",")}` : ""}`,
			);
			console.log(`\nWhat happened before:\n${this.kept.join("\n")}`);
			for (const [who, last] of this.last) console.log(`\nSent last: ${who}\n${last.join("\n")}`);
			for (const camera of this.cameras) {
				console.log(`\nLog of ${camera.name}:\n${camera.output.split("\n").slice(-20).join("\n")}`);
			}
		}
		console.log(`\nSeed ${seed}, ${this.time()}. Attacks and their answers:`);
		for (const [name, count] of [...this.sent].sort()) {
			const answers = [...this.answers].filter(([key]) => key.startsWith(`${name} `)).sort();
			console.log(
				`  ${name} ${count}: ${answers.map(([key, times]) => `${key.slice(name.length + 1)} ${times}`).join(", ")}`,
			);
		}
		console.log("The owner's steps:");
		for (const [name, { count, tries, slowest, excused }] of [...this.steps].sort()) {
			console.log(
				`  ${name}: ${count}, ${tries} attempts, slowest ${slowest} ms${excused > 0 ? `, ${excused} excused` : ""}`,
			);
		}
		for (const camera of this.cameras) {
			const runs = camera.memories.filter(({ peak }) => peak > 0);
			const peak = Math.max(0, ...runs.map((run) => run.peak));
			const most = Math.max(0, ...runs.map((run) => run.descriptors));
			const growth = (camera.memory?.growth ?? 0) * 100;
			console.log(
				`${camera.name}: ${camera.restarts} times killed; ${camera.memory?.now ?? 0} kB, at most ${peak} kB; ${growth.toFixed(1)} % growth; at most ${most} descriptors`,
			);
		}
		console.log(this.defeat === undefined ? "PASSED: no exit, and the owner was served." : "FAILED");
	}

	private async clear(): Promise<void> {
		this.ready = 3;
		await this.lab.down();
		for (const camera of this.cameras) {
			camera.removeDisk();
			rmSync(`/etc/netns/${this.lab.name}-cam${camera.n}`, { recursive: true, force: true });
		}
		rmSync(this.folder, { recursive: true, force: true });
	}
}
