import { ByteWriter } from "../base/byte-writer";
import type { Path } from "../core/path";
import type { Millis, Seconds } from "../core/time";
import { buildNatPmpAddress, buildNatPmpMap, parseNatPmpAnswer } from "../wire/nat-pmp";
import {
	buildPcpMap,
	NONCE_OCTETS,
	PCP_CANNOT_PROVIDE_EXTERNAL,
	PCP_PORT,
	PCP_SUCCESS,
	PCP_UNSUPP_VERSION,
	parsePcpAnswer,
	type TransportProtocol,
} from "../wire/pcp";
import type { Diagnosis } from "./diagnosis";
import type { GatewayOutbox } from "./gateway-events";

/** Time until a request is sent again; doubled each time. @see RFC 6886 §3.1, RFC 6887 §8.1.1 */
const RESEND: Millis = 250;
/** After so many requests without an answer the other protocol is tried. */
const TRIES = 4;
/** After neither answered, or after a refusal, both are tried again. */
const RETRY: Millis = 60000;
/** A renewal is never earlier than this. */
const RENEW_MIN: Millis = 1000;
/** A server whose epoch is this far behind the expected one has restarted. @see RFC 6887 §8.5 */
const EPOCH_SLACK: Seconds = 2;

/** The address while a NAT-PMP server knows none. */
const NO_ADDRESS = "0.0.0.0";
/** What refusals mean, the most useful first: if both protocols refuse, the first of the two is reported. */
const REASONS: readonly Diagnosis[] = Object.freeze(["double-nat", "permission", "table-full", "refused"]);
/** Their result codes: network failure, address mismatch; not authorized; no resources, over quota. @see RFC 6887 §7.4 */
const PCP_REASONS: readonly (readonly number[])[] = Object.freeze([[7, 12], [2], [8, 10]]);
/** The same of NAT-PMP. @see RFC 6886 §3.5 */
const NAT_PMP_REASONS: readonly (readonly number[])[] = Object.freeze([[3], [2], [4]]);

/** A port that was given by PCP or NAT-PMP. */
export interface PcpPort {
	readonly externalPort: number;
	readonly internalPort: number;
	/** The gateway's external address; empty while unknown, `0.0.0.0` if the gateway knows none either. */
	readonly address: string;
	readonly by: "PCP" | "NAT-PMP";
}

/** A mapping to ask for. */
export interface PcpRequest {
	readonly protocol: TransportProtocol;
	readonly internalPort: number;
	/** External ports to suggest, best first. The server may give any other. */
	readonly candidates: readonly number[];
	readonly lease: Seconds;
}

/** Receives what happens to the mappings. */
export interface PcpOwner {
	/** A mapping got a port, another port, or another address; or (`mapping.port` is `undefined`) lost it. */
	pcpChanged(now: Millis, mapping: PcpMapping, out: GatewayOutbox): void;
	/**
	 * The server refused a mapping that has no port, by either protocol; it is asked for again in a minute. `diagnosis` is
	 * `undefined` when it has stopped answering since.
	 */
	pcpRefused(now: Millis, mapping: PcpMapping, diagnosis: Diagnosis | undefined, out: GatewayOutbox): void;
}

/** One mapping of a {@link PcpClient}. */
export class PcpMapping {
	/** The port that is held. */
	port: PcpPort | undefined;
	/** When it is asked for or renewed next. */
	deadline: Millis = Infinity;
	/** Requests sent since the last answer. */
	tries = 0;
	/** The external port to suggest. */
	suggested: number;
	/** Why it was refused in the present round. */
	refusal: Diagnosis | undefined;
	/** Why it was refused in the round before. */
	told: Diagnosis | undefined;
	private candidate = 0;

	constructor(readonly request: PcpRequest) {
		this.suggested = request.candidates[0] ?? 0;
	}

	/** Suggests the next candidate. @returns false after the last one, when the first is suggested again */
	nextCandidate(): boolean {
		const { candidates } = this.request;
		this.candidate = (this.candidate + 1) % Math.max(1, candidates.length);
		this.suggested = candidates[this.candidate] ?? 0;
		return this.candidate !== 0;
	}
}

/** Maps ports by PCP, or else by NAT-PMP, and keeps them. @see RFC 6887, RFC 6886 */
export class PcpClient {
	/** When {@link expire} has to be called next. */
	deadline: Millis = Infinity;
	private path: Path | undefined;
	private mode: "PCP" | "NAT-PMP" = "PCP";
	private epoch: Seconds = 0;
	private epochAt: Millis = -1;
	private address = "";
	/** The result of the last request for the address, of NAT-PMP. */
	private addressResult = 0;
	private readonly mappings: PcpMapping[] = [];
	private readonly nonce = new Uint8Array(NONCE_OCTETS);
	private readonly writer = new ByteWriter(64);

