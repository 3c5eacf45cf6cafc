import { addressKind, sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { Timers } from "../core/timers";
import type { SoapAnswer } from "../wire/soap";
import { buildSearch, parseSsdp, SSDP_GROUP, SSDP_PORT, type SsdpMessage } from "../wire/ssdp";
import type { GatewayOutbox } from "./gateway-events";
import { Igd } from "./igd";
import { type IgdService, parseHttpUrl, parseIgdDescription } from "./igd-description";
import type { RequestQueue } from "./request-queue";

/**
 * The search targets: gateways and their services in both versions, because `ssdp:all` finds too little (quirk 14). Some
 * gateways answer only to the last (quirk 29).
 */
const TARGETS: readonly string[] = Object.freeze([
	"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
	"urn:schemas-upnp-org:device:InternetGatewayDevice:2",
	"urn:schemas-upnp-org:service:WANIPConnection:1",
	"urn:schemas-upnp-org:service:WANPPPConnection:1",
	"urn:dslforum-org:device:InternetGatewayDevice:1",
	"upnp:rootdevice",
]);

/** A search is sent twice, this far apart. */
const RESEND: Millis = 400;
/** How long answers are collected. */
const WINDOW_LENGTH: Millis = 2000;
/** Time between searches without success: doubled each time up to the largest (IMG-2). */
const BACKOFF_MIN: Millis = 2000;
const BACKOFF_MAX: Millis = 60000;
/** The most devices that are examined in one search; the default gateway has as many places of its own. */
const CANDIDATES_MAX = 8;
/** A device that takes longer is examined no further, so that the others get their turn. */
const EXAMINATION_MAX: Millis = 6000;
/** The next search waits this much longer for an examination. */
const EXAMINATION_WAIT: Millis = 1000;
/** Pause between the targets of one search: some gateways garble answers to searches that coincide (quirk 15). */
const SPACING: Millis = 30;

/** Timer: the next message of the search. */
const SEND = 0;
/** Timer: no more answers are collected. */
const WINDOW = 1;
/** Timer: the next search. */
const NEXT = 2;

const NO_BODY = new Uint8Array(0);

interface Candidate {
	readonly path: Path;
	readonly sender: string;
	readonly location: { readonly port: number; readonly target: string };
	/** Greater after each start; empty if the device does not tell. */
	readonly bootId: string;
}

/** The parts of a score: how suitable a gateway is. */
const CONNECTED = 4;
const PUBLIC = 2;
const EXPECTED = 1;

/** Finds the Internet gateway among all devices that answer, and chooses the right one of its services (IMG-2). */
export class IgdFinder {
	/**
	 * True when the gateways that the last search found say that they are not connected to the Internet. If the default gateway
	 * has an address there, or another one a public address, it is chosen all the same, as some say so wrongly (quirk 17).
	 */
	unconnected = false;
	/** Searches since the last success that found nothing. */
	fruitless = 0;
	private readonly timers = new Timers(3);
	private paths: readonly Path[] = [];
	private sends: { at: Millis; target: string }[] = [];
	private candidates: Candidate[] = [];
	private seen: string[] = [];
	/** True from {@link search} until a gateway is chosen: answers count, however late. */
	private searching = false;
	private examining = false;
	private examinedAt: Millis = 0;
	private disconnected = false;
	private best: { igd: Igd; bootId: string; score: number } | undefined;

	/** @param chosen called with the gateway, at most once a search; `bootId` is greater after each start, or empty */
	constructor(
		private readonly queue: RequestQueue,
		private readonly chosen: (now: Millis, igd: Igd, bootId: string, out: GatewayOutbox) => void,
	) {}

	/** When {@link expire} has to be called next; `Infinity` while nothing is pending. */
	get deadline(): Millis {
		return this.timers.deadline;
	}

	/** Searches now, on all these interfaces. */
	search(now: Millis, paths: readonly Path[], out: GatewayOutbox): void {
		this.paths = paths;
		this.candidates = [];
		this.seen = [];
		this.examining = this.disconnected = false;
		this.searching = true;
		this.best = undefined;
		this.sends = [];
		for (const start of [0, RESEND]) {
			TARGETS.forEach((target, i) => void this.sends.push({ at: now + start + i * SPACING, target }));
		}
		this.timers.set(SEND, now);
		this.timers.set(WINDOW, now + WINDOW_LENGTH);
		this.timers.clear(NEXT);
		this.expire(now, out);
	}

	/** Stops searching. */
	stop(): void {
		this.sends = [];
		this.timers.clearAll();
		this.searching = this.examining = false;
		this.candidates = [];
	}

	/** Does what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === SEND) this.sendNext(out);
			else if (slot === WINDOW) this.examine(now, out);
			else if (this.examining) this.timers.set(NEXT, now + EXAMINATION_WAIT);
			else this.search(now, this.paths, out);
		}
	}

	/** Takes a datagram that came to a socket that searches are sent from; anything but an answer is ignored. */
	receive(now: Millis, path: Path, address: string, bytes: Uint8Array, out: GatewayOutbox): void {
		const message = parseSsdp(bytes);
		if (message?.kind === "response") this.hear(now, path, address, message, out);
	}

	/** Takes an answer to a search, or an announcement, which some gateways make instead (quirk 29). */
	hear(now: Millis, path: Path, address: string, { kind, fields }: SsdpMessage, out: GatewayOutbox): void {
		const location = parseHttpUrl(fields.get("location") ?? "");
		const near = sameNetwork(path.address, address, path.prefix) && address !== path.address;
		const heard = kind === "response" || (kind === "notify" && fields.get("nts") === "ssdp:alive");
		const fit = isWanted(fields.get(kind === "response" ? "st" : "nt") ?? "", isExpected(path, address));
		if (!this.searching || !heard || !fit || !near || location === undefined) return;
		const key = `${address} ${location.port} ${location.target}`;
		const fromGateway = address === path.gateway;
		let places = CANDIDATES_MAX;
		for (const each of this.seen) {
			if (each === key) return;
			if (each.startsWith(`${path.gateway} `) === fromGateway) places--;
		}
		if (places <= 0) return;
		this.seen.push(key);
		this.candidates.push({ path, sender: address, location, bootId: fields.get("bootid.upnp.org") ?? "" });
		this.examine(now, out);
	}

	private sendNext(out: GatewayOutbox): void {
		const next = this.sends.shift();
		if (next !== undefined) this.send(next.target, out);
		this.timers.set(SEND, this.sends[0]?.at ?? Infinity);
	}

	private send(target: string, out: GatewayOutbox): void {
		for (const path of this.paths) {
			const multicast = buildSearch(SSDP_GROUP, target, 1);
			out.send(path, SSDP_GROUP, SSDP_PORT, multicast, 0, multicast.length);
			if (path.gateway === undefined) continue;
			const unicast = buildSearch(path.gateway, target, 1);
			out.send(path, path.gateway, SSDP_PORT, unicast, 0, unicast.length);
		}
	}

	/** Examines the next candidate. While answers are collected, an access point's waits for the default gateway's (quirk 10). */
	private examine(now: Millis, out: GatewayOutbox): void {
		if (this.examining) return;
		const collecting = this.timers.isSet(WINDOW);
		const at = this.candidates.findIndex(({ path, sender }) => isExpected(path, sender));
		const [candidate] = at < 0 && collecting ? [] : this.candidates.splice(Math.max(0, at), 1);
		if (candidate === undefined) {
			if (!collecting) this.conclude(now, out);
			return;
		}
		this.examining = true;
		this.examinedAt = now;
		const { path, location } = candidate;
		const place = { address: candidate.sender, port: location.port, target: location.target };
		this.queue.ask(
			{ path, ...place, method: "GET", headers: [], body: NO_BODY },
			(later, answer, next) => {
				const { name, services } = parseIgdDescription(answer?.status === 200 ? answer.body : NO_BODY, place);
				this.examineService(later, candidate, name, [...services], next);
			},
			out,
		);
	}

	private examineService(now: Millis, from: Candidate, name: string, services: IgdService[], out: GatewayOutbox): void {
		const service = now - this.examinedAt < EXAMINATION_MAX ? services.shift() : undefined;
		if (service === undefined) {
			this.examining = false;
			this.examine(now, out);
			return;
		}
		const igd = new Igd(this.queue, from.path, name, service);
		igd.call(
			"GetStatusInfo",
			[],
			(_, status, next) => {
				igd.call(
					"GetExternalIPAddress",
					[],
					(later, answer, then) => {
						const address = answer?.values.get("NewExternalIPAddress") ?? "";
						const connected = isConnected(status, address);
						const score =
							(connected ? CONNECTED : 0) +
							(addressKind(address) === "public" ? PUBLIC : 0) +
							(isExpected(from.path, from.sender) ? EXPECTED : 0);
						if (!connected && (status !== undefined || answer !== undefined)) this.disconnected = true;
						// One that is not connected and has no address may be off line, or another service may be in use.
						if ((connected || hasAddress(address)) && score > (this.best?.score ?? 0))
							this.best = { igd, bootId: from.bootId, score };
						if (score === CONNECTED + PUBLIC + EXPECTED) this.conclude(later, then);
						else this.examineService(later, from, name, services, then);
					},
					next,
				);
			},
			out,
		);
	}

	private conclude(now: Millis, out: GatewayOutbox): void {
		const { best } = this;
		this.unconnected = best === undefined ? this.disconnected : best.score < CONNECTED;
		if (best === undefined) {
			// After a late answer the next search is planned already.
			if (this.timers.isSet(NEXT)) return;
			this.timers.set(NEXT, now + Math.min(BACKOFF_MAX, BACKOFF_MIN * 2 ** Math.min(this.fruitless, 10)));
			this.fruitless++;
			return;
		}
		this.stop();
		this.fruitless = 0;
		this.chosen(now, best.igd, best.bootId, out);
	}
}

/** Whether a gateway says that it is connected to the Internet: `Connected` or `Up` (quirk 17), or nothing but an address. */
export function isConnected(status: SoapAnswer | undefined, address: string): boolean {
	const word = status?.values.get("NewConnectionStatus")?.toLowerCase();
	return word === "connected" || word === "up" || (!word && address !== "");
}

/** Whether an address that a gateway reports is one, public or not. */
export function hasAddress(reported: string): boolean {
	const kind = addressKind(reported);
	return kind !== undefined && kind !== "unspecified";
}

/** Whether a device is the default gateway, as far as can be known. */
function isExpected(path: Path, sender: string): boolean {
	return path.gateway === undefined || sender === path.gateway;
}

/** @param expected the default gateway may also answer by the names that every device has (quirk 29) */
function isWanted(target: string, expected: boolean): boolean {
	return (
		target.includes(":InternetGatewayDevice:") ||
		target.includes(":WANIPConnection:") ||
		target.includes(":WANPPPConnection:") ||
		(expected && (target === "upnp:rootdevice" || target.startsWith("uuid:")))
	);
}
