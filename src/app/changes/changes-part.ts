import type { Moment } from "../../access/access-tokens";
import { type Need, permits } from "../../access/role";
import type { Machine } from "../../core/machine";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { MESSAGES } from "../../web/messages";
import { fieldOf } from "../../wire/text-message";
import type { Node } from "../node";
import { get, type Metric, type Part, type Route, type SiteRequest } from "../part";
import { type ChangeBody, ChangeStream, type ChangeStreamOwner, type FollowingRequest } from "./change-stream";

/** The most visitors who follow changes at a time, and those from one address; a small device has fewer. */
const STREAMS_MAX = 16;
const STREAMS_PER_ADDRESS = 4;
/** The time between two heartbeats, by which pages see that the connection is lost. */
const HEARTBEAT: Millis = 5000;
/** The time between two of them at which it is also looked whether links have expired. */
const LINKS: Millis = 20_000;
/** The least time between two looks at what has changed. */
const SPACING: Millis = 1000;
/** When a browser tries again whose connection was lost. */
const FIRST = "retry: 3000\n\n";

const ROUTES: readonly Route<ChangesPart>[] = Object.freeze([
	get("/api/v1/changes", (changes: ChangesPart, request, reply) => changes.stream(request, reply)),
]);

/** The time as sessions count it. */
export interface ChangesClock {
	moment(now: Millis): Moment;
}

/** Something that visitors are told of whenever it changes. */
interface Subject {
	readonly name: string;
	readonly body: ChangeBody;
	readonly need: Need;
}

/**
 * Tells open pages and programs what has changed, by server-sent events.
 *
 * A part calls {@link watch} once for what has a state, and {@link publish} for what happens. While nobody listens nothing runs, and
 * nothing is made.
 */
export class ChangesPart implements Part, Machine<undefined>, ChangeStreamOwner {
	readonly routes = ROUTES;
	deadline: Millis = Infinity;
	private readonly subjects: Subject[] = [];
	private readonly streams = new Set<ChangeStream>();
	private readonly handle: Handle<ChangesPart, undefined>;
	/** When all visitors were told last, and when the next heartbeat is due. */
	private toldAt: Millis = -Infinity;
	private beatAt: Millis = Infinity;
	private linksAt: Millis = Infinity;

	constructor(
		private readonly node: Node,
		private readonly clock: ChangesClock,
	) {
		this.handle = node.pump.add<undefined, ChangesPart>(this, undefined);
	}

	/**
	 * Tells visitors of something now, and whenever it has changed when parts are told to `refresh`.
	 * @param name of the event
	 * @param body asked often; what it returns differs only when the visitor should be told
	 */
	watch(name: string, body: ChangeBody, need: Need = "viewer"): void {
		this.subjects.push({ name, body, need });
	}

	/** Sends an event to all who listen. It replaces an event of the same name that is still waiting to be sent. */
	publish(name: string, body: ChangeBody, need: Need = "viewer"): void {
		for (const stream of this.streams) if (permits(stream.request.visitor?.role, need)) stream.note(name, body);
		this.tellSoon(this.node.now);
	}

	/** Answers with the changes, as long as the visitor listens. */
	stream(request: SiteRequest, reply: HttpReply): void {
		let ofAddress = 0;
		for (const { request: other } of this.streams) if (other.remoteAddress === request.remoteAddress) ofAddress++;
		if (this.streams.size >= this.most || ofAddress >= STREAMS_PER_ADDRESS)
			return reply.error(503, MESSAGES.refused.listeners, [["Retry-After", "30"], ...NO_STORE]);
		const stream = new ChangeStream(kept(request), FIRST, this);
		this.streams.add(stream);
		this.noteAll(stream);
		if (this.beatAt === Infinity) {
			this.beatAt = request.now + HEARTBEAT;
			this.linksAt = request.now + LINKS;
		}
		this.handle.call(() => this.plan());
		reply.stream(200, [["Content-Type", "text/event-stream"], ["X-Accel-Buffering", "no"], ...NO_STORE], stream);
	}

	/** @see Part */
	refresh(): void {
		if (this.streams.size === 0) return;
		for (const stream of this.streams) this.noteAll(stream);
		this.tellSoon(this.node.now);
	}

	/** @see Part */
	metrics(): readonly Metric[] {
		return [["change_listeners", "gauge", "Visitors who are told of changes", this.streams.size]];
	}

	/** @see Machine */
	expire(now: Millis): void {
		if (now < this.deadline) return;
		const isBeat = now >= this.beatAt;
		const isLook = isBeat && now >= this.linksAt;
		if (isBeat) this.beatAt = now + HEARTBEAT;
		if (isLook) this.linksAt = now + LINKS;
		if (isLook || !isBeat) this.toldAt = now;
		this.deadline = this.beatAt;
		const { seconds } = this.clock.moment(now);
		for (const stream of [...this.streams]) {
			const { until = 0 } = stream.request.visitor ?? {};
			if (until > 0 && until <= seconds) {
				stream.end(now);
				continue;
			}
			stream.request.now = now;
			if (isLook) this.noteAll(stream);
			stream.wake(now, isBeat);
		}
		this.plan();
	}

	/** The most visitors at a time: a quarter of the connections, so that the others are left for pages. */
	private get most(): number {
		const { connections } = this.node.host;
		if (connections === undefined) return STREAMS_MAX;
		return Math.min(STREAMS_MAX, Math.max(1, Math.floor(connections / 4)));
	}

	private noteAll(stream: ChangeStream): void {
		const role = stream.request.visitor?.role;
		for (const { name, body, need } of this.subjects) if (permits(role, need)) stream.note(name, body);
	}

	private tellSoon(now: Millis): void {
		if (this.streams.size === 0) return;
		const at = Math.max(now, this.toldAt + SPACING);
		if (at >= this.deadline) return;
		this.deadline = at;
		this.handle.called();
	}

	private plan(): void {
		if (this.streams.size === 0) this.beatAt = this.deadline = Infinity;
		else this.deadline = Math.min(this.deadline, this.beatAt);
	}

	/** @see ChangeStreamOwner */
	changesGone(stream: ChangeStream): void {
		this.streams.delete(stream);
		this.handle.call(() => this.plan());
	}
}

/** A request for as long as its answer takes: the connection forgets the head, of which only the host says where the visitor is. */
function kept(request: SiteRequest): FollowingRequest {
	const { message } = request;
	const host = fieldOf(message, "host");
	return { ...request, message: { ...message, fields: host === undefined ? [] : [["host", host]] } };
}
