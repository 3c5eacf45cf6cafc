import { type Ciphers, KEY_OCTETS, type PacketCipher } from "../../src/ports/ciphers";
import type { Random } from "../../src/ports/random";

// hosts/esp32/native-peer/ciphers.c

function publicKey(this: unknown, privateKey: Uint8Array, into: Uint8Array): void {
	native("xs_porthole_public_key").call(this, privateKey, into);
}

function agree(this: unknown, privateKey: Uint8Array, otherKey: Uint8Array, into: Uint8Array): boolean {
	return native("xs_porthole_agree").call(this, privateKey, otherKey, into) as boolean;
}

function packetKey(this: unknown, key: Uint8Array): number {
	return native("xs_porthole_packet_key").call(this, key) as number;
}

function forgetKey(this: unknown, id: number): void {
	native("xs_porthole_forget_key").call(this, id);
}

function seal(
	this: unknown,
	id: number,
	nonce: Uint8Array,
	bytes: Uint8Array,
	from: number,
	start: number,
	end: number,
): void {
	native("xs_porthole_seal").call(this, id, nonce, bytes, from, start, end);
}

function open(
	this: unknown,
	id: number,
	nonce: Uint8Array,
	bytes: Uint8Array,
	from: number,
	start: number,
	end: number,
): boolean {
	return native("xs_porthole_open").call(this, id, nonce, bytes, from, start, end) as boolean;
}

/** {@link Ciphers} by mbedTLS, which takes the chip's own AES. */
export class Esp32Ciphers implements Ciphers {
	/** @param random the chip's generator */
	constructor(private readonly random: Random) {}

	drawKey(): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		this.random.fill(key);
		return key;
	}

	publicKeyOf(privateKey: Uint8Array): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		publicKey.call(undefined, privateKey, key);
		return key;
	}

	agree(privateKey: Uint8Array, otherKey: Uint8Array): Uint8Array | undefined {
		const secret = new Uint8Array(KEY_OCTETS);
		return agree.call(undefined, privateKey, otherKey, secret) ? secret : undefined;
	}

	cipher(key: Uint8Array): PacketCipher {
		return new Esp32Cipher(packetKey.call(undefined, key));
	}
}

/** A key of mbedTLS, which has few places for keys: it must be closed. */
class Esp32Cipher implements PacketCipher {
	/** @param id 0 once it is closed */
	constructor(private id: number) {}

	seal(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): void {
		seal.call(undefined, this.id, nonce, bytes, from, start, end);
	}

	open(nonce: Uint8Array, bytes: Uint8Array, from: number, start: number, end: number): boolean {
		return open.call(undefined, this.id, nonce, bytes, from, start, end);
	}

	close(): void {
		if (this.id !== 0) forgetKey.call(undefined, this.id);
		this.id = 0;
	}
}
