import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { VirtualRandom } from "../../hosts/virtual/virtual-random";
import { Prng } from "../../src/base/prng";
import { HmacSha1 } from "../../src/base/sha1";
import { HomeKeys, ticketKeyOf } from "../../src/peer/home-keys";
import { deviceUsername, issuePeerTicket, NEVER, peerTicketSecret } from "../../src/peer/peer-ticket";
import type { DeviceRecord } from "../../src/peer/rendezvous/device-record";
import { readIntroduction, readPeerAnswer } from "../../src/peer/rendezvous/peer-answer";
import type {
	PeerAnswer,
	PeerCredentials,
	PushedIntroduction,
	RequestHead,
} from "../../src/peer/rendezvous/peer-message";
import { writeIntroduced } from "../../src/peer/rendezvous/peer-request";
import type { Leg } from "../../src/peer/rendezvous/server/leg";
import type { MatchingOptions } from "../../src/peer/rendezvous/server/matching-contract";
import { MatchingServer } from "../../src/peer/rendezvous/server/matching-server";
import { StunReader } from "../../src/wire/stun-reader";

/** 2027-01-15 in seconds. */
export const RIG_DATE = 1_800_000_000;

/** A datagram that a server has sent. */
export interface SentDatagram {
	readonly leg: Leg;
	readonly bytes: Uint8Array;
}

/** What a device says about itself, unless a test says otherwise. */
export const CAMERA_RECORD: DeviceRecord = {
	name: "Garage",
	kind: "camera",
	tags: "cars street",
	isPortal: false,
	isSymmetric: false,
	key: new Uint8Array(32).fill(3),
	proof: new Uint8Array(16).fill(4),
	roundTrip: 0,
	candidates: [],
};

/** What a viewer says about itself. */
export const VIEWER_RECORD: DeviceRecord = {
	name: "Laptop",
	kind: "viewer",
	tags: "",
	isPortal: false,
	isSymmetric: false,
	roundTrip: 0,
	candidates: [],
};

/** A matching server without sockets, whose time the test sets. */
export class MatchingRig {
	now = 1000;
	/** What was sent; tests empty it. */
	readonly sent: SentDatagram[] = [];
	readonly random = new VirtualRandom(new Prng(4711));
	readonly ciphers = new ToyCiphers(this.random);
	readonly server: MatchingServer;
	readonly serverKey: Uint8Array;

	constructor(options: Partial<MatchingOptions> = {}, privateKey = new Uint8Array(32).fill(77)) {
		this.serverKey = this.ciphers.publicKeyOf(privateKey);
		this.server = new MatchingServer({
			ciphers: this.ciphers,
			random: this.random,
			privateKey,
			capacity: 1000,
			lifetime: 120,
			keepAlive: "answering",
			now: () => this.now,
			utc: () => RIG_DATE + Math.floor(this.now / 1000),
			send: (leg, bytes, start, end) => this.sent.push({ leg, bytes: bytes.slice(start, end) }),
			...options,
		});
	}

	/** Gives the server a datagram. @returns what it sent at once */
	give(bytes: Uint8Array, leg: Leg): readonly SentDatagram[] {
		this.sent.length = 0;
		const message = new StunReader();
		if (message.read(bytes)) this.server.receive(this.now, message, leg);
		return this.sent.slice();
	}

	/** Lets time pass in steps, as a pump would. */
	pass(milliseconds: number): void {
		const end = this.now + milliseconds;
		for (let at = this.server.deadline; at <= end; at = this.server.deadline) {
			this.now = Math.max(this.now, at);
			this.server.expire(this.now);
		}
		this.now = end;
	}
}

/** A home with its devices and viewers. */
export class RigHome {
	readonly keys: HomeKeys;
	readonly accountKey: Uint8Array;

	constructor(rig: MatchingRig, secret: string) {
		this.keys = new HomeKeys(
			rig.ciphers,
			new Uint8Array(32).map((_, i) => secret.charCodeAt(i % secret.length)),
		);
		this.accountKey = this.keys.accountKey(rig.serverKey) ?? new Uint8Array(32);
	}

	/** The credentials of a device. */
	device(peer: string): PeerCredentials {
		const { accountKey } = this;
		return {
			username: deviceUsername(this.keys.home, peer),
			integrity: new HmacSha1(accountKey),
			key: accountKey,
		};
	}

	/** The credentials of somebody with a ticket. */
	viewer(scope = "*", until = NEVER): PeerCredentials {
		const username = issuePeerTicket({ home: this.keys.home, scope, until, id: "a1" });
		const key = peerTicketSecret(ticketKeyOf(this.accountKey), username);
		return { username, integrity: new HmacSha1(key), key };
	}
}

/** Somebody who sends requests from one address, and repeats them as servers ask for it. */
export class RigClient {
	nonce: Uint8Array | undefined;
	roundTrip = 0;
	/** How many datagrams it has sent. */
	requests = 0;
	/** The transaction of the latest request. */
	transaction: Uint8Array = new Uint8Array(12);
	alsoAt: RequestHead["alsoAt"];

	constructor(
		readonly rig: MatchingRig,
		readonly who: PeerCredentials,
		readonly leg: Leg,
		readonly homeKey?: Uint8Array,
	) {}

	/** Sends a request until it has an answer other than that it is to be repeated. */
	ask(write: (head: RequestHead) => Uint8Array, repeat?: Uint8Array): PeerAnswer | undefined {
		let isKnown = true;
		for (let tries = 0; tries < 4; tries++) {
			const transaction = repeat ?? new Uint8Array(12);
			if (repeat === undefined) this.rig.random.fill(transaction);
			this.transaction = transaction;
			this.requests++;
			const { nonce, homeKey, roundTrip, alsoAt } = this;
			const head: RequestHead = {
				transaction,
				roundTrip,
				...(nonce === undefined ? {} : { nonce }),
				...(alsoAt === undefined ? {} : { alsoAt }),
				...(isKnown || homeKey === undefined ? {} : { homeKey }),
			};
			const answer = this.answerOf(this.rig.give(write(head), this.leg));
			if (answer?.type !== "refused") return answer;
			if (answer.code === 438 && answer.nonce !== undefined) this.nonce = answer.nonce;
			else if (answer.code === 401 && isKnown && homeKey !== undefined) isKnown = false;
			else return answer;
		}
		return undefined;
	}

	/** The answer among what the server has sent. */
	answerOf(sent: readonly SentDatagram[]): PeerAnswer | undefined {
		const message = new StunReader();
		for (const { leg, bytes } of sent) {
			if (leg.address !== this.leg.address || leg.port !== this.leg.port) continue;
			if (message.read(bytes) && message.isTransaction(this.transaction)) return readPeerAnswer(message, this.who);
		}
		return undefined;
	}

	/** The introductions among what the server has sent. */
	pushedOf(sent: readonly SentDatagram[]): PushedIntroduction[] {
		const message = new StunReader();
		const found: PushedIntroduction[] = [];
		for (const { leg, bytes } of sent) {
			if (leg.address !== this.leg.address || leg.port !== this.leg.port || !message.read(bytes)) continue;
			const pushed = readIntroduction(message, this.who);
			if (pushed !== undefined) found.push(pushed);
		}
		return found;
	}

	/** Confirms an introduction. */
	confirm(pushed: PushedIntroduction): void {
		this.rig.give(writeIntroduced(this.who, pushed), this.leg);
	}
}
