import type { Endpoint } from "../../core/endpoint-table";
import type { Handle, Pump } from "../../core/pump";
import { FilteringProbe } from "../../peer/stun/filtering-probe";
import type { NatBehaviour } from "../../peer/stun/nat-behaviour";
import { type StunOutbox, StunTransactions } from "../../peer/stun/stun-transactions";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../ports/net";
import type { Random } from "../../ports/random";

/** Finds out how the NAT filters, by a socket of its own that is closed afterwards. @see FilteringProbe */
export class FilteringCheck implements UdpSink, StunOutbox {
	private readonly handle: Handle<StunTransactions, StunOutbox>;
	private readonly socket: UdpSocket;
	private isClosed = false;

	/** @param server one that has two addresses */
	constructor(
		pump: Pump,
		network: Network,
		random: Random,
		private readonly server: Endpoint,
		private readonly done: (filtering: NatBehaviour["filtering"]) => void,
	) {
		this.handle = pump.add(new StunTransactions(random), this as StunOutbox);
		this.socket = network.udp({ address: server.address.includes(":") ? "::" : "0.0.0.0", port: 0 }, this);
	}

	opened(): void {
		if (this.isClosed) return;
		this.handle.call((transactions, now, out) =>
			new FilteringProbe(transactions, this.server, (filtering) => {
				if (this.isClosed) return;
				this.done(filtering);
				this.close();
			}).start(now, out),
		);
	}

	received(bytes: Uint8Array, { address, port }: UdpPeer): void {
		if (this.isClosed) return;
		this.handle.call((transactions, now, out) => transactions.receivedBytes(bytes, address, port, now, out));
	}

	/** Without a socket the filtering stays unknown. */
	failed(): void {
		this.close();
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		this.socket.send(bytes, start, end, address, port);
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.handle.remove();
		this.socket.close();
	}
}
