import { toHex } from "../../../base/hex";
import { HmacSha1 } from "../../../base/sha1";
import { HmacSha256 } from "../../../base/sha256";
import { utf8Encode } from "../../../base/text";
import type { Millis } from "../../../core/time";
import { KEY_OCTETS } from "../../../ports/ciphers";
import * as stun from "../../../wire/stun";
import type { StunReader } from "../../../wire/stun-reader";
import { StunWriter } from "../../../wire/stun-writer";
import type { TurnServer } from "../../candidate";
import { SESSION_OCTETS } from "../../introduction";
import { PEER_OCTETS } from "../../peer-identity";
import type { Registration } from "../../peer-registry";
import { isPeerTicketGood } from "../../peer-ticket";
import { encodeDeviceRecord, ROUND_TRIP_MAX, readDeviceRecord } from "../device-record";
import {
	ACTION,
	FIND,
	FOUND,
	INTRODUCE,
	NOT_FOUND,
	PEERS,
	RECORD,
	SELECT,
	SESSION,
	TICKET,
	TOO_MANY,
	TURN,
	WITH_ADDRESSES,
} from "../peer-attributes";
import { writeAction } from "../peer-request";
import { sealTurn } from "../turn-seal";
import { acceptedCandidates } from "./accepted-candidates";
import { type ListedDevice, readQuery, roundTripOf, searchDevices } from "./device-search";
import { type DeviceTable, HOME_OCTETS } from "./device-table";
import { type EdgeIntroduction, encodeEdgeIntroduction, readEdgeIntroduction } from "./edge-message";
import type { KeyedHash } from "./keyed-hash";
import type { Leg } from "./leg";
import type { MatchingCounters, MatchingOptions } from "./matching-contract";
import { PushQueue } from "./push-queue";
import { stampOf } from "./registrar";
import { PEER_AT } from "./request-author";
import type { SeenPlaces } from "./seen-places";
import { SessionList } from "./session-list";
import { type AcceptedRequest, beginAnswer, signAnswer } from "./signed-answers";
import { SourceLimits } from "./source-limits";
import { startDelays } from "./start-delay";
import { TURN_LIFE } from "./turn-issuer";
import type { ViewerRequest } from "./viewer-request";

/** Searches and selections of one source, and how often one device may be disturbed. */
const ASKED_PER_SECOND = 5;
const ASKED_BURST = 100;
const DISTURBED_PER_SECOND = 2;
const DISTURBED_BURST = 40;
/** How often by one ticket: a guest leaves something to others. */
const TICKET_PER_SECOND = 1;
const TICKET_BURST = 20;
/** How many introductions are known at a time. */
const SESSIONS_MAX = 8192;
/** Octets of {@link EdgeIntroduction.ids}. */
const IDS = HOME_OCTETS + PEER_OCTETS;

/** A selection that was accepted. */
interface Selection {
	readonly viewer: Omit<ViewerRequest, "ids">;
	/** The home, then the device. */
	readonly ids: Uint8Array;
	readonly requester: Uint8Array;
	readonly session: Uint8Array;
	/** Of who asks. */
	readonly record: Uint8Array;
	/** The device has been told already, and only the answer is sent again. */
	readonly isRepeat: boolean;
	/** The device gets more candidates of a session that it knows. */
	readonly isUpdate: boolean;
	readonly turnUntil: number;
}

/** Lists devices, and introduces those who ask to those who are asked for (P2P-3). */
export class Introducer {
	readonly pushes: PushQueue;
	private readonly sessions = new SessionList(SESSIONS_MAX);
	private readonly sessionHmac: HmacSha256;
	private readonly asked: SourceLimits;
	private readonly disturbed: SourceLimits;
	private readonly byTicket: SourceLimits;

	constructor(
		private readonly options: MatchingOptions,
		private readonly table: DeviceTable,
		private readonly counters: MatchingCounters,
		private readonly places: SeenPlaces,
		hash: KeyedHash,
	) {
		this.pushes = new PushQueue(options);
		this.asked = new SourceLimits(hash, ASKED_PER_SECOND, ASKED_BURST);
		this.disturbed = new SourceLimits(hash, DISTURBED_PER_SECOND, DISTURBED_BURST);
		this.byTicket = new SourceLimits(hash, TICKET_PER_SECOND, TICKET_BURST);
		const key = new Uint8Array(KEY_OCTETS);
		options.random.fill(key);
		this.sessionHmac = new HmacSha256(key);
	}

	private get now(): Millis {
		return this.options.now();
	}

