import { ByteWriter } from "../../base/byte-writer";
import type { DatagramMachine } from "../../core/datagram";
import { formatEndpoint } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { Millis, Seconds } from "../../core/time";
import { NONCE_OCTETS, PCP_PORT, PCP_SUCCESS } from "../../wire/pcp";
import { buildPinholeRequest, parsePinholeAnswer } from "../../wire/pcp-ipv6";
import { buildSoapRequest, parseSoapAnswer, type SoapAnswer, soapHeaders, UNREADABLE_ANSWER } from "../../wire/soap";
import { buildSearch, parseSsdp, SSDP_GROUP, SSDP_PORT } from "../../wire/ssdp";
import { parseHttpUrl } from "../igd-description";
import { FIREWALL_TARGETS, type FirewallControl, readFirewallControl, SSDP_GROUP_6 } from "./firewall-control";
import type { PinholeMethod, PinholeOutbox, PinholeRequest, PinholeTrouble } from "./pinhole-events";

/** How long a pinhole is asked for; it is renewed at half of that, so a router that has restarted has it again in 5 minutes. */
export const PINHOLE_LEASE: Seconds = 600;
/** After no answer or a refusal everything is tried again. */
export const PINHOLE_RETRY: Millis = 60_000;
/** The time until a request is sent again, doubled each time, and how often it is sent. @see RFC 6887 §8.1.1 */
const RESEND: Millis = 250;
const TRIES = 4;
/** A search is sent twice, this far apart, and answers are waited for this long after. */
const SEARCH_AGAIN: Millis = 400;
const SEARCH_WAIT: Millis = 1600;
/** Leaving takes no longer than this. */
const LEAVE_MAX: Millis = 2000;

/** Not authorized; client address does not match. @see RFC 6887 §7.4 */
const PCP_NOT_ALLOWED: readonly number[] = Object.freeze([2, 12]);
/** Action not authorized, inbound pinholes not allowed. @see WANIPv6FirewallControl:1 §2.5.9 */
const UPNP_NOT_ALLOWED: readonly number[] = Object.freeze([403, 606, 703]);
const FIREWALL_DISABLED = 702;
const NO_BODY = new Uint8Array(0);

interface Pinhole extends PinholeRequest {
	/** The answer to the present PCP request has come. */
	granted: boolean;
	/** The gateway's name for it; empty: none. */
	id: string;
}

type Phase = "idle" | "pcp" | "search" | "http" | "rest" | "closing" | "left";

/**
 * Opens ports of this machine in the gateway's IPv6 firewall and keeps them open: by PCP, or else by UPnP (IMG-32).
 *
 * Everything is sent from the global address: gateways refuse what comes from a link-local one, or for another host.
 * @see RFC 6887 §11, WANIPv6FirewallControl:1
 */
export class PinholeClient implements DatagramMachine<PinholeOutbox> {
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	deadline: Millis = Infinity;
	/** How the ports are open; empty while they are not, or not known to be. */
	method: PinholeMethod | "" = "";
	/** Why they are not; empty while that is not known. */
	trouble: PinholeTrouble | "" = "";
	private readonly holes: readonly Pinhole[];
	private path: Path | undefined;
	/** An IPv4 path on which gateways are searched for as well: some answer there only. */
	private path4: Path | undefined;
	private enabled = true;
	private phase: Phase = "idle";
	private tries = 0;
	/** Why PCP has refused in this round. */
	private refusal: PinholeTrouble | "" = "";
	/** What follows when the pinholes are closed. */
	private afterwards: "idle" | "left" = "idle";
	private readonly nonce = new Uint8Array(NONCE_OCTETS);
	private readonly writer = new ByteWriter(64);
	private control: FirewallControl | undefined;
	/** What continues with the answer to the request under way. */
	private continuation: ((now: Millis, status: number, body: Uint8Array, out: PinholeOutbox) => void) | undefined;
	private request = 0;

	/** @param random unpredictable numbers, for PCP's nonce */
	constructor(
		requests: readonly PinholeRequest[],
		private readonly random: { fill(bytes: Uint8Array): void },
	) {
		this.holes = requests.map((request) => ({ ...request, granted: false, id: "" }));
	}

