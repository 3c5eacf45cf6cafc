import { md5 } from "../../base/md5";
import { HmacSha1 } from "../../base/sha1";
import type { Millis } from "../../core/time";
import type { Random } from "../../ports/random";
import * as stun from "../../wire/stun";
import type { StunReader } from "../../wire/stun-reader";
import type { StunWriter } from "../../wire/stun-writer";
import type { TurnServer } from "../candidate";
import { type StunOutbox, StunTransactions } from "../stun/stun-transactions";

/** The longest realm and nonce that are accepted, in octets; servers of the field use 16 to 60. */
const TEXT_MAX = 256;
/** A relayed path is to be usable within 200 ms: a lost request is repeated early. */
const REPEAT_AFTER: Millis = 100;
const TRIES = 6;
/** How often one request may be begun again because of a new nonce. */
const NONCES_MAX = 3;

/**
 * Takes the end of a request.
 * @param answer a success response, valid during the call; else `undefined`
 * @param code the error code; 0 when there was no answer, or none that can be read
 */
export type TurnDone = (answer: StunReader | undefined, code: number, now: Millis, out: StunOutbox) => void;

/**
 * Requests to one TURN server with long-term credentials: learns realm and nonce from the first refusal, signs, and begins again when the
 * nonce is stale.
 * @see RFC 8489 §9.2
 */
export class TurnRequests {
	readonly transactions: StunTransactions;
	private realm: Uint8Array | undefined;
	private nonce: Uint8Array = new Uint8Array(0);
	private key: HmacSha1 | undefined;

	constructor(
		private readonly server: TurnServer,
		random: Random,
		writer: StunWriter,
	) {
		this.transactions = new StunTransactions(random, writer);
	}

	/**
	 * Makes a request.
	 * @param fill writes its attributes; called again for each attempt
	 * @param done called once, unless all are dropped
	 */
	ask(method: number, fill: (writer: StunWriter) => void, done: TurnDone, now: Millis, out: StunOutbox): void {
		this.attempt(method, fill, done, NONCES_MAX, now, out);
	}

	/** Makes a request that is neither repeated nor waited for. */
	tell(method: number, fill: (writer: StunWriter) => void, out: StunOutbox): void {
		const writer = this.write(method, fill);
		out.send(writer.bytes, writer.start, writer.end, this.server.address, this.server.port);
	}

	private attempt(
		method: number,
		fill: (writer: StunWriter) => void,
		done: TurnDone,
		left: number,
		now: Millis,
		out: StunOutbox,
	): void {
		const isSigned = this.key !== undefined;
		this.write(method, fill);
		const { address, port } = this.server;
		const check = (answer: StunReader): boolean => answer.kind === stun.ERROR || this.isIntact(answer);
		const over = (answer: StunReader | undefined, _roundTrip: Millis, then: Millis, outbox: StunOutbox): void => {
			if (answer?.kind === stun.SUCCESS) return done(answer, 0, then, outbox);
			const code = answer?.errorCode() ?? 0;
			// A 401 to a signed request means that the server does not accept the credentials.
			const mayRepeat = code === stun.STALE_NONCE || (code === stun.UNAUTHENTICATED && !isSigned);
			if (answer === undefined || !mayRepeat || left === 0 || !this.learn(answer)) done(undefined, code, then, outbox);
			else this.attempt(method, fill, done, left - 1, then, outbox);
		};
		this.transactions.start({ address, port, done: over, check, repeatAfter: REPEAT_AFTER, tries: TRIES }, now, out);
	}

	private write(method: number, fill: (writer: StunWriter) => void): StunWriter {
		const writer = this.transactions.begin(method);
		fill(writer);
		if (this.key === undefined || this.realm === undefined) return writer;
		writer.text(stun.USERNAME, this.server.username).octets(stun.REALM, this.realm).octets(stun.NONCE, this.nonce);
		return writer.integrity(this.key);
	}

	/** A success response is signed, except that one to an unsigned request can't be. */
	private isIntact(answer: StunReader): boolean {
		return this.key === undefined || answer.isIntact(this.key);
	}

	/** Takes realm and nonce. @returns false when they are missing or too long */
	private learn(answer: StunReader): boolean {
		const nonce = answer.octets(stun.NONCE, TEXT_MAX);
		const realm = answer.octets(stun.REALM, TEXT_MAX) ?? this.realm;
		if (nonce === undefined || realm === undefined) return false;
		this.nonce = nonce;
		if (this.realm !== undefined && this.key !== undefined) return true;
		this.realm = realm;
		this.key = new HmacSha1(longTermKey(this.server.username, realm, this.server.password));
		return true;
	}
}

/** Returns the key of long-term credentials: MD5 of `username:realm:password`. @see RFC 8489 §9.2.2, §18.5.1.1 */
export function longTermKey(username: string, realm: Uint8Array, password: string): Uint8Array {
	const octets: number[] = [];
	const add = (text: string): void => {
		for (let i = 0; i < text.length; i++) octets.push(text.charCodeAt(i));
	};
	add(`${username}:`);
	for (let i = 0; i < realm.length; i++) octets.push(realm[i]);
	add(`:${password}`);
	return md5(new Uint8Array(octets));
}
