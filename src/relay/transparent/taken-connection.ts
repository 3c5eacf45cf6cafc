import { utf8Encode } from "../../base/text";
import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import { fieldOf } from "../../wire/text-message";
import { firstLineOf } from "./first-line";
import { isLiveAnswer, type JudgedRequest, judgeRequest } from "./judgement";
import { REST_LIMIT, Splice } from "./splice";
import type { CandidateFate, PassReason, TakenConnectionOwner } from "./taken-connection-owner";
import { HELD_MAX, Turns } from "./turns";

/** A viewer that has sent nothing for this long waits for the server to begin. */
const FIRST_LIMIT: Millis = 3000;
/** What comes next; numbers, as XS copies a string each time it is compared. */
type State = number;
/** The viewer's first line. */
const FIRST: State = 0;
/** The head of a request. */
const REQUEST: State = 1;
/** The body of a request that passes. */
const BODY: State = 2;
/** The answer to a request that passes. */
const ANSWER: State = 3;
/** The owner's word on a candidate. */
const FATE: State = 4;
/** The answer to a candidate, which is held back. */
const PROBE: State = 5;
/** Nothing in particular: octets pass. */
const OPAQUE: State = 6;

/** The methods of the relay's RTSP server. */
const METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN";

const NOTHING = new Uint8Array(0);

/**
 * A connection that a transparent relay has taken: passes what is no live stream between viewer and origin untouched, and hands the
 * viewer over to the relay where it asks for one (REP-1).
 *
 * Requests and answers are followed while they take turns. Whatever is encrypted, can't be read or comes out of turn ends that: then
 * octets pass, and nothing is looked at. Where the relay can't serve a stream, the origin does: so its refusals are its own (REP-2).
 */
export class TakenConnection extends Splice {
	private state = FIRST;
	/** What the viewer sent that is not passed on, or may have to be passed on again. */
	private held: Uint8Array = NOTHING;
	/** The length of the request's head in {@link held}. */
	private head = 0;
	/** The answer to a candidate as far as it has come. */
	private answer: Uint8Array = NOTHING;
	private request: JudgedRequest | undefined;
	private turns: Turns | undefined;

	/** @param address, port those that the viewer's connection was for: the origin's */
	constructor(
		private readonly owner: TakenConnectionOwner,
		now: Millis,
		readonly address: string,
		readonly port: number,
	) {
		super(now);
		this.viewer.deadline = now + FIRST_LIMIT;
	}

	close(now: Millis): void {
		if (this.isOver) return;
		const { state, request } = this;
		this.end();
		if (state === PROBE && request !== undefined) this.owner.isNotLive(now, this, request, false);
		this.origin.out?.abort();
		this.viewer.out?.abort();
	}

	protected fromViewer(now: Millis, bytes: Uint8Array): void {
		const { state } = this;
		if (state === OPAQUE) return this.up.take(bytes);
		if (state === BODY) return this.body(bytes);
		if (state === PROBE) return this.giveUp(now, bytes);
		if (state === ANSWER) {
			// The next request, if the viewer has the whole answer to the one before.
			if (this.turns?.isAnswered !== true || !this.down.isEmpty) return this.pass("not a live stream", bytes);
			this.turns.next();
			this.state = REQUEST;
		}
		if (this.held.length + bytes.length > HELD_MAX) {
			// It is not read while it waits, so this is no client that waits for an answer.
			return state === FATE ? this.close(now) : this.pass("not a live stream", bytes);
		}
		const start = this.held.length;
		this.held = joined(this.held, bytes);
		if (state === FIRST) this.first(now);
		else if (state !== FATE) this.asks(now, start);
	}

