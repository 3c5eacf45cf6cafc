import { readU16, readU32 } from "../../../base/byte-writer";
import { formatIp } from "../../../core/ip-address";
import type { Seconds } from "../../../core/time";
import { KEY_OCTETS } from "../../../ports/ciphers";
import { PEER_OCTETS } from "../../peer-identity";
import { PEERS_PER_HOME, REGISTRATION_MAX } from "../../peer-registry";
import { BlockIndex } from "./block-index";
import type { KeyedHash } from "./keyed-hash";
import type { Leg, LegOctets } from "./leg";
import { Slab } from "./slab";

/** Octets of the identifiers of a home and a device. */
export const HOME_OCTETS = 16;

/** Words of both kinds of blocks: the next home of equal hash, or the next device of the same home; when it expires. */
const NEXT = 0;
const UNTIL = 1;
/** A word of a home: its first device. Then its identifier and its key. */
const FIRST = 2;
const ID_AT = 12;
const KEY_AT = ID_AT + HOME_OCTETS;
const PUBLIC_KEY_AT = KEY_AT + KEY_OCTETS;
/** Of a device: its identity, the length of its record with flags, the port; then the address, the connection, the record. */
const PEER_AT = 8;
const LENGTH_AT = 16;
const PORT_AT = 18;
const BODY_AT = 20;
const STREAM_OCTETS = 4;
/** The flags: the address has 16 octets, not 4; it is that of a connection. */
const IS_IPV6 = 0x8000;
const IS_STREAM = 0x4000;
const LENGTH_MASK = 0x3fff;
/** How long a home without devices is remembered. */
const HOME_LIFE: Seconds = 600;
/** How many homes may be remembered besides those that have devices. */
const SPARE_HOMES = 4096;

/**
 * The devices that are registered at this instance, and their homes, in about 190 octets each and without an object for any. Homes are
 * found by a hash, their devices, which are few, one after another. Both are known by numbers, which are valid until the next call of
 * {@link addHome}, {@link put}, {@link remove} or {@link sweep}; 0 is none. Times are in seconds since any moment.
 */
export class DeviceTable {
	/** How many devices are registered. */
	size = 0;
	private readonly slab = new Slab(BODY_AT + 16 + STREAM_OCTETS + REGISTRATION_MAX);
	private readonly homes: BlockIndex;
	private readonly homeBlock: number;
	private spareHomes = 0;

	/**
	 * @param capacity how many devices there may be
	 * @param keepsPublicKeys the public keys of homes are kept, too, for other instances
	 */
	constructor(
		private readonly hash: KeyedHash,
		readonly capacity: number,
		keepsPublicKeys = false,
	) {
		this.homeBlock = PUBLIC_KEY_AT + (keepsPublicKeys ? KEY_OCTETS : 0);
		const { slab } = this;
		this.homes = new BlockIndex(slab, (home) => {
			const start = slab.at(home) + ID_AT;
			return hash.hash(slab.bytes(home), start, start + HOME_OCTETS);
		});
	}

	/** How many homes are known. */
	get homeCount(): number {
		return this.homes.size;
	}

	/** Octets of the table, without what the JavaScript engine adds. */
	get octets(): number {
		return this.slab.octets + this.homes.octets;
	}

	/** Finds a home by its identifier, `bytes[at, at + HOME_OCTETS)`. */
	findHome(bytes: Uint8Array, at: number): number {
		const { slab } = this;
		let home = this.homes.first(this.hash.hash(bytes, at, at + HOME_OCTETS));
		while (home !== 0 && !equal(slab.bytes(home), slab.at(home) + ID_AT, bytes, at, HOME_OCTETS)) {
			home = this.nextOf(home);
		}
		return home;
	}

	/**
	 * Adds a home that is not known; of too many without devices, another one is forgotten.
	 * @param key the account key @param publicKey of the account
	 */
	addHome(id: Uint8Array, at: number, key: Uint8Array, publicKey: Uint8Array, now: Seconds): number {
		if (this.spareHomes >= SPARE_HOMES) {
			const spare = this.homes.findNext((other) => this.firstOf(other) === 0);
			if (spare !== 0) this.forget(spare);
		}
		const { slab } = this;
		const home = slab.allocate(this.homeBlock);
		const words = slab.words(home);
		const word = slab.wordAt(home);
		words[word + FIRST] = 0;
		words[word + UNTIL] = now + HOME_LIFE;
		const bytes = slab.bytes(home);
		const start = slab.at(home);
		for (let i = 0; i < HOME_OCTETS; i++) bytes[start + ID_AT + i] = id[at + i];
		bytes.set(key, start + KEY_AT);
		if (this.homeBlock > PUBLIC_KEY_AT) bytes.set(publicKey, start + PUBLIC_KEY_AT);
		this.spareHomes++;
		this.homes.add(home);
		return home;
	}

