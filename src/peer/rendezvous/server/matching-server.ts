import { Allowance } from "../../../base/allowance";
import { readU16, readU32 } from "../../../base/byte-writer";
import { fromHex, toHex } from "../../../base/hex";
import { HmacSha1 } from "../../../base/sha1";
import { HmacSha256 } from "../../../base/sha256";
import type { Machine } from "../../../core/machine";
import type { Millis } from "../../../core/time";
import { KEY_OCTETS } from "../../../ports/ciphers";
import * as stun from "../../../wire/stun";
import { StunReader } from "../../../wire/stun-reader";
import { StunWriter } from "../../../wire/stun-writer";
import { accountKeyOf, homeOf, ticketKeyOf } from "../../home-keys";
import { peerTicketSecret } from "../../peer-ticket";
import { ACTION, ACTION_OCTETS, ECHO, FIND, HOME_KEY, NOT_FOUND, REGISTER, SELECT, WITHDRAW } from "../peer-attributes";
import { DeviceTable, HOME_OCTETS } from "./device-table";
import { Introducer } from "./introducer";
import { KeyedHash } from "./keyed-hash";
import { type Leg, LegOctets } from "./leg";
import type { MatchingCounters, MatchingOptions } from "./matching-contract";
import { NonceCookies } from "./nonce-cookies";
import { type DeviceRequest, Registrar } from "./registrar";
import { PEER_AT, RequestAuthor } from "./request-author";
import { SealedRegistry } from "./sealed-registry";
import { SeenPlaces } from "./seen-places";
import { acceptedRequest, isSignedBy } from "./signed-answers";
import { SourceLimits } from "./source-limits";

/** Answers 438 and 401 of one source: a restart of the server asks all devices behind one NAT for a new proof. */
const CHALLENGES_PER_SECOND = 200;
const CHALLENGES_BURST = 2000;
/** Requests with a good nonce and a wrong signature that one source may send. */
const FAILURES_PER_SECOND = 2;
const FAILURES_BURST = 50;
/** Diffie-Hellman computations: of one source, and in all. */
const AGREEMENTS_PER_SECOND = 5;
const AGREEMENTS_BURST = 200;
const AGREEMENTS_IN_ALL = 2000;
/** Requests that wait for the store. */
const LOOKUPS_MAX = 1024;
/** All of the table is looked through for what has expired in this time, in steps of about so many devices; a million take a minute. */
const SWEEP_TIME: Millis = 15_000;
const SWEEP_PAUSE_MIN: Millis = 250;
const SWEEP_STEPS_MIN = 15;
const SWEEP_DEVICES = 4096;

const UNDERSTOOD: readonly number[] = Object.freeze([stun.USERNAME, stun.NONCE]);

/**
 * The matching server (P2P-2, P2P-3): devices register and stay registered, a viewer with a ticket of their home finds them, and is
 * introduced to one of them, which is told at the same time.
 *
 * Nothing happens for a request without a nonce that was made for its source ({@link NonceCookies}): neither a costly computation nor
 * an answer longer than the request (P2P-14).
 */
export class MatchingServer implements Machine<undefined> {
	readonly table: DeviceTable;
	readonly counters: MatchingCounters = {
		registered: 0,
		refreshed: 0,
		withdrawn: 0,
		found: 0,
		introduced: 0,
		challenged: 0,
		refused: 0,
		dropped: 0,
		agreements: 0,
	};
	readonly introducer: Introducer;
	private readonly cookies: NonceCookies;
	private readonly registrar: Registrar;
	private readonly author = new RequestAuthor();
	private readonly leg = new LegOctets();
	private readonly writer = new StunWriter();
	private readonly challenges: SourceLimits;
	private readonly failures: SourceLimits;
	private readonly agreements: SourceLimits;
	private readonly allAgreements = new Allowance(AGREEMENTS_IN_ALL);
	/** The key of the home {@link keyOf}, and its HMAC; the same for many messages of one home in a row. */
	private readonly key = new Uint8Array(KEY_OCTETS);
	private readonly mac = new HmacSha1(this.key);
	private keyOf = 0;
	private lookups = 0;
	/** The next step of {@link sweepSteps}. */
	private sweepStep = 0;
	private sweepSteps = SWEEP_STEPS_MIN;
	private sweepAt: Millis = 0;