	/** @param random unpredictable numbers, for the nonce */
	constructor(
		random: { fill(bytes: Uint8Array): void },
		private readonly owner: PcpOwner,
	) {
		random.fill(this.nonce);
	}

	/** True from {@link start} to {@link stop}. */
	get running(): boolean {
		return this.path !== undefined;
	}

	/** Starts to ask the router of `path`, also for the mappings that another router was asked for. */
	start(now: Millis, path: Path): void {
		if (path === this.path) return;
		this.path = path;
		this.epochAt = -1;
		this.switchMode(now, "PCP");
		this.schedule();
	}

	/** Deletes all mappings and stops. */
	stop(out: GatewayOutbox): void {
		while (this.mappings.length > 0) this.unmap(this.mappings[0], out);
		this.path = undefined;
	}

	/** Asks for a mapping; call only while {@link running}. */
	map(now: Millis, request: PcpRequest, out: GatewayOutbox): PcpMapping {
		const mapping = new PcpMapping(request);
		mapping.deadline = now;
		this.mappings.push(mapping);
		this.expire(now, out);
		return mapping;
	}

	/** Deletes a mapping and forgets it. */
	unmap(mapping: PcpMapping, out: GatewayOutbox): void {
		const at = this.mappings.indexOf(mapping);
		if (at < 0) return;
		// A request that has not been answered yet may have been carried out.
		if (mapping.port !== undefined || mapping.tries > 0) {
			// Nothing waits for the answer, so the request is sent twice.
			this.send(mapping, 0, out);
			this.send(mapping, 0, out);
		}
		mapping.port = undefined;
		this.mappings.splice(at, 1);
		this.schedule();
	}

	/** Sends what is due. */
	expire(now: Millis, out: GatewayOutbox): void {
		for (const mapping of this.mappings) if (mapping.deadline <= now) this.ask(now, mapping, out);
		this.schedule();
	}

	/** Takes a datagram that came from the router's PCP port. */
	receive(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		if (this.path === undefined || this.mappings.length === 0) return;
		if (this.mode === "PCP") this.receivePcp(now, bytes, out);
		else this.receiveNatPmp(now, bytes, out);
		this.schedule();
	}

	private ask(now: Millis, mapping: PcpMapping, out: GatewayOutbox): void {
		if (mapping.tries >= TRIES) {
			if (this.mode === "PCP") {
				this.switchMode(now, "NAT-PMP");
			} else {
				this.switchMode(now + RETRY, "PCP");
				for (const each of [...this.mappings]) {
					this.lose(now, each, out);
					this.tellRefusal(now, each, out);
				}
				return;
			}
		}
		this.send(mapping, mapping.request.lease, out);
		mapping.deadline = now + RESEND * 2 ** mapping.tries++;
	}

	private switchMode(at: Millis, mode: "PCP" | "NAT-PMP"): void {
		this.mode = mode;
		if (mode === "NAT-PMP") this.addressResult = 0;
		for (const mapping of this.mappings) {
			mapping.tries = 0;
			mapping.deadline = at;
		}
	}

	private receivePcp(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		const answer = parsePcpAnswer(bytes, this.nonce);
		// A server that speaks only NAT-PMP answers in that protocol: version 0, result 1. RFC 6886 §3.5
		if (answer?.result === PCP_UNSUPP_VERSION || (answer === undefined && bytes[0] === 0)) {
			if (this.waits) this.tryNatPmp(now, out);
			return;
		}
		if (answer?.internalPort === 0) {
			// An error without the request: it is meant for whatever was asked.
			for (const each of [...this.mappings]) if (each.tries > 0) this.refuse(now, each, answer.result, out);
			return;
		}
		const mapping = answer && this.find(answer.protocol, answer.internalPort);
		if (answer === undefined || mapping === undefined) return;
		if (answer.result === PCP_SUCCESS) {
			this.granted(now, mapping, answer.externalPort, answer.lifetime, answer.externalAddress, answer.epoch, out);
		} else if (answer.result === PCP_CANNOT_PROVIDE_EXTERNAL && mapping.nextCandidate()) {
			mapping.tries = 0;
			this.ask(now, mapping, out);
		} else {
			this.refuse(now, mapping, answer.result, out);
		}
	}

	private receiveNatPmp(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		const answer = parseNatPmpAnswer(bytes);
		if (answer === undefined) return;
		if (answer.kind === "address") {
			// Only the answer about a mapping says that it is lost (quirk 30).
			this.address = answer.result === 0 ? answer.externalAddress : NO_ADDRESS;
			this.addressResult = answer.result;
			for (const mapping of [...this.mappings]) {
				if (mapping.port !== undefined) this.tell(now, mapping, mapping.port.externalPort, out);
			}
			return;
		}
		const mapping = this.find(answer.protocol, answer.internalPort);
		if (mapping === undefined) return;
		if (answer.result !== 0) this.refuse(now, mapping, answer.result, out);
		else if (answer.lifetime > 0)
			this.granted(now, mapping, answer.externalPort, answer.lifetime, this.address, answer.epoch, out);
	}