	/** Copies the account key of a home. */
	copyKey(home: number, into: Uint8Array): void {
		const { slab } = this;
		const bytes = slab.bytes(home);
		const at = slab.at(home) + KEY_AT;
		for (let i = 0; i < KEY_OCTETS; i++) into[i] = bytes[at + i];
	}

	/** Returns a copy of the public key of a home's account; the table must keep them. */
	publicKeyOf(home: number): Uint8Array {
		const at = this.slab.at(home) + PUBLIC_KEY_AT;
		return this.slab.bytes(home).slice(at, at + KEY_OCTETS);
	}

	/** The first device of a home, in no order. */
	firstOf(home: number): number {
		return this.slab.words(home)[this.slab.wordAt(home) + FIRST];
	}

	/** The device of the same home after another one. */
	nextOf(device: number): number {
		return this.slab.words(device)[this.slab.wordAt(device) + NEXT];
	}

	/** Finds a device of a home by its identity, `bytes[at, at + PEER_OCTETS)`. */
	find(home: number, bytes: Uint8Array, at: number): number {
		const { slab } = this;
		let device = this.firstOf(home);
		while (device !== 0 && !equal(slab.bytes(device), slab.at(device) + PEER_AT, bytes, at, PEER_OCTETS)) {
			device = this.nextOf(device);
		}
		return device;
	}

	/**
	 * Registers a device, in place of what it was before.
	 * @param leg where it can be reached @param until when it expires
	 * @returns 0 when the table or the home is full
	 */
	put(home: number, peer: Uint8Array, at: number, leg: LegOctets, record: Uint8Array, until: Seconds): number {
		const before = this.find(home, peer, at);
		if (before !== 0) this.remove(home, before);
		if (this.size >= this.capacity || this.isFull(home)) return 0;
		const { slab } = this;
		const isStream = leg.stream !== 0;
		const device = slab.allocate(BODY_AT + leg.length + (isStream ? STREAM_OCTETS : 0) + record.length);
		const words = slab.words(device);
		const word = slab.wordAt(device);
		const homeWords = slab.words(home);
		const homeWord = slab.wordAt(home);
		words[word + NEXT] = homeWords[homeWord + FIRST];
		words[word + UNTIL] = until;
		if (homeWords[homeWord + FIRST] === 0) this.spareHomes--;
		homeWords[homeWord + FIRST] = device;
		const bytes = slab.bytes(device);
		const start = slab.at(device);
		for (let i = 0; i < PEER_OCTETS; i++) bytes[start + PEER_AT + i] = peer[at + i];
		setU16(bytes, start + LENGTH_AT, record.length | flagsOf(leg));
		setU16(bytes, start + PORT_AT, leg.port);
		let body = start + BODY_AT;
		for (let i = 0; i < leg.length; i++) bytes[body++] = leg.address[i];
		if (isStream) {
			setU16(bytes, body, leg.stream >>> 16);
			setU16(bytes, body + 2, leg.stream);
			body += STREAM_OCTETS;
		}
		bytes.set(record, body);
		this.size++;
		return device;
	}

	/** Removes a device of a home. */
	remove(home: number, device: number): void {
		const { slab } = this;
		const next = this.nextOf(device);
		const first = this.firstOf(home);
		if (first === device) {
			slab.words(home)[slab.wordAt(home) + FIRST] = next;
			if (next === 0) this.spareHomes++;
		} else {
			let before = first;
			while (this.nextOf(before) !== device) before = this.nextOf(before);
			slab.words(before)[slab.wordAt(before) + NEXT] = next;
		}
		this.size--;
		slab.release(device, this.recordAt(device) - slab.at(device) + this.recordLength(device));
	}

	/** Keeps a device until another time. */
	touch(device: number, until: Seconds): void {
		this.slab.words(device)[this.slab.wordAt(device) + UNTIL] = until;
	}

