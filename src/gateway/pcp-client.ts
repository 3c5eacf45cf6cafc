import { ByteWriter } from "../base/byte-writer";
import type { Path } from "../core/path";
import type { Millis, Seconds } from "../core/time";
import { buildNatPmpAddress, buildNatPmpMap, parseNatPmpAnswer } from "../wire/nat-pmp";
import { buildPcpMap, NONCE_OCTETS, PCP_PORT, PCP_SUCCESS, PCP_UNSUPP_VERSION, parsePcpAnswer } from "../wire/pcp";
import type { GatewayOutbox } from "./gateway-events";

/** Time until a request is sent again: doubled each time. @see RFC 6886 §3.1, RFC 6887 §8.1.1 */
const RESEND: Millis = 250;
/** Requests without an answer after which a protocol is given up. */
const TRIES = 4;
/** After both were given up, or refused, they are tried again. */
const RETRY: Millis = 60000;
/** A server whose clock is this much behind what it should be has been restarted. @see RFC 6887 §8.5 */
const EPOCH_SLACK: Seconds = 2;

/** A port that PCP or NAT-PMP gave. */
export interface PcpPort {
	readonly externalPort: number;
	readonly internalPort: number;
	/** The gateway's external address; empty while unknown. */
	readonly address: string;
	readonly by: "PCP" | "NAT-PMP";
}

/** Gets this camera a port by PCP, or else by NAT-PMP, and keeps it. @see RFC 6887, RFC 6886 */
export class PcpClient {
	deadline: Millis = Infinity;
	port: PcpPort | undefined;
	private path: Path | undefined;
	private mode: "PCP" | "NAT-PMP" = "PCP";
	private tries = 0;
	private internalPort = 0;
	private externalPort = 0;
	private lease: Seconds = 0;
	private epoch = 0;
	private epochAt: Millis = -1;
	private address = "";
	private readonly nonce = new Uint8Array(NONCE_OCTETS);
	private readonly writer = new ByteWriter(64);

	/** @param changed is told of each new port or address, and of a loss */
	constructor(
		random: { fill(bytes: Uint8Array): void },
		private readonly changed: (now: Millis, port: PcpPort | undefined, out: GatewayOutbox) => void,
	) {
		random.fill(this.nonce);
	}

	/** True from {@link start} to {@link stop}. */
	get running(): boolean {
		return this.path !== undefined;
	}

	/** Asks the router of `path`; `externalPort` is only wished for. */
	start(now: Millis, path: Path, internalPort: number, externalPort: number, lease: Seconds, out: GatewayOutbox): void {
		this.path = path;
		this.internalPort = internalPort;
		this.externalPort = externalPort;
		this.lease = lease;
		this.mode = "PCP";
		this.tries = 0;
		this.epochAt = -1;
		this.deadline = now;
		this.expire(now, out);
	}

	/** Deletes the mapping, if there is one, and stops. */
	stop(out: GatewayOutbox): void {
		if (this.port !== undefined) {
			this.lease = 0;
			// Nobody waits for the answer, so it is sent twice.
			this.request(out);
			this.request(out);
		}
		this.port = undefined;
		this.path = undefined;
		this.deadline = Infinity;
	}

	expire(now: Millis, out: GatewayOutbox): void {
		if (now < this.deadline || this.path === undefined) return;
		if (this.tries >= TRIES) {
			this.tries = 0;
			if (this.mode === "PCP") {
				this.mode = "NAT-PMP";
			} else {
				this.mode = "PCP";
				this.deadline = now + RETRY;
				this.lose(now, out);
				return;
			}
		}
		this.request(out);
		this.deadline = now + RESEND * 2 ** this.tries++;
	}

	/** Takes a datagram that came from the router's PCP port. */
	receive(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		if (this.path === undefined) return;
		if (this.mode === "PCP") this.receivePcp(now, bytes, out);
		else this.receiveNatPmp(now, bytes, out);
	}

	private receivePcp(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		const answer = parsePcpAnswer(bytes, this.nonce);
		// A server that speaks NAT-PMP only says so in its own words: version 0, result 1. RFC 6886 §3.5
		if (answer?.result === PCP_UNSUPP_VERSION || (answer === undefined && bytes[0] === 0)) {
			this.mode = "NAT-PMP";
			this.tries = 0;
			this.deadline = now;
			this.expire(now, out);
		} else if (answer !== undefined && answer.result === PCP_SUCCESS && answer.internalPort === this.internalPort) {
			this.granted(now, answer.externalPort, answer.lifetime, answer.externalAddress, answer.epoch, out);
		} else if (answer !== undefined && answer.result !== PCP_SUCCESS) {
			this.deadline = now + RETRY;
			this.lose(now, out);
		}
	}

	private receiveNatPmp(now: Millis, bytes: Uint8Array, out: GatewayOutbox): void {
		const answer = parseNatPmpAnswer(bytes);
		if (answer === undefined) return;
		if (answer.result !== 0) {
			this.deadline = now + RETRY;
			this.lose(now, out);
		} else if (answer.kind === "address") {
			this.address = answer.externalAddress;
			if (this.port !== undefined) this.tell(now, this.port.externalPort, out);
		} else if (answer.internalPort === this.internalPort && answer.lifetime > 0) {
			this.granted(now, answer.externalPort, answer.lifetime, this.address, answer.epoch, out);
		}
	}

	private granted(
		now: Millis,
		port: number,
		lifetime: Seconds,
		address: string,
		epoch: Seconds,
		out: GatewayOutbox,
	): void {
		const expected = this.epoch + ((now - this.epochAt) / 1000) * (7 / 8) - EPOCH_SLACK;
		const restarted = this.epochAt >= 0 && epoch < expected;
		this.epoch = epoch;
		this.epochAt = now;
		this.tries = 0;
		this.address = address;
		this.externalPort = port;
		this.deadline = now + Math.max(1000, Math.min(lifetime, this.lease) * 500);
		if (restarted) this.deadline = now + 1000;
		this.tell(now, port, out);
	}

	private tell(now: Millis, externalPort: number, out: GatewayOutbox): void {
		const { port } = this;
		if (port?.externalPort === externalPort && port.address === this.address && port.by === this.mode) return;
		this.port = { externalPort, internalPort: this.internalPort, address: this.address, by: this.mode };
		this.changed(now, this.port, out);
	}

	private lose(now: Millis, out: GatewayOutbox): void {
		if (this.port === undefined) return;
		this.port = undefined;
		this.changed(now, undefined, out);
	}

	private request(out: GatewayOutbox): void {
		const { path, writer } = this;
		if (path?.gateway === undefined) return;
		if (this.mode === "PCP") {
			buildPcpMap(
				writer,
				path.address,
				this.nonce,
				this.internalPort,
				this.lease === 0 ? 0 : this.externalPort,
				this.lease,
			);
			out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
			return;
		}
		if (this.lease > 0) {
			buildNatPmpAddress(writer);
			out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
		}
		buildNatPmpMap(writer, this.internalPort, this.lease === 0 ? 0 : this.externalPort, this.lease);
		out.send(path, path.gateway, PCP_PORT, writer.bytes, 0, writer.length);
	}
}
