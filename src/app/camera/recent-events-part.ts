import type { Millis, Octets, Seconds } from "../../core/time";
import type { Member } from "../../fleet/member";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { LumaReader } from "../../ports/luma";
import { MOTION_EVENTS_SCHEMA, type MotionEventsSettings } from "../../settings/motion-events-schema";
import type { ApiDescription } from "../../web/api";
import { MESSAGES } from "../../web/messages";
import { recentEventsPage } from "../../web/recent-events-page";
import { NAS_KIND } from "../../wire/nas-service";
import type { Headers } from "../../wire/text-message";
import { askMember } from "../fleet/ask-member";
import type { HttpCall } from "../http-call";
import { get, type Part, type Route, type SiteRequest } from "../part";
import type { Camera, ExtraPart } from "./camera";
import { readListedEvents } from "./listed-events";
import { OwnEvents } from "./own-events";
import { ownMotionOf } from "./own-motion";

/** The events that are shown. */
const SHOWN = 6;
/** How far back they are looked for. */
const SPAN: Millis = 7 * 86_400_000;
/** A list counts for so long, however many visitors look at it. */
const FRESH: Millis = 5000;
/** The most requests to the NAS at a time. */
const REQUESTS_MAX = 8;
const LIST_MAX: Octets = 16_384;
const PICTURE_MAX: Octets = 1_048_576;
/** How long a login at the NAS is valid: tickets end at whole periods of two minutes. */
const TICKET: Seconds = 300;
/** The limit of a request to the NAS. */
const LIMIT: Millis = 10_000;

const LIST = "/api/v1/events";
const PAGE = "/events";
const EVENT = "/events/{id}";
const PICTURE = "/events/{id}/picture.jpg";
const ACCEPTED: Headers = Object.freeze([Object.freeze(["Accept", "application/json, image/jpeg"] as const)]);
/** The picture of an event becomes better while it lasts. */
const STILL: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, max-age=60"] as const)]);

const ROUTES: readonly Route<RecentEventsPart>[] = Object.freeze([
	get(LIST, (part: RecentEventsPart, _request, reply) => part.list(reply)),
	get(PAGE, (part: RecentEventsPart, request, reply) => part.page(request, reply)),
	get(EVENT, (part: RecentEventsPart, request, reply) => part.lead(request, reply)),
	get(PICTURE, (part: RecentEventsPart, request, reply) => part.picture(request, reply)),
]);

const DESCRIBED: readonly ApiDescription[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: LIST,
		need: "viewer",
		about:
			"The newest events at this camera, as the NAS of its fleet has them; without a NAS those that the camera keeps itself, if it looks for motion.",
	}),
]);

/** The newest events for a camera that looks for none itself. */
export const RECENT_EVENTS: ExtraPart = Object.freeze({ make: (camera: Camera) => new RecentEventsPart(camera) });

/** The newest events for a camera that looks for motion itself, where its owner wants that. @param luma reads its pictures */
export function recentEvents(luma: LumaReader): ExtraPart {
	return {
		settings: MOTION_EVENTS_SCHEMA,
		make: (camera) => {
			// Hosts read the settings with the schema above.
			const { motionEvents } = camera.settings as unknown as MotionEventsSettings;
			return new RecentEventsPart(camera, luma, motionEvents);
		},
	};
}

/**
 * The newest events at a camera with their pictures, which the NAS of its fleet has (STR-26): asked of the NAS when somebody looks,
 * by a ticket of the fleet, and passed on, so that visitors need not reach the NAS. Only pictures of events that were listed are passed
 * on, as the NAS has those of other cameras too; a link leads to each on the timeline of the NAS. Without a NAS, the camera's own.
 */
class RecentEventsPart implements Part {
	readonly routes = ROUTES;
	readonly described = DESCRIBED;
	/** The last list of the NAS; `undefined`: none yet. */
	private listed: Uint8Array | undefined;
	private listedAt: Millis = -Infinity;
	/** When each of the events that were listed began. */
	private readonly times = new Map<string, Millis>();
	private readonly requests = new Set<HttpCall>();
	/** The status with which the NAS has refused the last question; 0: it has not. */
	private refusal = 0;
	/** The camera's own, while it looks for motion. */
	private own: OwnEvents | undefined;

	/**
	 * @param luma reads the camera's pictures; absent: it cannot look for motion itself
	 * @param looks whether it does
	 */
	constructor(
		private readonly camera: Camera,
		private readonly luma?: LumaReader,
		private readonly looks = false,
	) {}

	/** Whether there is a NAS that may have events, or the camera may. @see Part */
	get hasEvents(): boolean {
		return this.nas !== undefined || this.own !== undefined;
	}

	start(): void {
		this.look(this.looks);
	}

	/** @see Part.takeSetting */
	takeSetting(name: string, value: string): boolean {
		if (name !== "motion-events" || this.luma === undefined) return false;
		this.look(value === "on");
		return true;
	}

	stop(): void {
		this.look(false);
		for (const request of this.requests) request.cancel();
		this.requests.clear();
	}

	/** Answers with the events, the newest last. */
	list(reply: HttpReply): void {
		this.find(reply, (body) => reply.send(200, "application/json", body, NO_STORE));
	}