	/** Whether a device is registered from there. */
	isFrom(device: number, leg: LegOctets): boolean {
		const bytes = this.slab.bytes(device);
		const at = this.slab.at(device);
		return (
			readU16(bytes, at + PORT_AT) === leg.port &&
			(readU16(bytes, at + LENGTH_AT) & ~LENGTH_MASK) === flagsOf(leg) &&
			equal(bytes, at + BODY_AT, leg.address, 0, leg.length) &&
			(leg.stream === 0 || readU32(bytes, at + BODY_AT + leg.length) === leg.stream)
		);
	}

	/** Where a device can be reached. */
	legOf(device: number): Leg {
		const bytes = this.slab.bytes(device);
		const at = this.slab.at(device);
		const flags = readU16(bytes, at + LENGTH_AT);
		const addressAt = at + BODY_AT;
		const addressEnd = addressAt + addressOctets(flags);
		const address = formatIp(bytes.slice(addressAt, addressEnd));
		const port = readU16(bytes, at + PORT_AT);
		return (flags & IS_STREAM) === 0 ? { address, port } : { address, port, stream: readU32(bytes, addressEnd) };
	}

	/** Returns a copy of the record of a device. */
	record(device: number): Uint8Array {
		const at = this.recordAt(device);
		return this.slab.bytes(device).slice(at, at + this.recordLength(device));
	}

	/** Tells whether a device has this record. */
	hasRecord(device: number, record: Uint8Array): boolean {
		return (
			this.recordLength(device) === record.length &&
			equal(this.slab.bytes(device), this.recordAt(device), record, 0, record.length)
		);
	}

	/** Changes two octets within the record of a device. */
	patchRecord(device: number, offset: number, value: number): void {
		setU16(this.slab.bytes(device), this.recordAt(device) + offset, value);
	}

	/** Copies the identity of a device. @param into PEER_OCTETS from `at` */
	copyPeer(device: number, into: Uint8Array, at = 0): void {
		const bytes = this.slab.bytes(device);
		const start = this.slab.at(device) + PEER_AT;
		for (let i = 0; i < PEER_OCTETS; i++) into[at + i] = bytes[start + i];
	}

	/**
	 * Removes what has expired in a part of the table, so that all of it is looked at once in `of` calls.
	 * @param turn counts the calls
	 */
	sweep(now: Seconds, turn: number, of: number): void {
		this.homes.visit(turn, of, (home) => {
			for (let device = this.firstOf(home); device !== 0; ) {
				const next = this.nextOf(device);
				if (this.isOver(device, now)) this.remove(home, device);
				device = next;
			}
			if (this.firstOf(home) !== 0) this.touch(home, now + HOME_LIFE);
			else if (this.isOver(home, now)) this.forget(home);
		});
	}

	/** Forgets a home without devices. */
	private forget(home: number): void {
		this.homes.remove(home);
		this.spareHomes--;
		this.slab.release(home, this.homeBlock);
	}

	/** Tells whether a device has expired. */
	isOver(device: number, now: Seconds): boolean {
		return this.slab.words(device)[this.slab.wordAt(device) + UNTIL] <= now;
	}

	private isFull(home: number): boolean {
		let count = 0;
		for (let device = this.firstOf(home); device !== 0; device = this.nextOf(device)) count++;
		return count >= PEERS_PER_HOME;
	}

	private recordAt(device: number): number {
		const at = this.slab.at(device);
		const flags = readU16(this.slab.bytes(device), at + LENGTH_AT);
		return at + BODY_AT + addressOctets(flags) + ((flags & IS_STREAM) === 0 ? 0 : STREAM_OCTETS);
	}

	private recordLength(device: number): number {
		return readU16(this.slab.bytes(device), this.slab.at(device) + LENGTH_AT) & LENGTH_MASK;
	}
}

function flagsOf({ length, stream }: LegOctets): number {
	return (length === 4 ? 0 : IS_IPV6) | (stream === 0 ? 0 : IS_STREAM);
}

function addressOctets(flags: number): number {
	return (flags & IS_IPV6) === 0 ? 4 : 16;
}

function equal(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
	for (let i = 0; i < length; i++) if (a[aAt + i] !== b[bAt + i]) return false;
	return true;
}

function setU16(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value >> 8;
	bytes[at + 1] = value;
}