	protected fromOrigin(now: Millis, bytes: Uint8Array): void {
		const { state, turns } = this;
		if (state === PROBE) return this.probe(now, bytes);
		if (state === FATE && this.answer.length > 0) {
			this.answer = joined(this.answer, bytes);
			if (this.answer.length > 2 * HELD_MAX) this.close(now);
			return;
		}
		this.down.take(bytes);
		if (state === OPAQUE) return;
		// An answer to the request, or something that nobody has asked for.
		const isTurn = (state === ANSWER || state === BODY) && turns?.follow(bytes) === true;
		if (!isTurn && state !== FATE) this.pass("not a live stream");
	}

	protected viewerGone(now: Millis, why: EndReason): void {
		const { state } = this;
		if (why !== "closed") return this.close(now);
		this.viewerEnded = true;
		if (state === FATE) return;
		// A connection without a request is nothing that the origin must know of.
		if (!this.isDialled && this.held.length === 0) return this.close(now);
		if (state === PROBE) this.giveUp(now, NOTHING);
		else if (state < FATE) this.pass("not a live stream");
		this.up.end();
	}

	protected originGone(now: Millis, why: EndReason): void {
		const { state } = this;
		const { isOpen } = this.origin;
		// It is dialled again, if it is needed.
		if (state === FATE) return this.leaveOrigin();
		if (state === PROBE && isOpen) this.giveUp(now, NOTHING);
		else if (!isOpen) {
			this.owner.unreachable(this, why);
			return this.close(now);
		}
		if (why === "closed") {
			this.originEnded = true;
			if (this.state < FATE) this.pass("not a live stream");
			this.down.end();
		} else if (!this.originEnded) this.close(now);
		else {
			this.up.drop();
			this.viewer.until(now + REST_LIMIT);
		}
	}

	/** Reads the viewer's first line. */
	private first(now: Millis): void {
		const first = firstLineOf(this.held);
		if (first === "unknown") return;
		if (first === "encrypted") return this.pass("encrypted");
		if (first === "other") return this.pass("not a live stream");
		this.turns = new Turns(first);
		this.state = REQUEST;
		this.asks(now, 0);
	}

	/** Reads what is held from `start` on as the head of a request. */
	private asks(now: Millis, start: number): void {
		const { turns } = this;
		const head = turns?.readHead(this.held, start) ?? -1;
		if (head < 0 || turns === undefined) return this.pass("not a live stream");
		if (head === 0) return;
		this.head = head;
		const request = judgeRequest(turns.request, turns.protocol);
		this.request = request;
		if (request.verdict === "opaque") return this.pass("not a live stream");
		if (request.verdict === "pass" || !turns.isAsked) return this.forward();
		this.state = FATE;
		this.viewer.out?.reading(false);
		this.owner.ask(now, this, request, (then, fate) => this.decided(then, fate));
	}

	/** The owner's word on the candidate. */
	private decided(now: Millis, fate: CandidateFate): void {
		const { request, held, viewer } = this;
		if (request === undefined) return;
		if (this.state !== FATE) {
			if (fate === "probe") this.owner.isNotLive(now, this, request, false);
			return;
		}
		if (fate === "relay" && !request.tells && !this.viewerEnded) return this.answerOptions();
		if (fate === "relay" && !this.viewerEnded) {
			const origin = this.origin.out;
			this.end();
			origin?.abort();
			viewer.out?.reading(true);
			return this.owner.handOver(this, request, held);
		}
		if (held.length > this.head || this.viewerEnded) {
			// The origin has the request already, if there is an answer.
			if (this.answer.length > 0) this.held = held.subarray(this.head);
			this.down.take(this.answer);
			this.answer = NOTHING;
			if (fate === "probe") this.owner.isNotLive(now, this, request, false);
			this.pass("not a live stream");
			if (this.viewerEnded) this.up.end();
		} else if (fate === "probe") {
			this.dial();
			this.turns?.expectAnswer();
			this.state = PROBE;
			this.up.take(held);
		} else if (this.answer.length > 0) this.keepAnswer();
		else this.forward();
		viewer.out?.reading(true);
	}