	private readonly options: MatchingOptions;

	constructor(given: MatchingOptions) {
		const { random, edge, privateKey } = given;
		const registry = given.registry === undefined ? undefined : new SealedRegistry(given.registry, privateKey);
		const options = { ...given, registry };
		this.options = options;
		const hash = new KeyedHash(random);
		const table = new DeviceTable(hash, options.capacity, registry !== undefined);
		this.table = table;
		this.cookies = new NonceCookies(random);
		const places = new SeenPlaces(this.cookies, options.turn);
		this.registrar = new Registrar(options, table, this.counters, places, hash);
		this.introducer = new Introducer(options, table, this.counters, places, hash);
		this.challenges = new SourceLimits(hash, CHALLENGES_PER_SECOND, CHALLENGES_BURST);
		this.failures = new SourceLimits(hash, FAILURES_PER_SECOND, FAILURES_BURST);
		this.agreements = new SourceLimits(hash, AGREEMENTS_PER_SECOND, AGREEMENTS_BURST);
		registry?.listen(edge ?? "", (message) => this.introducer.told(message));
	}

	get deadline(): Millis {
		return Math.min(this.sweepAt, this.introducer.pushes.deadline);
	}

	expire(now: Millis): void {
		this.introducer.pushes.expire(now);
		if (now < this.sweepAt) return;
		const { table } = this;
		if (this.sweepStep === 0) this.sweepSteps = Math.max(SWEEP_STEPS_MIN, Math.ceil(table.size / SWEEP_DEVICES));
		this.sweepAt = now + Math.max(SWEEP_PAUSE_MIN, Math.floor(SWEEP_TIME / this.sweepSteps));
		this.keyOf = 0;
		table.sweep(Math.floor(now / 1000), this.sweepStep, this.sweepSteps);
		this.sweepStep = (this.sweepStep + 1) % this.sweepSteps;
	}

	/** Tells whether a message is for this server: it has an ACTION, or is a response to a push. All others are for the address server. */
	static isFor(message: StunReader): boolean {
		return message.kind === stun.SUCCESS || message.kind === stun.ERROR || message.has(ACTION);
	}

	/** Takes a message. @param from must not change while an answer may come */
	receive(now: Millis, message: StunReader, from: Leg): void {
		const { author, leg } = this;
		if (message.kind === stun.SUCCESS) return this.introducer.confirmed(message, from);
		const at = message.findOf(ACTION, ACTION_OCTETS);
		const isRequest = message.kind === stun.REQUEST && message.method === stun.BINDING && at >= 0;
		if (!isRequest || !leg.set(from) || !(message.hasIntegrity || message.hasIntegrity256)) return this.drop();
		if (message.hasUnknown(UNDERSTOOD)) {
			this.writer.respond(stun.ERROR, message).error(stun.UNKNOWN_ATTRIBUTE).unknown(message);
			return this.answer(message, from);
		}
		const nameAt = message.find(stun.USERNAME);
		if (nameAt < 0 || !author.read(message.bytes, nameAt, message.length)) {
			return this.refuse(message, from, stun.BAD_REQUEST);
		}
		const { table } = this;
		const home = table.findHome(author.ids, 0);
		const isDevice = author.ticket === undefined;
		const device = home === 0 || !isDevice ? 0 : table.find(home, author.ids, PEER_AT);
		const isThere = device !== 0 && table.isFrom(device, leg);
		if (!this.isFresh(now, message, from, isThere)) return this.challenge(now, message, from);
		// Of a device that is where it was the nonce's code is not checked, so anybody could use up its share.
		if (!isThere && !this.failures.has(now, from.address)) return this.drop();
		const { bytes } = message;
		const action = bytes[at];
		if (!isDevice) return this.receiveViewer(now, message, from, home, action, readU32(bytes, at + 4));
		const known = home === 0 ? this.admit(now, message, from) : home;
		if (known === 0) return;
		this.useKey(known);
		if (!this.isAuthentic(message)) {
			if (isThere) return this.refuse(message, from, stun.UNAUTHENTICATED);
			return this.fail(now, message, from);
		}
		const value = readU16(bytes, at + 2);
		const more = readU32(bytes, at + 4);
		const asked: DeviceRequest = { request: message, from, leg, author, device, home: known, isThere, value, more };
		if (action === REGISTER) this.registrar.register(now, asked, this.mac, this.key);
		else if (action === WITHDRAW) this.registrar.withdraw(now, asked, this.mac, this.key);
		else if (action === ECHO) this.registrar.echo(now, asked, this.mac, this.key);
		else this.registrar.refuse(asked, stun.BAD_REQUEST, this.mac, this.key);
	}

