import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { toBase64 } from "../../src/base/base64";
import { md5 } from "../../src/base/md5";
import { HmacSha1 } from "../../src/base/sha1";
import { utf8Encode } from "../../src/base/text";
import type { Endpoint } from "../../src/core/endpoint-table";
import type { UdpPeer, UdpSocket } from "../../src/ports/net";
import * as stun from "../../src/wire/stun";
import { StunReader } from "../../src/wire/stun-reader";
import { StunWriter } from "../../src/wire/stun-writer";

const REALM = "toy";
const NONCE = "toy-nonce";

/** How long permissions, channels and allocations last. @see RFC 8656 §9, §12, §3.2 */
const PERMISSION_TIME = 300_000;
const CHANNEL_TIME = 600_000;
const ALLOCATION_TIME = 600_000;

/** The peer of a channel, and when the channel ends. */
interface Channel extends Endpoint {
	readonly until: number;
}

interface Allocation {
	readonly socket: UdpSocket;
	/** Addresses, and until when each may send. */
	readonly permitted: Map<string, number>;
	readonly channels: Map<number, Channel>;
	until: number;
}

/**
 * A small TURN server for simulations: long-term credentials by the REST scheme, allocations, permissions, channels, indications, with
 * their lifetimes.
 * @see RFC 8656
 */
export class ToyTurn {
	readonly allocations = new Map<string, Allocation>();
	/** Datagrams passed on to peers. */
	passed = 0;
	private readonly socket: UdpSocket;
	private readonly reader = new StunReader();
	private readonly writer = new StunWriter();

	constructor(
		private readonly machine: VirtualMachine,
		private readonly secret: string,
		port = 3479,
	) {
		const received = (bytes: Uint8Array, from: UdpPeer): void => this.received(bytes, from);
		this.socket = machine.network.udp({ port }, { opened() {}, failed() {}, received });
	}

	private received(bytes: Uint8Array, client: UdpPeer): void {
		const { now } = this.machine.world;
		const found = this.allocations.get(`${client.address}:${client.port}`);
		const allocation = found !== undefined && found.until > now ? found : undefined;
		if (bytes[0] >= 0x40 && bytes[0] <= 0x4f) {
			const peer = allocation?.channels.get((bytes[0] << 8) | bytes[1]);
			if (peer !== undefined && peer.until > now) this.pass(allocation, peer, bytes, 4, bytes.length);
			return;
		}
		const { reader } = this;
		if (!reader.read(bytes)) return;
		const peer = reader.address(stun.XOR_PEER_ADDRESS);
		if (reader.kind === stun.INDICATION) {
			const at = reader.find(stun.DATA_VALUE);
			if (peer !== undefined && at >= 0) this.pass(allocation, peer, bytes, at, at + reader.length);
			return;
		}
		const name = reader.text(stun.USERNAME, 100);
		const key = name === undefined ? undefined : this.keyOf(name);
		if (key === undefined || !reader.isIntact(key)) return this.answer(client, stun.ERROR, undefined, 401);
		if (reader.method === stun.ALLOCATE) return this.allocate(client, key);
		if (allocation === undefined) return this.answer(client, stun.ERROR, key, stun.ALLOCATION_MISMATCH);
		if (reader.method === stun.CREATE_PERMISSION && peer !== undefined)
			allocation.permitted.set(peer.address, now + PERMISSION_TIME);
		if (reader.method === stun.CHANNEL_BIND && peer !== undefined) {
			allocation.channels.set(reader.u32(stun.CHANNEL_NUMBER) >>> 16, { ...peer, until: now + CHANNEL_TIME });
			allocation.permitted.set(peer.address, now + PERMISSION_TIME);
		}
		if (reader.method === stun.REFRESH) allocation.until = now + ALLOCATION_TIME;
		if (reader.method === stun.REFRESH && reader.u32(stun.LIFETIME) === 0) {
			allocation.socket.close();
			this.allocations.delete(`${client.address}:${client.port}`);
		}
		this.answer(client, stun.SUCCESS, key, 0);
	}

	private keyOf(name: string): HmacSha1 {
		const password = toBase64(new HmacSha1(utf8Encode(this.secret)).sign(utf8Encode(name)));
		return new HmacSha1(md5(utf8Encode(`${name}:${REALM}:${password}`)));
	}

	private allocate(client: UdpPeer, key: HmacSha1): void {
		const permitted = new Map<string, number>();
		const channels = new Map<number, Channel>();
		const request = new StunReader();
		request.read(this.reader.bytes.slice());
		const socket: UdpSocket = this.machine.network.udp(
			{ port: 0 },
			{
				failed() {},
				opened: () => {
					const message = this.writer.respond(stun.SUCCESS, request);
					message.address(stun.XOR_RELAYED_ADDRESS, this.machine.address, socket.port);
					message.address(stun.XOR_MAPPED_ADDRESS, client.address, client.port).u32(stun.LIFETIME, 600);
					message.integrity(key).fingerprint();
					this.socket.sendTo(client, message.bytes, message.start, message.end);
				},
				received: (bytes, { address, port }) => {
					const isPermitted = (permitted.get(address) ?? 0) > this.machine.world.now;
					if (isPermitted) this.deliver(client, channels, address, port, bytes);
				},
			},
		);
		this.allocations.set(`${client.address}:${client.port}`, {
			...{ socket, permitted, channels },
			until: this.machine.world.now + ALLOCATION_TIME,
		});
	}

	private deliver(
		client: UdpPeer,
		channels: ReadonlyMap<number, Channel>,
		address: string,
		port: number,
		bytes: Uint8Array,
	): void {
		for (const [number, peer] of channels) {
			if (peer.address !== address || peer.port !== port || peer.until <= this.machine.world.now) continue;
			const framed = new Uint8Array(4 + bytes.length);
			framed.set([number >> 8, number, bytes.length >> 8, bytes.length]);
			framed.set(bytes, 4);
			this.socket.sendTo(client, framed, 0, framed.length);
			return;
		}
		const message = this.writer.begin(stun.INDICATION, stun.DATA, new Uint8Array(12));
		message.address(stun.XOR_PEER_ADDRESS, address, port).octets(stun.DATA_VALUE, bytes);
		this.socket.sendTo(client, message.bytes, message.start, message.end);
	}

	private pass(from: Allocation | undefined, peer: Endpoint, bytes: Uint8Array, start: number, end: number): void {
		if (from === undefined || (from.permitted.get(peer.address) ?? 0) <= this.machine.world.now) return;
		this.passed++;
		from.socket.send(bytes, start, end, peer.address, peer.port);
	}

	private answer(client: UdpPeer, kind: number, key: HmacSha1 | undefined, code: number): void {
		const message = this.writer.respond(kind, this.reader);
		if (code !== 0) message.error(code);
		if (code === 401) message.text(stun.REALM, REALM).text(stun.NONCE, NONCE);
		if (code === 0) message.u32(stun.LIFETIME, 600);
		if (key !== undefined) message.integrity(key);
		message.fingerprint();
		this.socket.sendTo(client, message.bytes, message.start, message.end);
	}
}