	/** Answers with a page of the events. */
	page(request: SiteRequest, reply: HttpReply): void {
		const { site, deviceName } = this.camera;
		const visitor = site.visitor(request);
		this.find(reply, (body) => {
			const page = recentEventsPage(visitor, deviceName || MESSAGES.facts.name, readListedEvents(body, SHOWN));
			page.replyWith(reply, 200, NO_STORE);
		});
	}

	/** Leads to an event that was listed: to its time on the timeline of the NAS, or to its picture. */
	lead(request: SiteRequest, reply: HttpReply): void {
		const { nas, camera } = this;
		const id = request.path.split("/")[2];
		if (nas === undefined && this.own?.still(id) !== undefined)
			return reply.redirect(`/events/${id}/picture.jpg`, NO_STORE);
		const at = this.times.get(id);
		const { url = "", ticket = "" } = (nas && camera.site.portal?.otherCamera(request, nas.id)) ?? {};
		if (at === undefined || url === "") return reply.error(404, MESSAGES.refused.nowhere);
		const pass = ticket === "" ? "" : `pass=${ticket}&`;
		reply.redirect(`${url}timeline?${pass}camera=${camera.identity.id}&at=${Math.floor(at)}`, NO_STORE);
	}

	/** Finds the events, the newest last; where the NAS does not tell, the request is refused. */
	private find(reply: HttpReply, use: (body: Uint8Array) => void): void {
		const { listed, nas, own } = this;
		if (nas === undefined && own !== undefined) return use(own.list());
		const { now, identity, host } = this.camera;
		const utc = host.clock.utc();
		if (listed !== undefined && now - this.listedAt < FRESH) return use(listed);
		if (nas === undefined || utc === undefined) return use(NONE);
		const query = `camera=${identity.id}&from=${Math.floor(utc - SPAN)}&max=${SHOWN}&newest=yes`;
		this.ask(nas, `${LIST}?${query}`, LIST_MAX, reply, (body) => {
			this.listed = body;
			this.listedAt = this.camera.now;
			this.times.clear();
			for (const { id, from } of readListedEvents(body, SHOWN)) this.times.set(`${id}`, from);
			use(body);
		});
	}

	/** Answers with the picture of an event that was listed. */
	picture({ path }: SiteRequest, reply: HttpReply): void {
		const id = path.split("/")[2];
		const { nas, own } = this;
		const still = nas === undefined ? own?.still(id) : undefined;
		if (still !== undefined) return reply.send(200, "image/jpeg", still, STILL);
		if (nas === undefined || !this.times.has(id)) return reply.error(404, MESSAGES.refused.nowhere);
		this.ask(nas, `/events/${id}/picture.jpg`, PICTURE_MAX, reply, (body) =>
			reply.send(200, "image/jpeg", body, STILL),
		);
	}

	/** Begins to look for motion, or ends it; harmless when repeated. What was seen before is forgotten. */
	private look(isWanted: boolean): void {
		const { camera, luma, own } = this;
		if (luma === undefined || isWanted === (own !== undefined)) return;
		const motion = ownMotionOf(camera, luma);
		if (own !== undefined) motion.unlisten(own);
		this.own = isWanted ? new OwnEvents(camera.identity.id, camera.video.hub, motion) : undefined;
		if (this.own !== undefined) motion.listen(this.own);
	}

	/** The first NAS of the fleet; `undefined`: none, or a fleet in which anybody can pass for one. */
	private get nas(): Member | undefined {
		const { fleet } = this.camera;
		if (!fleet.sealed) return undefined;
		return fleet.registry
			.sorted()
			.find((member) => !member.isFromTable && member.services.some(({ kind }) => kind === NAS_KIND));
	}

	private ask(
		nas: Member,
		target: string,
		bodyLimit: Octets,
		reply: HttpReply,
		done: (body: Uint8Array) => void,
	): void {
		const { access, pump, now, host } = this.camera;
		const { refused } = MESSAGES;
		if (this.requests.size >= REQUESTS_MAX) return reply.error(503, refused.slow, [["Retry-After", "2"], ...NO_STORE]);
		const moment = access.moment(now);
		const ticket = access.credentials.tickets.issue("viewer", nas.id, moment, moment.seconds + TICKET);
		const question = { method: "GET", target, ticket, headers: ACCEPTED, bodyLimit, timeout: LIMIT } as const;
		const request = askMember({ pump, network: host.network }, nas, question, (answer) => {
			this.requests.delete(request);
			this.note(nas, answer?.status);
			if (answer?.status === 200) done(answer.body);
			else if (answer?.status === 404) reply.error(404, refused.nowhere);
			else reply.error(502, answer === undefined ? refused.slow : refused.nas(answer.status));
		});
		this.requests.add(request);
	}

	/** Writes to the log that the NAS refuses, once until it does so otherwise. @param status `undefined`: it has not answered */
	private note({ name, address }: Member, status: number | undefined): void {
		// A picture may have been deleted; a NAS that is silent is shown on the portal.
		const refusal = status === undefined || status === 200 || status === 404 ? 0 : status;
		if (refusal === this.refusal) return;
		this.refusal = refusal;
		if (refusal !== 0)
			this.camera.host.log.write("warn", "events", `the NAS ${name || address} refuses its events: status ${refusal}`);
	}
}

/** `{"events":[],"more":false}` */
const NONE = Uint8Array.from('{"events":[],"more":false}', (letter) => letter.charCodeAt(0));