	/**
	 * Starts, or continues with other addresses. Pinholes for a former address are left to expire.
	 * @param path of a global IPv6 address and with a gateway; `undefined`: there is none
	 * @param path4 an IPv4 path of the same interface
	 */
	start(now: Millis, path: Path | undefined, path4: Path | undefined, out: PinholeOutbox): void {
		this.path4 = path4;
		if (path === this.path) return;
		this.path = path;
		if (this.phase === "closing") this.closed(now, out);
		if (this.phase === "left") return;
		for (const hole of this.holes) hole.id = "";
		this.stopRequest(out);
		this.method = this.trouble = "";
		this.begin(now, out);
	}

	/** The switch of IMG-7: off closes all pinholes, and asks for none until it is on again. */
	assign(now: Millis, on: boolean, out: PinholeOutbox): void {
		if (on === this.enabled || this.phase === "left") return;
		this.enabled = on;
		if (!on) this.close(now, "idle", out);
		else if (this.phase === "idle") this.begin(now, out);
	}

	/** Closes the pinholes and emits `left`, after a second at the most. */
	leave(now: Millis, out: PinholeOutbox): void {
		if (this.phase === "left") return;
		this.enabled = false;
		this.close(now, "left", out);
	}

	receive(now: Millis, path: Path, address: string, port: number, bytes: Uint8Array, out: PinholeOutbox): void {
		const isGateway = address === path.gateway && (path === this.path || path === this.path4);
		if (!isGateway || this.path === undefined) return;
		if (port === PCP_PORT && path === this.path && this.phase === "pcp") this.answeredByPcp(now, bytes, out);
		else if (this.phase === "search") this.foundGateway(bytes, out);
	}

	/** Takes the answer to a request. */
	answered(now: Millis, id: number, status: number, body: Uint8Array, out: PinholeOutbox): void {
		const { continuation } = this;
		if (id !== this.request || continuation === undefined) return;
		this.continuation = undefined;
		continuation(now, status, body, out);
	}

	/** A request will not be answered. */
	unanswered(now: Millis, id: number, out: PinholeOutbox): void {
		this.answered(now, id, 0, NO_BODY, out);
	}

	expire(now: Millis, out: PinholeOutbox): void {
		if (now < this.deadline) return;
		this.deadline = Infinity;
		switch (this.phase) {
			case "pcp":
				if (++this.tries >= TRIES) this.search(now, out);
				else this.askPcp(now, out);
				break;
			case "search":
				if (this.tries++ === 0) this.sendSearch(now, SEARCH_WAIT, out);
				else this.fail(now, this.refusal || "no-answer", out);
				break;
			case "rest":
				this.renew(now, out);
				break;
			case "closing":
				this.stopRequest(out);
				this.closed(now, out);
				break;
		}
	}

	private begin(now: Millis, out: PinholeOutbox): void {
		this.deadline = Infinity;
		this.phase = "idle";
		if (!this.enabled || this.path?.gateway === undefined || this.holes.length === 0) return;
		this.random.fill(this.nonce);
		this.beginPcp(now, out);
	}

	private renew(now: Millis, out: PinholeOutbox): void {
		if (this.method === "UPnP" && this.control !== undefined) this.openNext(now, 0, this.control, out);
		else this.beginPcp(now, out);
	}

	// PCP

	private beginPcp(now: Millis, out: PinholeOutbox): void {
		this.phase = "pcp";
		this.refusal = "";
		this.tries = 0;
		for (const hole of this.holes) hole.granted = false;
		this.askPcp(now, out);
	}

	private askPcp(now: Millis, out: PinholeOutbox): void {
		for (const hole of this.holes) if (!hole.granted) this.sendPcp(hole, PINHOLE_LEASE, out);
		this.deadline = now + RESEND * 2 ** this.tries;
	}

	private sendPcp({ protocol, port }: Pinhole, lifetime: Seconds, out: PinholeOutbox): void {
		const { path, writer } = this;
		if (path?.gateway === undefined) return;
		buildPinholeRequest(writer, path.address, this.nonce, protocol, port, lifetime);
		out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
	}

