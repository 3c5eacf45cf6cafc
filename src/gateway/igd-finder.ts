import { addressKind, sameNetwork } from "../core/ipv4";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import { Timers } from "../core/timers";
import { buildSearch, parseSsdp, SSDP_GROUP, SSDP_PORT } from "../wire/ssdp";
import type { GatewayOutbox } from "./gateway-events";
import { Igd } from "./igd";
import { type IgdService, parseHttpUrl, parseIgdDescription } from "./igd-description";
import type { RequestQueue } from "./request-queue";

/** The search targets: gateways and their services in both versions, because `ssdp:all` finds too little (quirk 14). */
const TARGETS: readonly string[] = Object.freeze([
	"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
	"urn:schemas-upnp-org:device:InternetGatewayDevice:2",
	"urn:schemas-upnp-org:service:WANIPConnection:1",
	"urn:schemas-upnp-org:service:WANPPPConnection:1",
	"urn:dslforum-org:device:InternetGatewayDevice:1",
]);

/** A search is sent twice, this far apart. */
const RESEND: Millis = 400;
/** How long answers are collected. */
const WINDOW_LENGTH: Millis = 2000;
/** Time between searches without success: doubled each time up to the largest (IMG-2). */
const BACKOFF_MIN: Millis = 2000;
const BACKOFF_MAX: Millis = 60000;
/** The most devices that are examined in one search. */
const CANDIDATES_MAX = 8;
/** Pause between the targets of one search: some gateways garble answers to searches that coincide (quirk 15). */
const SPACING: Millis = 30;

/** Timer: the next message of the search. */
const SEND = 0;
/** Timer: no more answers are collected. */
const WINDOW = 1;
/** Timer: the next search. */
const NEXT = 2;

interface Candidate {
	readonly path: Path;
	readonly sender: string;
	readonly location: { readonly port: number; readonly target: string };
}

/** How suitable a gateway is: 0 not connected; 1 no public address; 2 public; 3 public and the default gateway. */
type Score = 0 | 1 | 2 | 3;

/** Finds the Internet gateway among all devices that answer, and chooses the right one of its services (IMG-2). */
export class IgdFinder {
	/** True when a gateway has answered, but none is connected to the Internet. */
	unconnected = false;
	/** Searches since the last success that found nothing. */
	fruitless = 0;
	private readonly timers = new Timers(3);
	private paths: readonly Path[] = [];
	private sends: { at: Millis; target: string }[] = [];
	private candidates: Candidate[] = [];
	private seen: string[] = [];
	private examining = false;
	private best: { igd: Igd; score: Score } | undefined;

	/** @param chosen called with the gateway, at most once a search */
	constructor(
		private readonly queue: RequestQueue,
		private readonly chosen: (now: Millis, igd: Igd, out: GatewayOutbox) => void,
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
		this.examining = false;
		this.best = undefined;
		this.unconnected = false;
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
		this.examining = false;
		this.candidates = [];
	}

	/** Does what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		for (let slot = this.timers.due(now); slot >= 0; slot = this.timers.due(now)) {
			if (slot === SEND) this.sendNext(out);
			else if (slot === WINDOW) this.examine(now, out);
			else this.search(now, this.paths, out);
		}
	}

	/** Takes a datagram that came to a socket that searches are sent from; anything but an answer is ignored. */
	receive(now: Millis, path: Path, address: string, bytes: Uint8Array, out: GatewayOutbox): void {
		const message = parseSsdp(bytes);
		if (message === undefined) return;
		const location = parseHttpUrl(message.fields.get("location") ?? "");
		const near = sameNetwork(path.address, address, path.prefix) && address !== path.address;
		const fit = message.kind === "response" && this.timers.isSet(WINDOW) && isWanted(message.fields.get("st") ?? "");
		if (!fit || !near || location === undefined || this.seen.length >= CANDIDATES_MAX) return;
		const key = `${address} ${location.port} ${location.target}`;
		if (this.seen.includes(key)) return;
		this.seen.push(key);
		this.candidates.push({ path, sender: address, location });
		// The default gateway's answer is examined at once; an access point's waits for others (quirk 10).
		if (address === path.gateway || path.gateway === undefined) this.examine(now, out, address);
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

	/** Examines the next candidate, if `sender` is given only of that device. */
	private examine(now: Millis, out: GatewayOutbox, sender?: string): void {
		if (this.examining) return;
		const at = sender === undefined ? 0 : this.candidates.findIndex((c) => c.sender === sender);
		const [candidate] = at >= 0 ? this.candidates.splice(at, 1) : [];
		if (candidate === undefined) {
			if (!this.timers.isSet(WINDOW)) this.conclude(now, out);
			return;
		}
		this.examining = true;
		const { path, location } = candidate;
		const place = { address: candidate.sender, port: location.port, target: location.target };
		this.queue.ask(
			{ path, ...place, method: "GET", headers: [], body: new Uint8Array(0) },
			(later, answer, next) => {
				const description = answer?.status === 200 ? parseIgdDescription(answer.body, place) : undefined;
				this.examineService(later, candidate, description?.name ?? "", [...(description?.services ?? [])], next);
			},
			out,
		);
	}

	private examineService(now: Millis, from: Candidate, name: string, services: IgdService[], out: GatewayOutbox): void {
		const service = services.shift();
		if (service === undefined) {
			this.examining = false;
			this.examine(now, out, this.timers.isSet(WINDOW) ? from.sender : undefined);
			return;
		}
		const igd = new Igd(this.queue, from.path, name, service);
		const expected = from.path.gateway === undefined || from.sender === from.path.gateway;
		igd.call(
			"GetStatusInfo",
			[],
			(_, status, next) => {
				igd.call(
					"GetExternalIPAddress",
					[],
					(later, answer, then) => {
						const word = status?.values.get("NewConnectionStatus")?.toLowerCase();
						const address = answer?.values.get("NewExternalIPAddress") ?? "";
						const connected = word === "connected" || word === "up" || (word === undefined && address !== "");
						const score: Score =
							!connected || answer === undefined ? 0 : addressKind(address) === "public" ? (expected ? 3 : 2) : 1;
						if (!connected && status !== undefined) this.unconnected = true;
						if (connected && (this.best === undefined || score > this.best.score)) this.best = { igd, score };
						if (score === 3) this.conclude(later, then);
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
		this.stop();
		if (best === undefined) {
			this.timers.set(NEXT, now + Math.min(BACKOFF_MAX, BACKOFF_MIN * 2 ** Math.min(this.fruitless, 10)));
			this.fruitless++;
			return;
		}
		this.fruitless = 0;
		this.chosen(now, best.igd, out);
	}
}

function isWanted(target: string): boolean {
	return (
		target.includes(":InternetGatewayDevice:") ||
		target.includes(":WANIPConnection:") ||
		target.includes(":WANPPPConnection:")
	);
}