	/** A request by a ticket. */
	private receiveViewer(
		now: Millis,
		message: StunReader,
		from: Leg,
		home: number,
		action: number,
		roundTrip: number,
	): void {
		const { ticket, text, ids } = this.author;
		if (ticket === undefined) return;
		if (home === 0) return this.lookUpHome(now, message, from, ticket.home);
		this.useKey(home);
		const secret = peerTicketSecret(ticketKeyOf(this.key), text);
		if (!isSignedBy(message, secret)) return this.fail(now, message, from);
		const request = acceptedRequest(message, from, secret);
		const viewer = { ticket, text, ids, home, roundTrip, request };
		if (action === FIND) this.introducer.find(viewer, message);
		else if (action === SELECT) this.introducer.select(viewer, message);
		else this.introducer.refuse(request, stun.BAD_REQUEST);
	}

	/**
	 * Finds the key that a home and this server share.
	 * @param home HOME_DIGITS @param from the address of the client, for the limits
	 * @param done gets `none` when the home is not known, and `undefined` when the store does not answer or is asked too much
	 */
	accountKey(now: Millis, home: string, from: string, done: (key: Uint8Array | "none" | undefined) => void): void {
		const ids = octetsOf(home);
		const known = this.table.findHome(ids, 0);
		if (known !== 0) return done(this.keyOfHome(known));
		const { registry } = this.options;
		if (registry === undefined) return done("none");
		if (this.lookups >= LOOKUPS_MAX || !this.mayAgree(now, from)) return done(undefined);
		this.lookups++;
		registry.list(home, (devices) => {
			this.lookups--;
			const publicKey = devices?.[0]?.homeKey;
			const isKey = publicKey !== undefined && homeOf(publicKey) === home;
			const key = isKey ? this.agree(publicKey) : undefined;
			if (isKey && key !== undefined && this.table.findHome(ids, 0) === 0) this.addHome(ids, key, publicKey, now);
			done(key ?? (devices === undefined ? undefined : "none"));
			this.options.woken?.();
		});
	}

	/** Computes the key that a home and this server share; `undefined` when the home's key is invalid. */
	agree(publicKey: Uint8Array): Uint8Array | undefined {
		this.counters.agreements++;
		const agreed = this.options.ciphers.agree(this.options.privateKey, publicKey);
		return agreed === undefined ? undefined : accountKeyOf(agreed);
	}

	/** Asks the store for a home that none of its devices has told this instance of, and then takes the message again. */
	private lookUpHome(now: Millis, message: StunReader, from: Leg, home: string): void {
		const copy = new StunReader();
		copy.read(message.bytes.slice(message.start, message.end));
		this.accountKey(now, home, from.address, (key) => {
			const isKnown = key !== "none" && key !== undefined && this.table.findHome(octetsOf(home), 0) !== 0;
			if (isKnown) this.receive(now, copy, from);
			else this.refuse(copy, from, key === "none" ? NOT_FOUND : stun.SERVER_ERROR);
		});
	}

