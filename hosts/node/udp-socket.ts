import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv4 } from "node:net";
import { broadcastAddress } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import { detailOf, netFailureOf } from "../../src/ports/errno";
import type { UdpOptions, UdpSink, UdpSocket } from "../../src/ports/net";
import { codeOf } from "./error-code";

const ANY = "0.0.0.0";
const LIMITED_BROADCAST = "255.255.255.255";

/**
 * A UDP socket on `node:dgram`. @see UdpSocket
 *
 * Node can't tie a socket to an interface, and a socket bound to any address hears the groups of all of them. So one
 * with a `path` that is to hear groups or broadcasts is bound to the path's address, and gets ears: further sockets
 * that receive only, one bound to each group and broadcast address, deaf to senders of another interface's network.
 */
export class NodeUdpSocket implements UdpSocket {
	port = 0;
	private readonly main: Socket;
	/** What it is bound to. */
	private readonly address: string;
	private readonly ears: Socket[] = [];
	private open = false;
	private failed = false;
	private closed = false;

	/** @param elsewhere true when a sender belongs to the network of an interface other than `path` */
	constructor(
		private readonly options: UdpOptions,
		private readonly sink: UdpSink,
		private readonly elsewhere: (path: Path, sender: string) => boolean,
	) {
		const { path, address, groups = [], broadcast = false } = options;
		this.address = address ?? (path !== undefined && (groups.length > 0 || broadcast) ? path.address : ANY);
		this.main = createSocket({ type: "udp4", reuseAddr: options.reuse ?? false, lookup: literal });
		this.main.on("error", (error) => this.fail(error));
		this.main.on("message", (message, from) => this.hear(message, from));
		// With our resolver Node binds, and tells of it, at once; the sink is not to be called inside `udp`.
		process.nextTick(() => this.bind());
	}

	send(bytes: Uint8Array, start: number, end: number, address: string, port: number): void {
		if (!this.open || !isIPv4(address) || !(port > 0 && port <= 65535)) return;
		// A copy: when the kernel's buffer is full Node keeps the reference beyond this call.
		this.main.send(Buffer.from(bytes.subarray(start, end)), port, address);
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		this.open = false;
		this.main.close();
		for (const ear of this.ears) ear.close();
	}

	private bind(): void {
		if (this.closed) return;
		const { address } = this;
		if (isIPv4(address)) this.main.bind({ address, port: this.options.port }, () => this.bound());
		else this.fail(Object.assign(new Error(`${address} is no IPv4 address`), { code: "EADDRNOTAVAIL" }));
	}

	private bound(): void {
		if (this.closed) return;
		this.port = this.main.address().port;
		const { path, groups = [], broadcast = false, multicastTtl = 1 } = this.options;
		try {
			this.main.setMulticastTTL(multicastTtl);
			this.main.setBroadcast(broadcast);
			if (path !== undefined) this.main.setMulticastInterface(path.address);
			if (this.address === ANY) {
				for (const group of new Set(groups)) this.main.addMembership(group, path?.address);
			} else {
				for (const group of new Set(groups)) this.addEar(group, true);
				if (broadcast) for (const all of broadcastsOf(path)) this.addEar(all, false);
			}
		} catch (error) {
			this.fail(error);
			return;
		}
		this.ready();
	}

	private addEar(address: string, isGroup: boolean): void {
		if (this.failed) return;
		const { path } = this.options;
		const ear = createSocket({ type: "udp4", reuseAddr: true, lookup: literal });
		this.ears.push(ear);
		// Not every system lets a socket be bound to a broadcast address: then broadcasts are not heard.
		ear.on("error", (error) => isGroup && this.fail(error));
		ear.on("message", (message, from) => {
			if (path === undefined || !this.elsewhere(path, from.address)) this.hear(message, from);
		});
		ear.bind({ address, port: this.port });
		if (isGroup && !this.failed) ear.addMembership(address, path?.address ?? this.address);
	}

	private ready(): void {
		if (this.failed) return;
		this.open = true;
		this.sink.opened();
	}

	private hear(message: Buffer, from: RemoteInfo): void {
		if (!this.open) return;
		this.sink.received(new Uint8Array(message.buffer, message.byteOffset, message.length), from.address, from.port);
	}

	private fail(error: unknown): void {
		if (this.closed || this.failed) return;
		this.failed = true;
		this.open = false;
		this.sink.failed(netFailureOf(codeOf(error)), detailOf(error));
	}
}

/** The broadcast addresses of a network, and of any. */
function broadcastsOf(path: Path | undefined): readonly string[] {
	if (path === undefined || path.prefix > 30) return [LIMITED_BROADCAST];
	return [LIMITED_BROADCAST, broadcastAddress(path.address, path.prefix)];
}

/** Takes addresses as they are, at once: no resolver is ever asked, and sending is done when `send` returns. */
function literal(address: string, ...rest: unknown[]): void {
	const done = rest[rest.length - 1] as (error: Error | null, address: string, family: number) => void;
	done(null, address, 4);
}
