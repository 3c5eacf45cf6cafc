import { type Alarm, type Handle, Pump } from "../../src/core/pump";
import type { Millis } from "../../src/core/time";
import { AddressServer, type DiscoveryAddresses } from "../../src/peer/stun/address-server";
import { type StunOutbox, StunTransactions } from "../../src/peer/stun/stun-transactions";
import type { Network, UdpPeer, UdpSink, UdpSocket } from "../../src/ports/net";
import type { Random } from "../../src/ports/random";

/** A UDP socket that makes STUN requests, on any host. */
export class StunSocket implements UdpSink {
	readonly socket: UdpSocket;
	isOpen = false;
	/** Takes what is no response, before the transactions see it. */
	taker: ((bytes: Uint8Array, from: UdpPeer, now: Millis, out: StunOutbox) => boolean) | undefined;
	private readonly handle: Handle<StunTransactions, StunOutbox>;

	constructor(network: Network, alarm: Alarm, random: Random, port = 0, address = "0.0.0.0") {
		this.socket = network.udp({ address, port }, this);
		this.handle = new Pump(alarm).add(new StunTransactions(random), this.socket);
	}

	/** Calls the transactions. */
	call(run: (transactions: StunTransactions, now: Millis, out: StunOutbox) => void): void {
		this.handle.call(run);
	}

	opened(): void {
		this.isOpen = true;
	}

	received(bytes: Uint8Array, peer: UdpPeer): void {
		this.call((transactions, now, out) => {
			if (this.taker?.(bytes, peer, now, out) === true) return;
			transactions.receivedBytes(bytes, peer.address, peer.port, now, out);
		});
	}

	failed(why: string, detail: string): void {
		throw new Error(`${why}: ${detail}`);
	}
}

/** An address server on one to four sockets of any host: two of its addresses with two ports, or else one of each. */
export class AddressServerSockets {
	readonly server: AddressServer;
	readonly sockets: UdpSocket[] = [];
	/** Octets that came in and went out. */
	readonly octets = [0, 0];
	opened = 0;

	/** @param networks those of the addresses: one network, or two for two machines that act as one server */
	constructor(networks: readonly Network[], addresses: readonly string[], ports: readonly number[]) {
		const isPair = addresses.length === 2 && ports.length === 2;
		this.server = new AddressServer(isPair ? ({ addresses, ports } as unknown as DiscoveryAddresses) : undefined);
		for (let at = 0; at < addresses.length * ports.length; at++) {
			const network = networks[at >> 1] ?? networks[0];
			const options = { address: addresses[at >> 1], port: ports[at & 1] };
			const sink: UdpSink = {
				opened: () => {
					this.opened++;
				},
				received: (bytes, peer) => {
					this.octets[0] += bytes.length;
					const length = this.server.respond(bytes, peer, at);
					this.octets[1] += length;
					const socket = this.sockets[this.server.via];
					if (length > 0) socket.send(this.server.bytes, 0, length, peer.address, peer.port);
				},
				failed: (why, detail) => {
					throw new Error(`${why}: ${detail}`);
				},
			};
			this.sockets.push(network.udp(options, sink));
		}
	}

	close(): void {
		for (const socket of this.sockets) socket.close();
	}
}
