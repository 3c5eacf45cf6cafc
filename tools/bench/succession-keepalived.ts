import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WAN } from "../../test/lab/house";
import { Lab, type LabProcess } from "../../test/lab/lab";
import { installed } from "../../test/support/needs";
import { pause } from "../../test/support/until";
import { monotonic, Prober, type Programs } from "./succession-prober";
import type { Contender, Disruption, Stage } from "./succession-stage";

/** The measured intervals of advertisements, in seconds. */
const INTERVALS = [1, 0.1, 0.02];
/** The address that moves; the router's port 8080 leads to it. */
const FLOATING = "192.168.0.100";
const PATIENCE = 15_000;
const SETTLE_TIME = 30_000;
/** How long the first host must have answered before the next disruption, in milliseconds. */
const SETTLE_STEADY = 2500;
const ALL: readonly Disruption[] = ["leave", "crash", "cable", "double"];

/** The alternative: VRRP version 3 by keepalived on the same hosts, at several intervals. */
export function keepalived(programs: Programs, cameras: number): Contender[] {
	const absent = installed("keepalived") ? {} : { absent: "not installed (Debian package keepalived)" };
	return INTERVALS.map((interval) => ({
		id: `keepalived-${interval}`,
		title: `keepalived, ${interval} s`,
		disruptions: ALL,
		patience: PATIENCE,
		rhythm: interval * 1000,
		goal: () => undefined,
		open: () => Keepalived.open(programs, cameras, interval),
		...absent,
	}));
}

/**
 * keepalived on each camera's host, beside a web server that does nothing else. The router forwards its port 8080 to
 * the floating address by a rule of its own, so no gateway is asked for anything.
 */
class Keepalived implements Stage {
	readonly prober: Prober;
	private readonly folder = mkdtempSync(join(tmpdir(), "porthole-keepalived-"));
	private readonly daemons: LabProcess[] = [];
	private readonly servers: LabProcess[] = [];

	private constructor(
		private readonly programs: Programs,
		readonly lab: Lab,
		private readonly count: number,
		private readonly interval: number,
	) {
		this.prober = new Prober(programs, lab, WAN, 8080);
		for (let n = 1; n <= count; n++) this.start(n);
	}

	static async open(programs: Programs, count: number, interval: number): Promise<Keepalived> {
		const lab = await Lab.up(`igd1 secure cams=${count}`);
		const rules = [
			`add rule inet igd prerouting_miniupnpd iifname wan0 tcp dport 8080 dnat ip to ${FLOATING}:8000`,
			`add rule inet igd miniupnpd ip daddr ${FLOATING} tcp dport 8000 accept`,
		];
		const { code, stderr } = await lab.exec("rtr", ["nft", rules.join("; ")]);
		if (code !== 0) {
			await lab.down();
			throw new Error(`the router's rules: ${stderr}`);
		}
		return new Keepalived(programs, lab, count, interval);
	}

	/** The first host is restored last: it has the highest priority and takes the address back. */
	async settle(): Promise<void> {
		const start = monotonic();
		while (!(this.prober.steady("camera 1", SETTLE_STEADY) && this.daemons.slice(1).every((d) => d.running))) {
			if (monotonic() - start > SETTLE_TIME) {
				throw new Error(`keepalived did not settle: ${this.prober.outcomes(start)}; ${this.daemons[1].output}`);
			}
			await pause(200);
		}
	}

	async heir(representative: number): Promise<number> {
		return representative + 1;
	}

	async leaseLeft(): Promise<undefined> {
		return undefined;
	}

	/** The server stays until the daemon has left, like a service that is stopped after its address is gone. */
	leave(n: number): void {
		const server = this.servers[n];
		this.daemons[n].signal("SIGTERM");
		void this.daemons[n].ended.then(() => server.signal("SIGKILL"));
	}

	/** Kills all processes of the host at once: stops them first, so that no part of the daemon sees another die. */
	crash(n: number): void {
		const { stdout } = spawnSync("ip", ["netns", "pids", `${this.lab.name}-cam${n}`], { encoding: "utf8" });
		const pids = stdout.trim().split(/\s+/).filter(Boolean).map(Number);
		for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
			for (const pid of pids) process.kill(pid, signal);
		}
	}

	async restart(n: number): Promise<void> {
		this.crash(n);
		await Promise.all([this.daemons[n].ended, this.servers[n].ended]);
		for (const process of [this.daemons[n], this.servers[n]]) this.lab.forget(process);
		// A daemon that was killed has left the address behind; ignored when it has not.
		await this.lab.exec(`cam${n}`, ["ip", "addr", "del", `${FLOATING}/24`, "dev", "eth0"]);
		this.start(n);
	}

	log(): string {
		return this.daemons.map(({ output }) => output).join("\n");
	}

	handOver(): undefined {
		return undefined;
	}

	async close(): Promise<void> {
		await this.lab.down();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private start(n: number): void {
		const file = (what: string): string => join(this.folder, `cam${n}.${what}`);
		writeFileSync(file("conf"), configuration(n, this.interval));
		this.servers[n] = this.lab.spawn(`cam${n}`, [this.programs.target, "8000", `camera ${n}`]);
		// The pid of a child that was killed stays in use until it is waited for, and keepalived would not start.
		for (const what of ["pid", "vrrp-pid", "checkers-pid"]) rmSync(file(what), { force: true });
		const files = ["-f", file("conf"), "-p", file("pid"), "-r", file("vrrp-pid"), "-c", file("checkers-pid")];
		this.daemons[n] = this.lab.spawn(`cam${n}`, ["keepalived", "--dont-fork", "--vrrp", "--log-console", ...files]);
	}
}

function configuration(n: number, interval: number): string {
	return `global_defs {
	router_id camera${n}
	vrrp_version 3
}
vrrp_instance porthole {
	state BACKUP
	interface eth0
	virtual_router_id 51
	priority ${250 - 50 * n > 0 ? 250 - 50 * n : 10 - n}
	advert_int ${interval}
	virtual_ipaddress {
		${FLOATING}/24
	}
}
`;
}
