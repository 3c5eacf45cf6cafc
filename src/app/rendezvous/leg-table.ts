import type { Leg } from "../../peer/rendezvous/server/leg";

/** Sends a message by a connection. */
type Sender = (bytes: Uint8Array, start: number, end: number) => void;

/** The connections that carry messages, by the numbers by which the matching server knows them. */
export class LegTable {
	private readonly senders = new Map<number, Sender>();
	private last = 0;

	/** How many connections there are. */
	get size(): number {
		return this.senders.size;
	}

	/** Adds a connection. */
	open(address: string, port: number, send: Sender): Leg {
		// In a few hundred years at a connection a second the numbers begin again; one still in use is left out.
		do this.last = this.last >= 0xffffffff ? 1 : this.last + 1;
		while (this.senders.has(this.last));
		this.senders.set(this.last, send);
		return Object.freeze({ address, port, stream: this.last });
	}

	/** Removes a connection. */
	close({ stream = 0 }: Leg): void {
		this.senders.delete(stream);
	}

	/** Sends by a connection; what can't be sent is lost. */
	send({ stream = 0 }: Leg, bytes: Uint8Array, start: number, end: number): void {
		this.senders.get(stream)?.(bytes, start, end);
	}
}