	/** Lets a home in whose key came with the request. @returns 0: it was refused, and answered */
	private admit(now: Millis, message: StunReader, from: Leg): number {
		const { ids } = this.author;
		const keyAt = message.findOf(HOME_KEY, KEY_OCTETS);
		const name = toHex(ids, 0, HOME_OCTETS);
		const { homes } = this.options;
		let code = 0;
		const publicKey = message.bytes.slice(keyAt, keyAt + KEY_OCTETS);
		if (keyAt < 0) code = stun.UNAUTHENTICATED;
		else if (homes !== undefined && !homes.has(name)) code = stun.FORBIDDEN;
		else if (homeOf(publicKey) !== name) code = stun.BAD_REQUEST;
		else if (!this.mayAgree(now, from.address)) code = stun.INSUFFICIENT_CAPACITY;
		if (code !== 0) {
			this.refuse(message, from, code);
			return 0;
		}
		const key = this.agree(publicKey);
		if (key === undefined || !isSignedBy(message, key)) {
			this.fail(now, message, from);
			return 0;
		}
		return this.addHome(ids, key, publicKey, now);
	}

	private addHome(ids: Uint8Array, key: Uint8Array, publicKey: Uint8Array, now: Millis): number {
		// Another home may have had its number.
		this.keyOf = 0;
		return this.table.addHome(ids, 0, key, publicKey, Math.floor(now / 1000));
	}

	private mayAgree(now: Millis, source: string): boolean {
		// The source first, as what it does not get must not be missing to others.
		return this.agreements.take(now, source) && this.allAgreements.take(now);
	}

	private keyOfHome(home: number): Uint8Array {
		const key = new Uint8Array(KEY_OCTETS);
		this.table.copyKey(home, key);
		return key;
	}

	private useKey(home: number): void {
		if (home === this.keyOf) return;
		this.keyOf = home;
		this.table.copyKey(home, this.key);
		this.mac.rekey(this.key);
	}

	private isAuthentic(message: StunReader): boolean {
		return message.hasIntegrity256 ? message.isIntact256(new HmacSha256(this.key)) : message.isIntact(this.mac);
	}

	/** The nonce proves the source; of a source that is known, its time is enough, as the whole message will prove authentic. */
	private isFresh(now: Millis, message: StunReader, from: Leg, isThere: boolean): boolean {
		const at = message.find(stun.NONCE);
		if (at < 0) return false;
		const { bytes, length } = message;
		if (isThere && length >= 4 && this.cookies.isRecent(now, bytes, at)) return true;
		return this.cookies.isGood(now, from.address, from.port, bytes, at, length);
	}

	private challenge(now: Millis, message: StunReader, from: Leg): void {
		if (!this.challenges.take(now, from.address)) return this.drop();
		const { writer } = this;
		writer.respond(stun.ERROR, message).error(stun.STALE_NONCE).octets(stun.NONCE, this.cookies.make(now, from));
		writer.address(stun.XOR_MAPPED_ADDRESS, from.address, from.port);
		this.counters.challenged++;
		this.answer(message, from);
	}

	private fail(now: Millis, message: StunReader, from: Leg): void {
		this.failures.take(now, from.address);
		this.refuse(message, from, stun.UNAUTHENTICATED);
	}

	private refuse(message: StunReader, from: Leg, code: number): void {
		this.counters.refused++;
		this.writer.respond(stun.ERROR, message).error(code);
		this.answer(message, from);
	}

	/** Sends an unsigned answer, unless it is longer than the request. */
	private answer(message: StunReader, from: Leg): void {
		const { writer } = this;
		const room = message.end - message.start;
		if (writer.overflowed || writer.end - writer.start > room) return this.drop();
		if (writer.end - writer.start + 8 <= room) writer.fingerprint();
		this.options.send(from, writer.bytes, writer.start, writer.end);
	}

	private drop(): void {
		this.counters.dropped++;
	}
}

function octetsOf(home: string): Uint8Array {
	const octets = fromHex(home, HOME_OCTETS);
	if (octets === undefined) throw new RangeError("identifier of a home");
	return octets;
}
