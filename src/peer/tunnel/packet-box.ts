import { NONCE_OCTETS, TAG_OCTETS } from "../../ports/ciphers";
import { ReplayWindow } from "../replay-window";
import { DATA, DATA_HEADER, type PacketWriter, readU48, SESSION_MARK } from "./packet-format";
import type { TunnelKeys } from "./tunnel-handshake";

/** The bits of a packet's type that are those of its epoch. */
const EPOCH_MASK = 3;

/** Seals and opens the packets of a tunnel, across changes of keys. Packets of both directions are numbered from 0 on and never again. */
export class PacketBox {
	/** The packets that have come. */
	readonly seen = new ReplayWindow();
	/** The number of the next packet to send. */
	next = 0;
	/** The number of the packet that was opened last. */
	number = 0;
	private current: TunnelKeys | undefined;
	/** The keys before, while packets that were sealed with them may still come. */
	private old: TunnelKeys | undefined;
	/** Keys that the other side has not used yet. */
	private coming: TunnelKeys | undefined;
	private readonly nonce = new Uint8Array(NONCE_OCTETS);

	/** The first octets of the session, which each packet has. */
	private readonly mark: Uint8Array;

	constructor(session: Uint8Array) {
		this.mark = session.slice(0, SESSION_MARK);
	}

	/** Whether packets can be sealed. */
	get isReady(): boolean {
		return this.current !== undefined;
	}

	/** Uses new keys from now on; packets with the ones before are still opened. */
	use(keys: TunnelKeys): void {
		close(this.old);
		if (this.coming !== keys) close(this.coming);
		this.coming = undefined;
		this.old = this.current;
		this.current = keys;
	}

	/** Uses new keys once the other side has. */
	expect(keys: TunnelKeys): void {
		close(this.coming);
		this.coming = keys;
	}

	/** Forgets the keys before. */
	dropOld(): void {
		close(this.old);
		this.old = undefined;
	}

	/** Starts a packet. */
	begin(writer: PacketWriter): void {
		const epoch = (this.current as TunnelKeys).epoch & EPOCH_MASK;
		writer.at = writer.start;
		writer
			.u8(DATA | epoch)
			.octets(this.mark)
			.u48(this.next);
	}

	/** Seals the packet that was started. @returns where it ends */
	seal(writer: PacketWriter): number {
		const { bytes, start, at } = writer;
		this.numberNonce(bytes, start);
		(this.current as TunnelKeys).send.seal(this.nonce, bytes, start, start + DATA_HEADER, at);
		this.next++;
		return at + TAG_OCTETS;
	}

	/**
	 * Opens a packet in place: its frames are then at `[DATA_HEADER, length - TAG_OCTETS)`, and its number is {@link number}.
	 * @returns the epoch that the other side has begun to use with it, 0 to 255; `true`: none; `false`: the packet is not acceptable
	 */
	open(packet: Uint8Array): number | boolean {
		if (packet.length < DATA_HEADER + TAG_OCTETS) return false;
		const keys = this.keysFor(packet[0] & EPOCH_MASK);
		const number = readU48(packet, DATA_HEADER - 6);
		if (keys === undefined || !this.seen.isNew(number)) return false;
		this.numberNonce(packet, 0);
		if (!keys.receive.open(this.nonce, packet, 0, DATA_HEADER, packet.length)) return false;
		this.number = number;
		this.seen.add(number);
		if (keys !== this.coming) return true;
		this.use(keys);
		return keys.epoch;
	}

	/** Forgets all keys. */
	close(): void {
		close(this.current);
		close(this.coming);
		this.dropOld();
		this.current = undefined;
		this.coming = undefined;
	}

	private keysFor(epoch: number): TunnelKeys | undefined {
		const { current, coming, old } = this;
		if (isOf(current, epoch)) return current;
		return isOf(coming, epoch) ? coming : isOf(old, epoch) ? old : undefined;
	}

	/** The nonce is the number of the packet. @see Noise Protocol Framework §12.4 */
	private numberNonce(packet: Uint8Array, start: number): void {
		for (let i = 1; i <= 6; i++) this.nonce[NONCE_OCTETS - i] = packet[start + DATA_HEADER - i];
	}
}

function isOf(keys: TunnelKeys | undefined, epoch: number): boolean {
	return keys !== undefined && (keys.epoch & EPOCH_MASK) === epoch;
}

function close(keys: TunnelKeys | undefined): void {
	keys?.send.close();
	keys?.receive.close();
}