	/** Answers as the origin would, without asking it: what can be asked for is a live stream that the relay serves. @see RFC 2326 §10.1 */
	private answerOptions(): void {
		const { turns, held, head, viewer } = this;
		if (turns === undefined) return;
		const cseq = fieldOf(turns.request, "cseq") ?? "";
		this.held = NOTHING;
		this.state = REQUEST;
		turns.next();
		this.down.take(utf8Encode(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\nPublic: ${METHODS}\r\n\r\n`));
		viewer.out?.reading(true);
		// A client may send its next request without waiting.
		if (held.length > head) this.fromViewer(this.last, held.slice(head));
	}

	/** The viewer gets the answer that was held back, and goes on with the origin. */
	private keepAnswer(): void {
		const { answer } = this;
		this.answer = this.held = NOTHING;
		this.state = ANSWER;
		this.down.take(answer);
	}

	/** Passes the request on, and follows its answer. */
	private forward(): void {
		const { held, head } = this;
		this.held = NOTHING;
		this.dial();
		this.turns?.expectAnswer();
		this.up.take(held.subarray(0, head));
		this.state = BODY;
		this.body(held.subarray(head));
	}

	/** Passes a piece of a request's body on. */
	private body(bytes: Uint8Array): void {
		const { turns } = this;
		if (turns?.readBody(bytes) !== true) return this.pass("not a live stream", bytes);
		this.up.take(bytes);
		if (turns.isAsked) this.state = ANSWER;
	}

	/** Reads the answer to a candidate. */
	private probe(now: Millis, bytes: Uint8Array): void {
		const { turns, request } = this;
		const start = this.answer.length;
		this.answer = joined(this.answer, bytes);
		const end = turns?.readAnswer(this.answer, start) ?? -1;
		if (end < 0 || turns === undefined || request === undefined) return this.giveUp(now, NOTHING);
		if (end === 0) return;
		const { answer } = this;
		this.answer = NOTHING;
		if (isLiveAnswer(turns.answer, turns.protocol)) {
			// Over HTTP the origin is left first: it may have room for one viewer only, and that is the relay. A description takes no
			// room, and to leave may end what the relay is about to ask for.
			if (turns.protocol === "http") this.leaveOrigin();
			else this.answer = answer;
			this.state = FATE;
			this.viewer.out?.reading(false);
			return this.owner.isLive(now, this, request, (then, fate) => this.decided(then, fate));
		}
		this.held = NOTHING;
		this.state = ANSWER;
		this.down.take(answer);
		if (!turns.follow(answer, end)) this.pass("not a live stream");
		this.owner.isNotLive(now, this, request, true);
	}

	/** The answer to a candidate can't be judged: all passes. @param bytes of the viewer */
	private giveUp(now: Millis, bytes: Uint8Array): void {
		const { request, answer } = this;
		// The origin has the request already.
		this.answer = this.held = NOTHING;
		this.down.take(answer);
		this.pass("not a live stream", bytes);
		if (request !== undefined) this.owner.isNotLive(now, this, request, true);
	}

	/** From now on all passes. @param bytes of the viewer, behind what is held */
	private pass(why: PassReason, bytes: Uint8Array = NOTHING): void {
		const { held } = this;
		this.held = NOTHING;
		this.state = OPAQUE;
		this.turns = undefined;
		this.rest();
		this.dial();
		this.up.take(held);
		this.up.take(bytes);
		this.owner.passes(this, why);
	}

	protected override leaveOrigin(): void {
		this.answer = NOTHING;
		super.leaveOrigin();
	}

	protected dials(): void {
		this.owner.dial(this);
	}

	protected silent(): void {
		if (this.state === FIRST || (this.state === REQUEST && !this.isDialled)) this.pass("silent");
	}

	protected override end(): void {
		this.held = this.answer = NOTHING;
		this.turns = undefined;
		super.end();
	}
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
	if (a.length === 0) return b.slice();
	const whole = new Uint8Array(a.length + b.length);
	whole.set(a);
	whole.set(b, a.length);
	return whole;
}
