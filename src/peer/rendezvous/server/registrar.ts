import { toHex } from "../../../base/hex";
import type { HmacSha1 } from "../../../base/sha1";
import { HmacSha256 } from "../../../base/sha256";
import type { Millis, Seconds } from "../../../core/time";
import * as stun from "../../../wire/stun";
import type { StunReader } from "../../../wire/stun-reader";
import { StunWriter } from "../../../wire/stun-writer";
import { encodeDeviceRecord, ROUND_TRIP_AT, ROUND_TRIP_MAX, readDeviceRecord } from "../device-record";
import { ECHO, KEEP_ALIVE_MODES, NOT_FOUND, RECORD, REGISTER, TOO_MANY, WITHDRAW } from "../peer-attributes";
import { writeAction } from "../peer-request";
import { acceptedCandidates } from "./accepted-candidates";
import { type DeviceTable, HOME_OCTETS } from "./device-table";
import type { KeyedHash } from "./keyed-hash";
import type { Leg, LegOctets } from "./leg";
import type { MatchingCounters, MatchingOptions } from "./matching-contract";
import { PEER_AT, type RequestAuthor } from "./request-author";
import type { SeenPlaces } from "./seen-places";
import { SessionList } from "./session-list";
import { SourceLimits } from "./source-limits";

/** How many new devices one source may register: enough for many homes behind one carrier-grade NAT that come back at once. */
const NEW_PER_SECOND = 20;
const NEW_BURST = 500;
/** How many ended registrations are remembered. */
const ENDED_MAX = 4096;
/** No lifetime is shorter: it would cost more than it is worth. */
const LIFETIME_MIN: Seconds = 30;

/** A request of a device that was found to be authentic. */
export interface DeviceRequest {
	readonly request: StunReader;
	readonly from: Leg;
	readonly leg: LegOctets;
	readonly author: RequestAuthor;
	/** The device in the table; 0: it is not registered. */
	readonly device: number;
	readonly home: number;
	/** The device is registered from where the request came from. */
	readonly isThere: boolean;
	/** The two numbers of the request's ACTION: the lifetime, and the round trip. */
	readonly value: number;
	readonly more: number;
}

/** Keeps devices registered (P2P-2, P2P-6): refreshes without allocating anything, as they are nearly all that a server gets. */
export class Registrar {
	private readonly writer = new StunWriter();
	private readonly limits: SourceLimits;
	/** The messages by which registrations were ended, as long as copies of them might be taken. */
	private readonly ended = new SessionList(ENDED_MAX);

	constructor(
		private readonly options: MatchingOptions,
		private readonly table: DeviceTable,
		private readonly counters: MatchingCounters,
		private readonly places: SeenPlaces,
		hash: KeyedHash,
	) {
		this.limits = new SourceLimits(hash, NEW_PER_SECOND, NEW_BURST);
	}

	/** Registers or refreshes a device, and answers. @param mac of the home's key */
	register(now: Millis, asked: DeviceRequest, mac: HmacSha1, key: Uint8Array): void {
		const { request, device, value, more } = asked;
		const lifetime = Math.max(LIFETIME_MIN, Math.min(this.options.lifetime, value));
		const until = Math.floor(now / 1000) + lifetime;
		const recordAt = request.find(RECORD);
		if (recordAt >= 0) {
			const code = this.take(now, asked, recordAt, recordAt + request.length, until);
			if (code !== 0) return this.refuse(asked, code, mac, key);
			this.counters.registered++;
		} else {
			if (device === 0 || !asked.isThere) return this.refuse(asked, NOT_FOUND, mac, key);
			this.table.touch(device, until);
			if (more > 0) this.table.patchRecord(device, ROUND_TRIP_AT, Math.min(more, ROUND_TRIP_MAX));
			this.counters.refreshed++;
		}
		this.share(asked, lifetime);
		const { from } = asked;
		const { writer, options } = this;
		writer.respond(stun.SUCCESS, request).address(stun.XOR_MAPPED_ADDRESS, from.address, from.port);
		writeAction(writer, REGISTER, KEEP_ALIVE_MODES.indexOf(options.keepAlive), lifetime, stampOf(options, now));
		this.finish(asked, mac, key);
	}

