import type { EndReason, StreamMachine, StreamOutbox } from "../../core/stream";
import type { Millis, Octets } from "../../core/time";
import type { Random } from "../../ports/random";
import { LinkReader } from "../../wire/link-fields";
import {
	HELLO_OCTETS,
	LinkFrameReader,
	LinkFrameWriter,
	type LinkRole,
	LinkSeal,
	NONCE_OCTETS,
	readHello,
	writeHello,
} from "../../wire/link-frame";
import { PING } from "./link-messages";

/** How long the peer may take until its first message has come. */
const GREETING_TIME: Millis = 5000;
/** A side that has nothing to say says so, this often. */
const PING_TIME: Millis = 4000;
/** How long the peer may be silent. */
export const SILENCE_TIME: Millis = 15_000;
/** How much may wait for room; with more the peer does not keep up, and the link ends. */
const WAITING_MAX: Octets = 1 << 20;

/** What a link belongs to. Never called during a call to the link, except by {@link LinkConnection.drop}. */
export interface LinkOwner {
	/** The link is open: this side may send. The other side is trusted only once a message of it has come. */
	linkOpened(now: Millis, link: LinkConnection): void;
	/** A message came; its first octet, the kind, was read. @returns false: it is malformed, and the link ends */
	linkMessage(now: Millis, link: LinkConnection, kind: number, fields: LinkReader): boolean;
	/** There is room for media. */
	linkRoom(now: Millis, link: LinkConnection): void;
	/** The link is gone. Called once. @param reason for the log */
	linkOver(now: Millis, link: LinkConnection, reason: string): void;
}

/**
 * One connection between a control host and the distribution of stream data (STR-12): hellos with nonces, then messages with codes.
 *
 * A peer without the key learns only the version, and is dropped after a few seconds. A message that is not authentic ends the link.
 * Nothing is encrypted: anybody who can read the LAN can read it, as with RTSP and RTP.
 */
export class LinkConnection implements StreamMachine {
	/** Whether a message of the peer has come, which proves that it has the key. */
	isTrusted = false;
	private readonly nonce = new Uint8Array(NONCE_OCTETS);
	private readonly fields = new LinkReader();
	private readonly hello = new Uint8Array(HELLO_OCTETS);
	private helloLength = 0;
	private reader: LinkFrameReader | undefined;
	private seal: LinkSeal | undefined;
	private out: StreamOutbox | undefined;
	/** What waits for room. */
	private readonly waiting: Uint8Array[] = [];
	private waitingOctets: Octets = 0;
	private heardAt: Millis;
	private sentAt: Millis;
	private isOver = false;

	/**
	 * @param role this end
	 * @param key what both ends share
	 * @param remoteAddress for the log
	 * @param localAddress of this end
	 */
	constructor(
		private readonly role: LinkRole,
		private readonly key: string,
		random: Pick<Random, "fill">,
		now: Millis,
		private readonly owner: LinkOwner,
		readonly remoteAddress: string,
		readonly localAddress: string,
	) {
		random.fill(this.nonce);
		this.heardAt = this.sentAt = now;
	}

	get deadline(): Millis {
		if (this.isOver) return Infinity;
		if (!this.isTrusted) return this.heardAt + GREETING_TIME;
		return Math.min(this.heardAt + SILENCE_TIME, this.sentAt + PING_TIME);
	}

	expire(now: Millis): void {
		if (this.isOver) return;
		if (now >= this.heardAt + (this.isTrusted ? SILENCE_TIME : GREETING_TIME)) this.drop(now, "it is silent");
		else if (this.isTrusted && now >= this.sentAt + PING_TIME) this.send(now, this.begin(PING));
	}

	feed(now: Millis, bytes: Uint8Array, out: StreamOutbox): void {
		this.out = out;
		let at = 0;
		if (this.reader === undefined) at = this.greet(now, bytes);
		while (at < bytes.length && !this.isOver) {
			const { reader } = this;
			if (reader === undefined) return;
			at = reader.push(bytes, at);
			if (at < 0) return this.drop(now, "it has another key, or what it sends is damaged");
			if (!reader.hasMessage) return;
			this.heardAt = now;
			this.isTrusted = true;
			const fields = this.fields.reset(reader.bytes, reader.start, reader.end);
			const kind = fields.u8();
			if (kind !== PING && !this.owner.linkMessage(now, this, kind, fields))
				return this.drop(now, `its message of kind ${kind} is malformed`);
		}
	}