	/** Answers a search. */
	find(viewer: ViewerRequest, message: StunReader): void {
		const { request, ticket, home } = viewer;
		const query = readQuery(message);
		if (query === undefined) return this.refuse(request, stun.BAD_REQUEST);
		if (!isPeerTicketGood(ticket, this.options.utc(), "")) return this.refuse(request, stun.FORBIDDEN);
		if (!this.asked.take(this.now, request.leg.address)) return this.refuse(request, TOO_MANY);
		const flags = flagsOf(message) & WITH_ADDRESSES;
		const answer = (devices: readonly ListedDevice[]): void => {
			const { value, left } = searchDevices(devices, query, ticket, flags !== 0);
			const writer = beginAnswer(request);
			writeAction(writer, FIND, flags, left, stampOf(this.options, this.now));
			writer.octets(FOUND, value);
			this.counters.found++;
			this.send(signAnswer(writer, request), request.leg);
		};
		const { registry } = this.options;
		if (registry === undefined) return answer(this.devicesOf(home));
		const ids = viewer.ids.slice();
		registry.list(ticket.home, (found) => {
			// Where the store does not answer, those are better than none that have registered here.
			answer(found ?? this.devicesOf(this.table.findHome(ids, 0)));
		});
	}

	/** Introduces who asks to a device. */
	select(viewer: ViewerRequest, message: StunReader): void {
		const { request, ticket } = viewer;
		const peersAt = message.findOf(PEERS, 2 * PEER_OCTETS);
		const recordAt = message.find(RECORD);
		const record = recordAt < 0 ? undefined : readDeviceRecord(message.bytes, recordAt, recordAt + message.length);
		if (peersAt < 0 || record === undefined) return this.refuse(request, stun.BAD_REQUEST);
		const ids = new Uint8Array(IDS);
		ids.set(viewer.ids.subarray(0, HOME_OCTETS));
		ids.set(message.bytes.subarray(peersAt, peersAt + PEER_OCTETS), PEER_AT);
		const requester = message.bytes.slice(peersAt + PEER_OCTETS, peersAt + 2 * PEER_OCTETS);
		const peer = toHex(ids, PEER_AT);
		if (!isPeerTicketGood(ticket, this.options.utc(), peer)) return this.refuse(request, stun.FORBIDDEN);
		if (!this.asked.take(this.now, request.leg.address)) return this.refuse(request, TOO_MANY);
		const of = `${peer} ${toHex(requester)} ${viewer.text}`;
		const given = message.octets(SESSION, SESSION_OCTETS);
		const session = given ?? this.sessionFor(request, of);
		const known = this.sessions.get(this.now, toHex(session));
		const isUpdate = given !== undefined;
		if (isUpdate && known?.of !== of) return this.refuse(request, NOT_FOUND);
		const candidates = acceptedCandidates(record.candidates, this.places.of(this.now, message, request.leg));
		const roundTrip = Math.min(viewer.roundTrip, ROUND_TRIP_MAX);
		const turnUntil = known?.turnUntil ?? (this.options.utc() ?? 0) + TURN_LIFE;
		const isRepeat = known !== undefined && !isUpdate;
		if (!isRepeat && !this.mayDisturb(viewer, peer)) return this.refuse(request, TOO_MANY);
		if (known === undefined) this.sessions.add(toHex(session), { of, at: this.now, turnUntil });
		this.introduce({
			viewer,
			ids,
			requester,
			session,
			record: encodeDeviceRecord({ ...record, roundTrip, candidates }),
			isRepeat,
			isUpdate,
			turnUntil,
		});
	}

	/** Another instance sends an introduction for a device that has registered here. */
	told(message: Uint8Array): void {
		const introduction = readEdgeIntroduction(message);
		if (introduction === undefined) return;
		const device = this.deviceOf(introduction.ids);
		if (device !== 0) this.push(device, introduction);
		this.options.woken?.();
	}

	/** A device confirms a push; its round trip is measured by that. */
	confirmed(message: StunReader, from: Leg): void {
		this.pushes.take(this.now, message, from);
	}

	/** Refuses an authentic request. */
	refuse(request: AcceptedRequest, code: number): void {
		this.counters.refused++;
		this.send(signAnswer(beginAnswer(request, code), request), request.leg);
	}

	private introduce(selection: Selection): void {
		const { ids } = selection;
		const { registry, edge } = this.options;
		if (registry === undefined) return this.introduceHere(selection, NOT_FOUND);
		// The store first: the device may have gone to another instance, and this one not have noticed yet.
		registry.get(toHex(ids, 0, HOME_OCTETS), toHex(ids, PEER_AT), (found) => {
			if (found === undefined) this.introduceHere(selection, stun.SERVER_ERROR);
			else if (found === "none" || found.edge === edge) this.introduceHere(selection, NOT_FOUND);
			else this.tell(selection, found);
			this.options.woken?.();
		});
	}

	/** Introduces to a device of this instance. @param otherwise the code of the refusal when it has none such */
	private introduceHere(selection: Selection, otherwise: number): void {
		const { ids, viewer, isRepeat } = selection;
		const device = this.deviceOf(ids);
		if (device === 0) return this.refuse(viewer.request, otherwise);
		const record = this.table.record(device);
		const delays = startDelays(viewer.roundTrip, roundTripOf(record));
		if (!isRepeat) this.push(device, { ...this.introductionOf(selection), startDelay: delays.device });
		this.answer(selection, record, delays.viewer);
	}