	/** Ends a registration, and answers. */
	withdraw(now: Millis, asked: DeviceRequest, mac: HmacSha1, key: Uint8Array): void {
		const { request, home, device, author } = asked;
		const at = request.transactionAt;
		const name = toHex(request.bytes, at, at + stun.TRANSACTION_OCTETS);
		const isCopy = this.ended.get(now, name) !== undefined;
		// From elsewhere it is a late message of a device that has registered again since; so is a copy from any sender.
		if (device !== 0 && asked.isThere && !isCopy) {
			this.ended.add(name, { of: "", at: now, turnUntil: 0 });
			this.table.remove(home, device);
			const { registry, edge = "" } = this.options;
			const { ids } = author;
			registry?.remove(toHex(ids, 0, HOME_OCTETS), toHex(ids, PEER_AT), edge);
			this.counters.withdrawn++;
		}
		this.writer.respond(stun.SUCCESS, request);
		writeAction(this.writer, WITHDRAW, 0, 0, stampOf(this.options, now));
		this.finish(asked, mac, key);
	}

	/** Sends an indication to the other address that a registered device has proved, and answers: so the device learns what its NAT keeps. */
	echo(now: Millis, asked: DeviceRequest, mac: HmacSha1, key: Uint8Array): void {
		const { request, device, isThere, from } = asked;
		if (device === 0 || !isThere) return this.refuse(asked, NOT_FOUND, mac, key);
		const place = this.places.proven(now, request);
		if (place === undefined) return this.refuse(asked, stun.BAD_REQUEST, mac, key);
		if (!this.limits.take(now, from.address)) return this.refuse(asked, TOO_MANY, mac, key);
		const { writer, options } = this;
		writer.begin(stun.INDICATION, stun.BINDING, request.bytes, request.transactionAt);
		options.send(place, writer.bytes, writer.start, writer.end);
		writer.respond(stun.SUCCESS, request);
		writeAction(writer, ECHO, 0, 0, stampOf(options, now));
		this.finish(asked, mac, key);
	}

	/** Refuses an authentic request. */
	refuse(asked: DeviceRequest, code: number, mac: HmacSha1, key: Uint8Array): void {
		this.counters.refused++;
		this.writer.respond(stun.ERROR, asked.request).error(code);
		this.finish(asked, mac, key);
	}

	/** Takes a record. @returns 0, or the code of an error */
	private take(now: Millis, asked: DeviceRequest, start: number, end: number, until: Seconds): number {
		const { request, from, leg, author, device, home, more } = asked;
		const record = readDeviceRecord(request.bytes, start, end);
		if (record === undefined || record.key === undefined) return stun.BAD_REQUEST;
		if (device === 0 && !this.limits.take(now, from.address)) return TOO_MANY;
		const candidates = acceptedCandidates(record.candidates, this.places.of(now, request, from));
		const roundTrip = Math.min(more, ROUND_TRIP_MAX);
		const accepted = encodeDeviceRecord({ ...record, roundTrip, candidates });
		if (device !== 0 && asked.isThere && this.table.hasRecord(device, accepted)) {
			this.table.touch(device, until);
			return 0;
		}
		return this.table.put(home, author.ids, PEER_AT, leg, accepted, until) === 0 ? TOO_MANY : 0;
	}

	/** Tells the other instances, if there are any. */
	private share({ author, home }: DeviceRequest, lifetime: Seconds): void {
		const { registry, edge = "" } = this.options;
		if (registry === undefined) return;
		const { ids } = author;
		const device = this.table.find(home, ids, PEER_AT);
		const record = this.table.record(device);
		const homeKey = this.table.publicKeyOf(home);
		registry.put({ home: toHex(ids, 0, HOME_OCTETS), peer: toHex(ids, PEER_AT), edge, homeKey, record }, lifetime);
	}

	private finish({ request, from }: DeviceRequest, mac: HmacSha1, key: Uint8Array): void {
		const { writer } = this;
		if (request.hasIntegrity256) writer.integrity256(new HmacSha256(key));
		else writer.integrity(mac);
		writer.fingerprint();
		this.options.send(from, writer.bytes, writer.start, writer.end);
	}
}

/** The server's time in its messages: of the date, or else of its start. */
export function stampOf({ utc }: Pick<MatchingOptions, "utc">, now: Millis): number {
	return Math.floor(utc() ?? now / 1000);
}