	room(now: Millis, out: StreamOutbox): void {
		if (this.isOver) return out.abort();
		const isFirst = this.out === undefined;
		this.out = out;
		if (isFirst) this.sayHello(now, out);
		while (this.waiting.length > 0 && out.room > 0) {
			const first = this.waiting[0];
			const count = Math.min(out.room, first.length);
			out.write(first, 0, count);
			this.waitingOctets -= count;
			if (count < first.length) this.waiting[0] = first.subarray(count);
			else this.waiting.shift();
		}
		if (this.hasRoom) this.owner.linkRoom(now, this);
	}

	ended(now: Millis, why: EndReason): void {
		if (why === "closed" && !this.isOver) this.out?.end();
		const reason = why === "closed" ? "it has ended the link" : `the connection is gone (${why})`;
		// A side that refuses us says nothing.
		const isRefused = this.reader !== undefined && !this.isTrusted;
		this.finish(now, isRefused ? `${reason} before anything was said; is the key the same on both machines?` : reason);
	}

	/** Whether nothing waits, so that another part of a picture may be sent. */
	get hasRoom(): boolean {
		return this.out !== undefined && this.waiting.length === 0 && this.reader !== undefined && this.out.room > 0;
	}

	/** Starts a message; {@link send} sends it. */
	begin(kind: number): LinkFrameWriter {
		return WRITER.begin(kind);
	}

	/** Sends the message that {@link begin} has started, or keeps it until there is room. Harmless when the link is gone. */
	send(now: Millis, frame: LinkFrameWriter): void {
		const { seal, out } = this;
		if (seal === undefined || out === undefined || this.isOver) return;
		frame.finish(seal);
		this.sentAt = now;
		const { bytes, length } = frame;
		// All room is used, as the host tells of it only when there was none.
		const count = this.waiting.length > 0 ? 0 : Math.min(out.room, length);
		if (count > 0) out.write(bytes, 0, count);
		if (count === length) return;
		this.waitingOctets += length - count;
		if (this.waitingOctets > WAITING_MAX) this.drop(now, "it takes nothing");
		else this.waiting.push(bytes.slice(count, length));
	}

	/** Ends the link once what was said is sent. Harmless when repeated. */
	leave(now: Millis, reason: string): void {
		const { out } = this;
		for (const frame of this.waiting)
			if (out !== undefined && out.room >= frame.length) out.write(frame, 0, frame.length);
		this.finish(now, reason);
		out?.end();
	}

	/** Ends the link at once. Harmless when repeated. */
	drop(now: Millis, reason: string): void {
		const { out } = this;
		this.finish(now, reason);
		out?.abort();
	}

	private sayHello(now: Millis, out: StreamOutbox): void {
		if (this.role !== "control") return;
		out.write(writeHello("control", this.nonce), 0, HELLO_OCTETS);
		this.heardAt = now;
	}

	/** Takes the peer's hello. @returns where its messages start */
	private greet(now: Millis, bytes: Uint8Array): number {
		const count = Math.min(HELLO_OCTETS - this.helloLength, bytes.length);
		this.hello.set(bytes.subarray(0, count), this.helloLength);
		this.helloLength += count;
		if (this.helloLength < HELLO_OCTETS) return count;
		const isControl = this.role === "control";
		const peer = readHello(this.hello, isControl ? "distribution" : "control");
		if (typeof peer === "string") {
			this.drop(now, peer);
			return count;
		}
		// A peer that has not said hello gets none.
		if (!isControl) this.out?.write(writeHello("distribution", this.nonce), 0, HELLO_OCTETS);
		const [control, distribution] = isControl ? [this.nonce, peer] : [peer, this.nonce];
		this.seal = new LinkSeal(this.key, this.role, control, distribution);
		const other: LinkRole = isControl ? "distribution" : "control";
		this.reader = new LinkFrameReader(new LinkSeal(this.key, other, control, distribution));
		this.owner.linkOpened(now, this);
		return count;
	}

	private finish(now: Millis, reason: string): void {
		if (this.isOver) return;
		this.isOver = true;
		this.waiting.length = 0;
		this.owner.linkOver(now, this, reason);
	}
}

/** For one message at a time. */
const WRITER = new LinkFrameWriter();
