import { Allowance } from "../base/allowance";
import { uuidOf } from "../base/uuid";
import type { DatagramMachine, DatagramOutbox } from "../core/datagram";
import { sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import {
	buildAlive,
	buildByebye,
	buildSearchResponse,
	parseSsdp,
	SSDP_GROUP,
	SSDP_PORT,
	type SsdpDevice,
} from "../wire/ssdp";
import { escapeXml } from "../wire/xml";

/** The standard type of a device without services of its own. */
const DEVICE_TYPE = "urn:schemas-upnp-org:device:Basic:1";
/** How often announcements are repeated; well within their maximum age. */
const REPEAT: Millis = 600000;
/** The most pending answers; further searches are not answered. */
const ANSWERS_MAX = 32;
/** The longest delay of an answer in seconds, whatever a search allows. */
const MX_MAX = 5;
/** The most searches answered in one second, and of one address: answers are longer than searches. */
const SEARCHES_PER_SECOND = 10;
const SEARCHES_PER_ADDRESS = 3;

interface Answer {
	readonly at: Millis;
	readonly path: Path;
	readonly address: string;
	readonly port: number;
	readonly type: string;
}

/**
 * Shows the camera to UPnP tools: sends alive and byebye, and answers searches. The fleet itself does not use it.
 * @see UPnP Device Architecture 2.0 §1.2, §1.3
 */
export class UpnpDevice implements DatagramMachine<DatagramOutbox> {
	deadline: Millis = Infinity;
	private readonly uuid: string;
	private paths: readonly Path[] = [];
	private answers: Answer[] = [];
	private aliveAt: Millis = Infinity;
	private readonly allowance = new Allowance(SEARCHES_PER_SECOND, SEARCHES_PER_ADDRESS);

	/**
	 * @param id the camera: 16 hexadecimal digits
	 * @param boot counts its starts
	 * @param httpPort the port of its description
	 * @param random numbers in [0, 1)
	 */
	constructor(
		id: string,
		private readonly boot: number,
		private readonly httpPort: number,
		private readonly random: { unit(): number },
	) {
		this.uuid = `uuid:${uuidOf(id)}`;
	}

	/** Announces the camera on these interfaces; none: it stops. */
	start(now: Millis, paths: readonly Path[], out: DatagramOutbox): void {
		this.paths = paths;
		this.aliveAt = paths.length > 0 ? now : Infinity;
		this.expire(now, out);
	}

	/** Sends byebye and stops. */
	leave(out: DatagramOutbox): void {
		for (const path of this.paths) {
			for (const type of this.types())
				this.send(path, SSDP_GROUP, SSDP_PORT, buildByebye(this.device(path), type, this.usn(type)), out);
		}
		this.paths = [];
		this.answers = [];
		this.deadline = this.aliveAt = Infinity;
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: DatagramOutbox): void {
		const message = this.paths.length === 0 ? undefined : parseSsdp(bytes);
		// Only searches from the LAN are answered: answers are longer than searches, and source addresses can be forged.
		if (message?.kind !== "search" || !sameNetwork(path.address, address, path.prefix)) return;
		if (message.fields.get("man") !== '"ssdp:discover"') return;
		const target = message.fields.get("st") ?? "";
		if (!this.types().some((type) => target === "ssdp:all" || target === type)) return;
		if (!this.allowance.take(now, address)) return;
		const mx = Number(message.fields.get("mx") ?? "0");
		const wait = mx > 0 ? Math.min(mx, MX_MAX) * 1000 * 0.8 : 0;
		for (const type of this.types()) {
			if ((target !== "ssdp:all" && target !== type) || this.answers.length >= ANSWERS_MAX) continue;
			this.answers.push({ at: now + Math.floor(wait * this.random.unit()), path, address, port, type });
		}
		this.expire(now, out);
	}

	expire(now: Millis, out: DatagramOutbox): void {
		if (this.aliveAt <= now) {
			for (const path of this.paths) {
				for (const type of this.types())
					this.send(path, SSDP_GROUP, SSDP_PORT, buildAlive(this.device(path), type, this.usn(type)), out);
			}
			this.aliveAt = now + REPEAT;
		}
		const due = this.answers.filter((answer) => answer.at <= now);
		if (due.length > 0) this.answers = this.answers.filter((answer) => answer.at > now);
		for (const { path, address, port, type } of due) {
			this.send(path, address, port, buildSearchResponse(this.device(path), type, this.usn(type)), out);
		}
		let next = this.aliveAt;
		for (const answer of this.answers) next = Math.min(next, answer.at);
		this.deadline = next;
	}

	/** The device description, which the web server serves at `/description.xml`. @see UPnP Device Architecture 2.0 §2.3 */
	description(name: string, model: string): string {
		return `<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>1</minor></specVersion><device><deviceType>${DEVICE_TYPE}</deviceType><friendlyName>${escapeXml(name)}</friendlyName><manufacturer>Porthole</manufacturer><modelName>Porthole camera (${escapeXml(model)})</modelName><UDN>${this.uuid}</UDN><presentationURL>/</presentationURL></device></root>
`;
	}

	private device(path: Path): SsdpDevice {
		return {
			location: `http://${path.address}:${this.httpPort}/description.xml`,
			server: "Porthole/1 UPnP/1.1 Porthole/1",
			bootId: this.boot,
		};
	}

	private types(): string[] {
		return ["upnp:rootdevice", this.uuid, DEVICE_TYPE];
	}

	private usn(type: string): string {
		return type === this.uuid ? type : `${this.uuid}::${type}`;
	}

	private send(path: Path, address: string, port: number, bytes: Uint8Array, out: DatagramOutbox): void {
		out.send(path, address, port, bytes, 0, bytes.length);
	}
}