	/** Lets the instance where the device has registered tell it, and answers once that instance has heard. */
	private tell(selection: Selection, { edge, record }: Registration): void {
		const { viewer } = selection;
		const delays = startDelays(viewer.roundTrip, roundTripOf(record));
		if (selection.isRepeat) return this.answer(selection, record, 0);
		const message = encodeEdgeIntroduction({ ...this.introductionOf(selection), startDelay: delays.device });
		this.options.registry?.tell(edge, message, (isHeard) => {
			if (isHeard === true) this.answer(selection, record, delays.viewer);
			else this.refuse(viewer.request, isHeard === false ? NOT_FOUND : stun.SERVER_ERROR);
		});
	}

	private introductionOf({ ids, requester, session, viewer, record }: Selection): Omit<EdgeIntroduction, "startDelay"> {
		return { ids, requester, session, ticket: viewer.text, record };
	}

	/** Tells a device of this instance that somebody wants to reach it (P2P-7). */
	private push(device: number, { ids, requester, session, startDelay, ticket, record }: EdgeIntroduction): void {
		const key = new Uint8Array(KEY_OCTETS);
		this.table.copyKey(this.table.findHome(ids, 0), key);
		const transaction = new Uint8Array(stun.TRANSACTION_OCTETS);
		this.options.random.fill(transaction);
		const writer = new StunWriter().begin(stun.REQUEST, stun.BINDING, transaction);
		writeAction(writer, INTRODUCE, 0, Math.round(startDelay), stampOf(this.options, this.now));
		writer.octets(SESSION, session).octets(PEERS, requester).octets(RECORD, record).text(TICKET, ticket);
		const leg = this.table.legOf(device);
		const turn = this.turnForDevice(leg, session);
		if (turn !== undefined) writer.octets(TURN, sealTurn(key, session, turn));
		writer.integrity(new HmacSha1(key)).fingerprint();
		const message = writer.bytes.slice(writer.start, writer.end);
		this.pushes.add(this.now, leg, message, transaction, key);
	}

	/**
	 * Makes credentials of the TURN server for a device. It needs them where its network lets no UDP through, and where its NAT has several
	 * public addresses: the requester's relayed address lets in only the one that was seen here. They are the same for all pushes of a
	 * session on a day, as they are sealed with the same octets.
	 */
	private turnForDevice({ address }: Leg, session: Uint8Array): TurnServer | undefined {
		const utc = this.options.utc();
		if (utc === undefined) return undefined;
		const until = (Math.floor(utc / TURN_LIFE) + 2) * TURN_LIFE;
		return this.options.turn?.issue(address.includes(":"), until, toHex(session));
	}

	/** Tells who asked where the device is. */
	private answer(selection: Selection, record: Uint8Array, startDelay: Millis): void {
		const { viewer, ids, session, isRepeat, isUpdate, turnUntil } = selection;
		const { request } = viewer;
		const writer = beginAnswer(request);
		const delay = isRepeat || isUpdate ? 0 : Math.round(startDelay);
		writeAction(writer, SELECT, 0, delay, stampOf(this.options, this.now));
		writer.octets(SESSION, session).octets(PEERS, ids, PEER_AT).octets(RECORD, record);
		const isIpv6 = request.leg.address.includes(":");
		const turn = this.options.turn?.issue(isIpv6, turnUntil, toHex(session));
		if (turn !== undefined) writer.octets(TURN, sealTurn(request.key, session, turn));
		if (!isRepeat && !isUpdate) this.counters.introduced++;
		this.send(signAnswer(writer, request), request.leg);
	}

	/** Another home may have a device of the same identity. */
	private mayDisturb({ ticket, text }: ViewerRequest, peer: string): boolean {
		const { now } = this;
		return this.byTicket.take(now, `${peer} ${text}`) && this.disturbed.take(now, `${ticket.home} ${peer}`);
	}

	/** The same session for all copies of a request. */
	private sessionFor({ transaction, leg }: AcceptedRequest, of: string): Uint8Array {
		const text = utf8Encode(`${toHex(transaction)} ${leg.address} ${leg.port} ${of}`);
		return this.sessionHmac.sign(text).slice(0, SESSION_OCTETS);
	}

	private deviceOf(ids: Uint8Array): number {
		const home = this.table.findHome(ids, 0);
		const device = home === 0 ? 0 : this.table.find(home, ids, PEER_AT);
		return device === 0 || this.table.isOver(device, Math.floor(this.now / 1000)) ? 0 : device;
	}

	private devicesOf(home: number): readonly ListedDevice[] {
		const { table } = this;
		const devices: ListedDevice[] = [];
		const peer = new Uint8Array(PEER_OCTETS);
		const seconds = Math.floor(this.now / 1000);
		for (let device = home === 0 ? 0 : table.firstOf(home); device !== 0; device = table.nextOf(device)) {
			if (table.isOver(device, seconds)) continue;
			table.copyPeer(device, peer);
			devices.push({ peer: toHex(peer), record: table.record(device) });
		}
		return devices;
	}

	private send(writer: StunWriter, leg: Leg): void {
		this.options.send(leg, writer.bytes, writer.start, writer.end);
	}
}

function flagsOf(message: StunReader): number {
	const at = message.find(ACTION);
	return at < 0 ? 0 : message.bytes[at + 1];
}