	private find(protocol: TransportProtocol, internalPort: number): PcpMapping | undefined {
		return this.mappings.find(({ request }) => request.protocol === protocol && request.internalPort === internalPort);
	}

	private granted(
		now: Millis,
		mapping: PcpMapping,
		externalPort: number,
		lifetime: Seconds,
		address: string,
		epoch: Seconds,
		out: GatewayOutbox,
	): void {
		const expected = this.epoch + ((now - this.epochAt) / 1000) * (7 / 8) - EPOCH_SLACK;
		const restarted = this.epochAt >= 0 && epoch < expected;
		this.epoch = epoch;
		this.epochAt = now;
		this.address = address;
		mapping.refusal = mapping.told = undefined;
		mapping.tries = 0;
		mapping.suggested = externalPort;
		mapping.deadline = now + Math.max(RENEW_MIN, Math.min(lifetime, mapping.request.lease) * 500);
		if (restarted) {
			for (const each of this.mappings) each.deadline = Math.min(each.deadline, now + RENEW_MIN);
		}
		this.tell(now, mapping, externalPort, out);
	}

	private tell(now: Millis, mapping: PcpMapping, externalPort: number, out: GatewayOutbox): void {
		const { port } = mapping;
		if (port?.externalPort === externalPort && port.address === this.address && port.by === this.mode) return;
		const { internalPort } = mapping.request;
		mapping.port = { externalPort, internalPort, address: this.address, by: this.mode };
		this.owner.pcpChanged(now, mapping, out);
	}

	/** True while an answer is waited for. */
	private get waits(): boolean {
		return this.mappings.some(({ tries }) => tries > 0);
	}

	private tryNatPmp(now: Millis, out: GatewayOutbox): void {
		this.switchMode(now, "NAT-PMP");
		for (const mapping of [...this.mappings]) this.ask(now, mapping, out);
	}

	private refuse(now: Millis, mapping: PcpMapping, result: number, out: GatewayOutbox): void {
		this.lose(now, mapping, out);
		const none = this.mode === "PCP" && result === PCP_CANNOT_PROVIDE_EXTERNAL;
		this.note(mapping, this.mode === "PCP" ? PCP_REASONS : NAT_PMP_REASONS, result);
		out.emit({ type: "refusal", by: this.mode, error: result });
		mapping.tries = 0;
		mapping.deadline = now + RETRY;
		const holds = this.mappings.some(({ port }) => port !== undefined);
		// A server may grant by one protocol what it refuses by the other (quirk 30).
		if (this.mode === "PCP" && !none && !holds) return this.tryNatPmp(now, out);
		this.tellRefusal(now, mapping, out);
		if (!holds && !this.waits) this.mode = "PCP";
	}

	/** Notes why a mapping is refused, if that says more than what is known. */
	private note(mapping: PcpMapping, reasons: readonly (readonly number[])[], result: number): void {
		const found = reasons.findIndex((codes) => codes.includes(result));
		const reason = found < 0 ? REASONS.length - 1 : found;
		if (mapping.refusal === undefined || reason < REASONS.indexOf(mapping.refusal)) mapping.refusal = REASONS[reason];
	}

	/** Ends a round without a port. */
	private tellRefusal(now: Millis, mapping: PcpMapping, out: GatewayOutbox): void {
		if (this.addressResult !== 0) this.note(mapping, NAT_PMP_REASONS, this.addressResult);
		const { refusal, told } = mapping;
		mapping.refusal = undefined;
		mapping.told = refusal;
		if (refusal !== undefined || told !== undefined) this.owner.pcpRefused(now, mapping, refusal, out);
	}

	private lose(now: Millis, mapping: PcpMapping, out: GatewayOutbox): void {
		if (mapping.port === undefined) return;
		mapping.port = undefined;
		this.owner.pcpChanged(now, mapping, out);
	}

	/** Asks for a mapping, or deletes it with a lifetime of 0. */
	private send(mapping: PcpMapping, lifetime: Seconds, out: GatewayOutbox): void {
		const { path, writer } = this;
		if (path?.gateway === undefined) return;
		const { protocol, internalPort } = mapping.request;
		const externalPort = lifetime === 0 ? 0 : mapping.suggested;
		if (this.mode === "PCP") {
			buildPcpMap(writer, path.address, this.nonce, protocol, internalPort, externalPort, lifetime);
		} else {
			// One of the mappings is enough to follow the address.
			if (lifetime > 0 && mapping === this.mappings[0]) {
				buildNatPmpAddress(writer);
				out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
			}
			buildNatPmpMap(writer, protocol, internalPort, externalPort, lifetime);
		}
		out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
	}

	private schedule(): void {
		this.deadline = Infinity;
		for (const mapping of this.mappings) this.deadline = Math.min(this.deadline, mapping.deadline);
	}
}
