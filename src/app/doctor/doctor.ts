import type { EventSink } from "../../core/event-ring";
import type { Path } from "../../core/path";
import { type Handle, Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import { isSerious } from "../../gateway/diagnosis";
import { GatewayClient } from "../../gateway/gateway-client";
import type { GatewayEvent, GatewayTableEntry } from "../../gateway/gateway-events";
import { GATEWAY_DEFAULTS } from "../../gateway/gateway-settings";
import type { Clock } from "../../ports/clock";
import { escapeControls } from "../../ports/line-log";
import type { Log } from "../../ports/log";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { CameraSettings } from "../../settings/camera-schema";
import { GATEWAY_SCHEMA } from "../../settings/gateway-schema";
import { defaultsOf } from "../../settings/schema";
import { DIAGNOSIS_MESSAGES } from "../../web/messages";
import { ssdpSocket } from "../discovery/ssdp-part";
import { GatewayLink } from "../gateway/gateway-link";
import { UdpBinding } from "../udp-binding";

/** How long a gateway has to show what it supports. */
const PATIENCE: Millis = 10000;
/** How long to wait for address and table after the port was granted. */
const AFTERTHOUGHT: Millis = 500;

/** What the doctor found. */
export interface DoctorReport {
	/** Text for people, line by line. */
	readonly lines: readonly string[];
	/** True: a camera here can be reached from the Internet, as far as can be seen from inside. */
	readonly reachable: boolean;
}

/**
 * Does what a camera would do: finds the gateway, asks it for a port, reads the address and the table, gives the port
 * back; then reports the findings.
 */
export class Doctor implements EventSink<GatewayEvent> {
	deadline: Millis = Infinity;
	private readonly pump: Pump;
	private readonly client: GatewayClient;
	private readonly link: GatewayLink;
	/** Some routers answer searches by announcements (quirk 29). */
	private readonly announcements: UdpBinding;
	private readonly handle: Handle<Doctor, undefined>;
	private readonly paths: readonly Path[];
	private readonly found: string[] = [];
	private table: readonly GatewayTableEntry[] = [];
	private port = 0;
	private result: DoctorReport = { lines: [], reachable: false };
	private done: (report: DoctorReport) => void = () => {};
	private progress: (line: string) => void = () => {};
	private leaving = false;

	constructor(
		host: { readonly network: Network; readonly clock: Clock; readonly random: Random; readonly log: Log },
		settings: Pick<CameraSettings, "representativePorts">,
	) {
		this.pump = new Pump(host.clock);
		this.paths = host.network.paths();
		this.client = new GatewayClient(
			{
				...GATEWAY_DEFAULTS,
				id: "d0c7000000000000",
				model: "doctor",
				representativePorts: settings.representativePorts,
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
		this.handle = this.pump.add(this, undefined);
	}

	/**
	 * Begins; `done` is called once, after ten-odd seconds at the most.
	 * @param progress gets the first lines of the report one by one, as soon as they are known
	 */
	examine(done: (report: DoctorReport) => void, progress: (line: string) => void = () => {}): void {
		this.done = done;
		this.progress = progress;
		progress(this.machine());
		const now = this.pump.now();
		this.link.udp.setPaths(this.paths);
		this.announcements.setPaths(this.paths);
		this.link.handle.call((client, _now, out) => {
			client.rename(now, "doctor", out);
			client.setAim(now, "first-come", [], out);
			client.start(now, this.paths, out);
		});
		this.deadline = now + (this.paths.length === 0 ? 0 : PATIENCE);
		this.handle.called();
	}

	expire(now: Millis): void {
		this.deadline = Infinity;
		if (this.leaving) return;
		this.leaving = true;
		this.result = this.report();
		this.link.handle.call((client, _now, out) => client.leave(now, out));
	}

	/** Takes an announcement. @see DatagramReceiver */
	receive(path: Path, address: string, _port: number, bytes: Uint8Array): void {
		this.link.handle.call((client, now, out) => client.notified(now, path, address, bytes, out));
	}

	/** @see EventSink */
	on(event: GatewayEvent): void {
		switch (event.type) {
			case "found":
				this.note(`Router: ${escapeControls(event.name) || "without a name"} at ${event.address}, UPnP.`);
				break;
			case "mapped":
				this.port = event.externalPort;
				this.note(
					`It opened port ${event.externalPort} by ${event.by}${event.representative ? ", the representative's: no other camera has it" : ""}.`,
				);
				this.deadline = this.pump.now() + AFTERTHOUGHT;
				this.handle.called();
				break;
			case "lost":
				this.port = 0;
				break;
			case "table":
				this.table = event.entries;
				break;
			case "left":
				this.link.udp.close();
				this.announcements.close();
				this.done(this.result);
				break;
		}
	}

	private machine(): string {
		return `This machine: ${this.paths.map((p) => `${p.address} (${p.name}${p.gateway === undefined ? ", no router" : `, router ${p.gateway}`})`).join("; ") || "no network address"}.`;
	}

	private note(line: string): void {
		this.found.push(line);
		this.progress(line);
	}

	/** Writes the findings as text. */
	report(): DoctorReport {
		const status = this.client.status();
		const serious = status.diagnoses.some(isSerious);
		const reachable = this.port !== 0 && status.externalAddress !== "" && !serious;
		const cameras = this.table.filter((entry) => entry.ours !== undefined && entry.externalPort !== this.port);
		const lines = [this.machine(), ...this.found];
		if (status.externalAddress !== "") lines.push(`Its address on the Internet: ${status.externalAddress}.`);
		for (const { externalPort, internalClient, ours } of cameras) {
			lines.push(
				escapeControls(`Camera ${JSON.stringify(ours?.name)} at ${internalClient} holds port ${externalPort}.`),
			);
		}
		for (const diagnosis of status.diagnoses) {
			const { message, remedy } = DIAGNOSIS_MESSAGES[diagnosis];
			lines.push(`${message}\n  What to do: ${remedy}`);
		}
		lines.push(
			reachable
				? "A camera here can be reached from the Internet, as far as this machine can see."
				: "A camera here cannot be reached from the Internet.",
		);
		return { lines, reachable };
	}
}
