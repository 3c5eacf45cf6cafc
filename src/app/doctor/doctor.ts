import type { EventSink } from "../../core/event-ring";
import type { Path } from "../../core/path";
import { type Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { FleetKey } from "../../fleet/fleet-key";
import { isSerious } from "../../gateway/diagnosis";
import { GatewayClient } from "../../gateway/gateway-client";
import type { GatewayEvent, GatewayTableEntry } from "../../gateway/gateway-events";
import { GATEWAY_DEFAULTS } from "../../gateway/gateway-settings";
import type { ServerAddress } from "../../peer/rendezvous-address";
import type { Clock } from "../../ports/clock";
import { escapeControls } from "../../ports/line-log";
import { GATEWAY_SCHEMA } from "../../settings/gateway-schema";
import { defaultsOf } from "../../settings/schema";
import { DIAGNOSIS_MESSAGES } from "../../web/diagnosis-messages";
import { DOCTOR_MESSAGES } from "../../web/doctor-messages";
import { NAT_MESSAGES } from "../../web/nat-messages";
import { ssdpSocket } from "../discovery/ssdp-part";
import { GatewayLink } from "../gateway/gateway-link";
import { UdpBinding } from "../udp-binding";
import { cameraText } from "./camera-text";
import { CameraVisit, type DoctorLogin } from "./camera-visit";
import { playerRowsOf, waysOf } from "./camera-ways";
import type { CameraReport, DoctorProblem, DoctorReport, DoctorStep, DoctorStepName } from "./doctor-report";
import { FleetExamination } from "./fleet-examination";
import { NO_NAT, type SeenCamera } from "./found-camera";
import { Ipv6Examination } from "./ipv6-examination";
import { NatExamination, type NatExaminationHost } from "./nat-examination";

/** How long a gateway has to show what it supports. */
const PATIENCE: Millis = 10000;
/** How long to wait for address and table after the port was granted. */
const AFTERTHOUGHT: Millis = 500;
/** How long the gateway's table may take. */
const TABLE_LIMIT: Millis = 4000;
/** How often it looks whether something has been found. */
const LOOK: Millis = 100;
/** How many cameras are visited at a time. */
const VISITS = 8;

/** What the doctor is asked to do. */
export interface DoctorOptions {
	readonly representativePorts: readonly number[];
	/** Address servers, by which the kind of NAT is found out; none: it is not. @default none */
	readonly stunServers?: readonly ServerAddress[];
	/** The number of the fleet whose cameras are looked for. @default 0 */
	readonly fleet?: number;
	/** The keys of the fleet; none: it is open. @default none */
	readonly keys?: readonly FleetKey[];
	/** The login for asking the cameras for their state. @default none */
	readonly login?: DoctorLogin;
}

/**
 * Does what a camera would do: finds the gateway, asks it for a port, reads the address and the table, gives the port
 * back; looks for the cameras of the fleet, and tries the ways to each; then reports the findings (ONE-10).
 */
export class Doctor implements EventSink<GatewayEvent> {
	deadline: Millis = Infinity;
	private readonly pump: Pump;
	private readonly client: GatewayClient;
	private readonly link: GatewayLink<GatewayClient, GatewayEvent>;
	/** Some routers answer searches by announcements (quirk 29). */
	private readonly announcements: UdpBinding;
	private readonly ipv6: Ipv6Examination;
	private readonly nat: NatExamination;
	private readonly fleet: FleetExamination;
	private readonly handle: Handle<Doctor, undefined>;
	private readonly paths: readonly Path[];
	private readonly steps: DoctorStep[] = [];
	private readonly cameras: CameraReport[] = [];
	private readonly told = new Set<string>();
	private table: readonly GatewayTableEntry[] = [];
	private port = 0;
	private done: (report: DoctorReport) => void = () => {};
	private progress: (step: DoctorStep) => void = () => {};
	private begun: Millis = 0;
	/** Whether the cameras have answered, or had time to. */
	private isFleetKnown = false;
	/** When the gateway has told all that it tells soon. */
	private gatewayDue: Millis = Infinity;
	/** What is done: the network is looked at, cameras are visited, ports are given back. */
	private stage: "looking" | "visiting" | "leaving" = "looking";

	constructor(
		private readonly host: NatExaminationHost & { readonly clock: Clock },
		private readonly options: DoctorOptions,
	) {
		const { representativePorts, stunServers = [], fleet = 0, keys = [] } = options;
		this.pump = new Pump(host.clock);
		this.paths = host.network.paths();
		this.client = new GatewayClient(
			{
				...GATEWAY_DEFAULTS,
				id: "d0c7000000000000",
				model: "doctor",
				representativePorts,
				internalPort: 0,
				addressPoll: defaultsOf(GATEWAY_SCHEMA).addressPoll * 1000,
				table: "walk",
				ownLease: 30,
				representativeLease: 30,
			},
			host.random,
			0,
		);
		this.link = new GatewayLink(host.network, this.pump, host.log, "doctor", this.client, this);
		this.announcements = new UdpBinding(host.network, this.pump, host.log, "doctor", ssdpSocket, this);
		this.ipv6 = new Ipv6Examination(host, this.pump);
		this.nat = new NatExamination(host, this.pump, stunServers);
		this.fleet = new FleetExamination(host, this.pump, { fleet, keys });
		this.handle = this.pump.add(this, undefined);
	}

	/**
	 * Begins; `done` is called once, after ten-odd seconds at the most, and ten more for cameras that do not answer.
	 * @param progress gets each step as soon as it is done
	 */
	examine(done: (report: DoctorReport) => void, progress: (step: DoctorStep) => void = () => {}): void {
		this.done = done;
		this.progress = progress;
		const now = this.pump.now();
		this.begun = now;
		this.note("machine", this.machine());
		this.link.udp.setPaths(this.paths);
		this.announcements.setPaths(this.paths);
		this.link.handle.call((client, _now, out) => {
			client.rename(now, "doctor", out);
			client.setAim(now, "first-come", [], out);
			client.start(now, this.paths, out);
		});
		this.ipv6.start();
		this.nat.start();
		if (this.paths.length === 0) this.isFleetKnown = true;
		else
			this.fleet.start(this.paths, () => {
				this.isFleetKnown = true;
				const { length } = this.fleet.list([], 0);
				if (length > 0) this.noteOnce("fleet", [DOCTOR_MESSAGES.fleet(length)]);
			});
		this.gatewayDue = this.paths.length === 0 ? now : now + PATIENCE;
		this.deadline = now;
		this.handle.called();
	}

	expire(now: Millis): void {
		this.deadline = Infinity;
		if (this.stage !== "looking") return;
		const isLate = now >= this.begun + PATIENCE;
		if (this.ipv6.isSettled || isLate) this.noteOnce("ipv6", this.ipv6.lines());
		if (this.nat.isSettled || isLate) this.noteOnce("nat", this.nat.lines());
		const isSettled = now >= this.gatewayDue && this.ipv6.isSettled && this.nat.isSettled;
		if (!((isSettled || isLate) && this.isFleetKnown)) {
			this.deadline = now + LOOK;
			return;
		}
		this.stage = "visiting";
		this.visit();
	}

	/** Takes an announcement. @see DatagramReceiver */
	receive(path: Path, address: string, _port: number, bytes: Uint8Array): void {
		this.link.handle.call((client, now, out) => client.notified(now, path, address, bytes, out));
	}

	/** @see EventSink */
	on(event: GatewayEvent): void {
		switch (event.type) {
			case "found":
				this.note("router", `Router: ${escapeControls(event.name) || "without a name"} at ${event.address}, UPnP.`);
				break;
			case "mapped":
				this.port = event.externalPort;
				this.note(
					"port",
					`It opened port ${event.externalPort} by ${event.by}${event.representative ? ", the representative's: no other camera has it" : ""}.`,
				);
				this.gatewayDue = Math.min(this.gatewayDue, this.pump.now() + TABLE_LIMIT);
				this.link.handle.call((client, now, out) => client.inspect(now, out));
				break;
			case "lost":
				this.port = 0;
				break;
			case "table":
				this.table = event.entries;
				if (event.complete) this.gatewayDue = Math.min(this.gatewayDue, this.pump.now() + AFTERTHOUGHT);
				break;
			case "left":
				this.link.udp.close();
				this.announcements.close();
				this.nat.close();
				this.ipv6.leave(() => this.done(this.report()));
				break;
		}
	}

	/** The findings up to now. */
	report(): DoctorReport {
		const gateway = this.client.status();
		return {
			reachable: this.byIpv4 || this.ipv6.reachable,
			steps: this.steps,
			gateway: { ...gateway, externalPort: this.port },
			problems: this.problems(),
			natKind: this.nat.kind,
			nat: this.nat.text,
			cameras: this.cameras,
		};
	}

	/** Whether the Internet gets to a port here by IPv4, as far as the router says. */
	private get byIpv4(): boolean {
		const { externalAddress, diagnoses } = this.client.status();
		return this.port !== 0 && externalAddress !== "" && !diagnoses.some(isSerious);
	}

	private machine(): string {
		return `This machine: ${this.paths.map((p) => `${p.address} (${p.name}${p.gateway === undefined ? ", no router" : `, router ${p.gateway}`})`).join("; ") || "no network address"}.`;
	}

	/** @param text lines; text from the network in it has no line breaks */
	private note(step: DoctorStepName, text: string): void {
		const lines = text.split("\n").map(escapeControls);
		const entry = { at: this.pump.now() - this.begun, step, text: lines.join("\n") };
		this.steps.push(entry);
		this.progress(entry);
	}

	private noteOnce(step: DoctorStepName, lines: readonly string[]): void {
		if (this.told.has(step)) return;
		this.told.add(step);
		for (const line of lines) this.note(step, line);
	}

	private problems(): readonly DoctorProblem[] {
		return this.client.status().diagnoses.map((problem) => {
			const { message, remedy } = DIAGNOSIS_MESSAGES[problem];
			return { problem, serious: isSerious(problem), message, remedy };
		});
	}

	/** Tries the ways to all cameras, a few at a time. */
	private visit(): void {
		const { externalAddress } = this.client.status();
		if (externalAddress !== "") this.note("address", `Its address on the Internet: ${externalAddress}.`);
		for (const { message, remedy } of this.problems()) this.note("problem", `${message}\n  What to do: ${remedy}`);
		const found = [...this.fleet.list(this.table, this.port)];
		this.noteOnce("fleet", [DOCTOR_MESSAGES.fleet(found.length)]);
		let open = 0;
		const next = (): void => {
			while (open < VISITS && found.length > 0) {
				const camera = found.shift();
				if (camera === undefined) break;
				open++;
				const host = { ...this.host, pump: this.pump };
				const visit = new CameraVisit(host, camera, (seen) => {
					open--;
					this.visited(seen);
					next();
				});
				visit.begin(externalAddress, this.options.login ?? { user: "", password: "" });
			}
			if (open === 0 && found.length === 0) this.finish();
		};
		next();
	}

	private visited(seen: SeenCamera): void {
		const { externalAddress, diagnoses } = this.client.status();
		const { id, name, address, port } = seen.camera;
		const ways = waysOf(seen, { address: externalAddress, problems: diagnoses });
		const { natKind, nat } = typeof seen.state === "string" ? NO_NAT : seen.state;
		const report = { id, name, address, port, natKind, nat, ways, players: playerRowsOf(seen) };
		this.cameras.push(report);
		this.note("camera", cameraText(report));
	}

	private finish(): void {
		if (this.stage === "leaving") return;
		this.stage = "leaving";
		const seen = "as far as this machine can see.";
		if (this.byIpv4) this.note("verdict", `A camera here can be reached from the Internet, ${seen}`);
		else if (this.ipv6.reachable)
			this.note("verdict", `A camera here can be reached from the Internet by IPv6, ${seen}`);
		else if (this.nat.helps) this.note("verdict", NAT_MESSAGES.onlyPaired);
		else this.note("verdict", "A camera here cannot be reached from the Internet.");
		this.link.handle.call((client, now, out) => client.leave(now, out));
	}
}
