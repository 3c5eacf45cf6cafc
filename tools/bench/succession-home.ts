import { House, type Portal, WAN } from "../../test/lab/house";
import { Lab } from "../../test/lab/lab";
import { pause } from "../../test/support/until";
import { monotonic, Prober, type Programs } from "./succession-prober";
import { numberOf, type Stage } from "./succession-stage";

/** How long a home may take to be healthy again; a lease of a minute may have to end first. */
const SETTLE_TIME = 100_000;
/** The time between the two checks that must agree. */
const SETTLE_PAUSE = 1000;
/** How long a camera may take to leave before it is killed. */
const LEAVE_TIME = 8000;
/** The number of logs kept of cameras that have ended. */
const EARLIER_MAX = 4;
/** Log lines: the leaving camera has told the others; one of them has taken over. */
const LEAVES = / camera: stopped\b/;
const SUCCEEDS = / succession: this camera becomes the representative\b/;

/** Cameras of the product behind a real gateway. */
export class Home implements Stage {
	readonly prober: Prober;
	readonly lab: Lab;
	/** The logs of cameras that have ended. */
	private earlier: readonly { n: number; output: string }[] = [];

	private constructor(
		programs: Programs,
		private readonly lease: number | undefined,
		private readonly house: House,
		private readonly count: number,
		private readonly flags: readonly string[],
	) {
		this.lab = house.lab;
		this.prober = new Prober(programs, this.lab, WAN, 8080, (id) => house.nameOf(id));
	}

	/**
	 * Builds a home and starts its cameras one after the other.
	 * @param kind a profile of the lab, and the gateway's lease of the representative's port in seconds when no other
	 * device may delete the mapping
	 */
	static async open(
		programs: Programs,
		{ profile, lease }: { readonly profile: string; readonly lease?: number },
		count: number,
		flags: readonly string[],
	): Promise<Home> {
		const house = await House.build(`${profile} cams=${count}`);
		try {
			await house.fill(count, ...flags);
			return new Home(programs, lease, house, count, flags);
		} catch (error) {
			house.lab.report();
			await house.clear();
			throw error;
		}
	}

	async settle(): Promise<void> {
		const start = monotonic();
		let before = "";
		for (;;) {
			const seen = await this.look();
			const { representative } = seen;
			if (
				representative !== undefined &&
				seen.words === before &&
				this.prober.steady(representative, SETTLE_PAUSE / 2)
			) {
				return;
			}
			if (monotonic() - start > SETTLE_TIME) throw new Error(`the home did not settle: ${seen.words}`);
			before = seen.words;
			await pause(SETTLE_PAUSE);
		}
	}

	async heir(representative: number): Promise<number> {
		const text = await this.lab.get("home", `http://${Lab.address(representative)}:8000/api/v1/status`, 1);
		const status = text === undefined ? undefined : JSON.parse(text);
		const cameras: { id: string; name: string; externalPort: number }[] = status?.fleet?.cameras ?? [];
		const named = cameras.find(({ id }) => id === status?.fleet?.heirs?.[0]);
		const next = cameras.filter((c) => c.externalPort > 0).sort((a, b) => a.externalPort - b.externalPort)[0];
		const heir = named ?? next;
		if (heir === undefined) throw new Error(`camera ${representative} knows no other`);
		return numberOf(heir.name);
	}

	async leaseLeft(): Promise<number | undefined> {
		if (this.lease === undefined) return undefined;
		const { stdout } = await this.lab.exec("home", [
			"curl",
			"-s",
			"--max-time",
			"2",
			"-H",
			"Content-Type: text/xml",
			"-H",
			'SOAPAction: "urn:schemas-upnp-org:service:WANIPConnection:1#GetSpecificPortMappingEntry"',
			"-d",
			LEASE_QUESTION,
			"http://192.168.0.1:5000/ctl/IPConn",
		]);
		const seconds = /<NewLeaseDuration>(\d+)</.exec(stdout)?.[1];
		return seconds === undefined ? undefined : Number(seconds) * 1000;
	}

	leave(n: number): void {
		this.house.cameras[n].signal("SIGTERM");
	}

	crash(n: number): void {
		this.house.cameras[n].signal("SIGKILL");
	}

	async restart(n: number): Promise<void> {
		const old = this.house.cameras[n];
		// It may still be leaving.
		const late = setTimeout(() => old.signal("SIGKILL"), LEAVE_TIME);
		await old.ended;
		clearTimeout(late);
		this.lab.forget(old);
		this.earlier = [...this.earlier, { n, output: old.output }].slice(-EARLIER_MAX);
		this.house.start(n, ...this.flags);
	}

	handOver(since: number): number | undefined {
		let begin: number | undefined;
		let end: number | undefined;
		for (const { time, line } of this.lines(since)) {
			if (LEAVES.test(line)) begin ??= time;
			else if (SUCCEEDS.test(line) && begin !== undefined) end ??= time;
		}
		return begin === undefined || end === undefined ? undefined : end - begin;
	}

	log(since: number): string {
		return this.lines(since)
			.map(({ n, line }) => `camera ${n} ${line}`)
			.join("\n");
	}

	close(): Promise<void> {
		return this.house.clear();
	}

	/** Checks the lists of all cameras, from inside and outside. `representative` is given only if all of them agree. */
	private async look(): Promise<{ words: string; representative: string | undefined }> {
		const all = Array.from({ length: this.count }, (_, i) =>
			this.portalOf(`http://${Lab.address(i + 1)}:8000/`, "home"),
		);
		const portals = await Promise.all([this.portalOf(`http://${WAN}:8080/`, "wan"), ...all]);
		const views = portals.map((portal) => {
			if (portal === undefined) return "silent";
			const names = portal.cameras.map((c) => c.name).sort();
			return `${names.join("+")} led by ${portal.cameras.filter((c) => c.representative).map((c) => c.name)}`;
		});
		const outside = new Set(portals[0]?.cameras.map((c) => c.url));
		const agreed = views.every((view) => view === views[0]) && outside.size === this.count;
		const fromOutside = [...outside].every((url) => url.startsWith(`http://${WAN}:`));
		const leaders = portals[0]?.cameras.filter((c) => c.representative) ?? [];
		const words = `${views.join("; ")}; outside ${[...outside].sort().join(" ")}`;
		return { words, representative: agreed && fromOutside && leaders.length === 1 ? leaders[0].name : undefined };
	}

	/** The lines of all logs since a time, sorted by time, then by camera. */
	private lines(since: number): { n: number; time: number; line: string }[] {
		const lines = [...this.earlier, ...this.house.cameras.map(({ output }, n) => ({ n, output }))].flatMap((log) =>
			log === undefined
				? []
				: log.output.split("\n").map((line) => ({ n: log.n, time: Date.parse(line.slice(0, 24)), line })),
		);
		return lines.filter(({ time }) => time >= since).sort((a, b) => a.time - b.time || a.n - b.n);
	}

	private portalOf(url: string, ns: string): Promise<Portal | undefined> {
		return this.house.portal(ns, url);
	}
}

const LEASE_QUESTION = `<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">
<s:Body><u:GetSpecificPortMappingEntry xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1"><NewRemoteHost></NewRemoteHost>
<NewExternalPort>8080</NewExternalPort><NewProtocol>TCP</NewProtocol></u:GetSpecificPortMappingEntry></s:Body></s:Envelope>`;