	private answeredByPcp(now: Millis, bytes: Uint8Array, out: PinholeOutbox): void {
		const answer = parsePinholeAnswer(bytes, this.nonce);
		// A server that speaks only NAT-PMP answers in that protocol: version 0. RFC 6886 §3.5
		if (answer === undefined) {
			if (bytes[0] === 0) this.search(now, out);
			return;
		}
		const hole = this.holes.find((each) => each.protocol === answer.protocol && each.port === answer.internalPort);
		if (answer.result !== PCP_SUCCESS || answer.externalPort !== hole?.port) {
			if (hole === undefined && answer.internalPort !== 0) return;
			if (PCP_NOT_ALLOWED.includes(answer.result)) this.refusal = "not-allowed";
			for (const each of this.holes) if (each.granted) this.sendPcp(each, 0, out);
			this.search(now, out);
			return;
		}
		hole.granted = true;
		if (this.holes.some(({ granted }) => !granted)) return;
		this.opened(now, "PCP", Math.min(answer.lifetime, PINHOLE_LEASE), answer.externalAddress, out);
	}

	// UPnP

	private search(now: Millis, out: PinholeOutbox): void {
		this.phase = "search";
		this.tries = 0;
		this.sendSearch(now, SEARCH_AGAIN, out);
	}

	private sendSearch(now: Millis, wait: Millis, out: PinholeOutbox): void {
		const { path, path4 } = this;
		for (const target of FIREWALL_TARGETS) {
			const six = buildSearch(`[${SSDP_GROUP_6.toUpperCase()}]`, target, 1);
			if (path !== undefined) out.send(path, SSDP_GROUP_6, SSDP_PORT, six, 0, six.length);
			const four = buildSearch(SSDP_GROUP, target, 1);
			if (path4 !== undefined) out.send(path4, SSDP_GROUP, SSDP_PORT, four, 0, four.length);
		}
		this.deadline = now + wait;
	}

	/** Takes an answer to a search. Whatever host its location names, the gateway itself is asked (quirk 18). */
	private foundGateway(bytes: Uint8Array, out: PinholeOutbox): void {
		const message = parseSsdp(bytes);
		const location = message?.kind === "response" ? parseHttpUrl(message.fields.get("location") ?? "") : undefined;
		if (location === undefined) return;
		this.deadline = Infinity;
		this.ask("GET", location.port, location.target, [], NO_BODY, out, (now, status, body, next) => {
			const control = status === 200 ? readFirewallControl(body, location) : undefined;
			if (control === undefined) return this.fail(now, this.refusal || "no-answer", next);
			this.control = control;
			this.call(control, "GetFirewallStatus", [], next, (then, answer, last) => {
				if (isNo(answer.values.get("FirewallEnabled"))) return this.openedByNobody(then, last);
				if (isNo(answer.values.get("InboundPinholeAllowed"))) return this.fail(then, "not-allowed", last);
				this.openNext(then, 0, control, last);
			});
		});
	}

	/** Opens or renews a pinhole, then those after it. */
	private openNext(now: Millis, index: number, control: FirewallControl, out: PinholeOutbox): void {
		const hole = this.holes[index];
		const { path } = this;
		if (path === undefined) return;
		if (hole === undefined) return this.opened(now, "UPnP", PINHOLE_LEASE, path.address, out);
		const isOpen = hole.id !== "";
		const lease: [string, string] = [isOpen ? "NewLeaseTime" : "LeaseTime", `${PINHOLE_LEASE}`];
		const args: [string, string][] = isOpen
			? [["UniqueID", hole.id], lease]
			: [
					["RemoteHost", ""],
					["RemotePort", "0"],
					["InternalClient", path.address],
					["InternalPort", `${hole.port}`],
					["Protocol", hole.protocol === "TCP" ? "6" : "17"],
					lease,
				];
		this.call(control, isOpen ? "UpdatePinhole" : "AddPinhole", args, out, (then, answer, next) => {
			if (answer.error === 0) {
				hole.id = isOpen ? hole.id : (answer.values.get("UniqueID") ?? "").slice(0, 16);
				this.openNext(then, index + 1, control, next);
			} else if (isOpen) {
				hole.id = "";
				this.openNext(then, index, control, next);
			} else if (answer.error === FIREWALL_DISABLED) {
				this.openedByNobody(then, next);
			} else {
				this.fail(then, UPNP_NOT_ALLOWED.includes(answer.error) ? "not-allowed" : "refused", next);
			}
		});
	}

	private openedByNobody(now: Millis, out: PinholeOutbox): void {
		this.opened(now, "firewall-off", PINHOLE_LEASE, this.path?.address ?? "", out);
	}

	private call(
		{ type, port, target }: FirewallControl,
		action: string,
		args: readonly (readonly [string, string])[],
		out: PinholeOutbox,
		then: (now: Millis, answer: SoapAnswer, out: PinholeOutbox) => void,
	): void {
		const body = buildSoapRequest(type, action, args);
		this.ask("POST", port, target, soapHeaders(type, action), body, out, (now, status, answer, next) => {
			const read = parseSoapAnswer(answer, action) ?? UNREADABLE_ANSWER;
			// Some gateways refuse without a SOAP fault.
			then(now, read.error < 0 && (status === 401 || status === 403) ? { ...read, error: 403 } : read, next);
		});
	}

	private ask(
		method: "GET" | "POST",
		port: number,
		target: string,
		headers: readonly (readonly [string, string])[],
		body: Uint8Array,
		out: PinholeOutbox,
		then: NonNullable<PinholeClient["continuation"]>,
	): void {
		const { path } = this;
		if (path?.gateway === undefined) return;
		if (this.phase !== "closing") this.phase = "http";
		this.continuation = then;
		const address = path.gateway;
		// A zone means nothing to the gateway. RFC 6874 §1
		const host = formatEndpoint(address.replace(/%.*$/, ""), port);
		out.request({ id: ++this.request, path, address, port, host, method, target, headers, body });
	}

	private stopRequest(out: PinholeOutbox): void {
		if (this.continuation !== undefined) out.abandon();
		this.continuation = undefined;
	}

	// The outcome

	private opened(now: Millis, by: PinholeMethod, lifetime: Seconds, address: string, out: PinholeOutbox): void {
		this.phase = "rest";
		this.trouble = "";
		this.deadline = now + Math.max(1, lifetime) * 500;
		if (this.method === by) return;
		this.method = by;
		out.emit({ type: "opened", by, address });
	}

	private fail(now: Millis, trouble: PinholeTrouble, out: PinholeOutbox): void {
		this.phase = "rest";
		this.method = "";
		this.trouble = trouble;
		this.deadline = now + PINHOLE_RETRY;
		out.emit({ type: "closed", trouble });
	}

	/** Closes what is open; nobody waits for the answers of PCP, so its requests are sent twice. */
	private close(now: Millis, to: "idle" | "left", out: PinholeOutbox): void {
		this.stopRequest(out);
		const { control, holes } = this;
		const byUpnp = control !== undefined && holes.some(({ id }) => id !== "");
		if (this.method === "PCP" || this.phase === "pcp") {
			for (const hole of [...holes, ...holes]) this.sendPcp(hole, 0, out);
		}
		this.method = this.trouble = "";
		this.afterwards = to;
		if (!byUpnp) return this.closed(now, out);
		this.phase = "closing";
		this.deadline = now + LEAVE_MAX;
		this.closeNext(now, control, out);
	}

	private closeNext(now: Millis, control: FirewallControl, out: PinholeOutbox): void {
		const hole = this.holes.find(({ id }) => id !== "");
		if (hole === undefined) return this.closed(now, out);
		const { id } = hole;
		hole.id = "";
		this.call(control, "DeletePinhole", [["UniqueID", id]], out, (then, _answer, next) =>
			this.closeNext(then, control, next),
		);
	}

	private closed(now: Millis, out: PinholeOutbox): void {
		this.phase = this.afterwards;
		this.deadline = Infinity;
		if (this.phase === "left") out.emit({ type: "left" });
		else this.begin(now, out);
	}
}

function isNo(value: string | undefined): boolean {
	return value === "0" || value?.toLowerCase() === "false" || value?.toLowerCase() === "no";
}
