import { latin1 } from "../../../base/text";
import { DAY, type Millis } from "../../../core/time";
import type { HttpReply } from "../../../http/http-request";
import { parametersOf } from "../../../http/http-server";
import { NO_STORE } from "../../../http/response-head";
import type { Frame } from "../../../media/frame";
import type { LumaReader } from "../../../ports/luma";
import { EventStills } from "../../../storage/events/event-stills";
import type { FileEventLog } from "../../../storage/events/file-event-log";
import type { MotionFormFault, MotionSettings } from "../../../storage/motion/motion-settings";
import { describeMotion, readMotionForm, readZoneForm } from "../../../storage/motion/motion-settings";
import type { MotionNews } from "../../../storage/motion/motion-watch";
import type { RecordedEvent } from "../../../storage/recorded-event";
import type { CameraKey, Utc } from "../../../storage/recording";
import { type ApiAnswer, DONE } from "../../../web/api";
import { EVENTS_MESSAGES } from "../../../web/events-messages";
import { type EventsView, eventsPage } from "../../../web/events-page";
import { EVENTS_SCRIPT } from "../../../web/events-script";
import { EVENTS_STYLE } from "../../../web/events-style";
import type { Notice } from "../../../web/notices";
import type { Headers } from "../../../wire/text-message";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../../part";
import { scriptFile, styleFile } from "../../static-file";
import type { NasServices } from "../nas-services";
import type { PictureTap } from "../recorder-control";
import { EVENTS_OPERATIONS, type EventsOperator } from "./events-operations";
import { parseEventsQuery } from "./events-query";
import { MotionKeeper } from "./motion-keeper";
import { ReportedEvents } from "./reported-events";
import { WatchedCamera, type WatchedCameraOwner } from "./watched-camera";

const { refused } = EVENTS_MESSAGES;
const HOUR: Millis = 3_600_000;
/** How often old events are forgotten. */
const MAINTAIN: Millis = HOUR;
/** How long events are kept where there are no recordings, and at least. */
const KEPT: Millis = 30 * DAY;
/** The page shows so many events, of so long at most. */
const SHOWN = 60;
const SHOWN_SPANS: readonly Millis[] = Object.freeze([6 * HOUR, DAY, 7 * DAY]);
/** More are not looked at for the page. */
const LOOKED_MAX = 5000;
/** The most cameras whose pictures are looked at. */
const CAMERAS_MAX = 256;

/** The picture of an event becomes better while it lasts. */
const STILL: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, max-age=60"] as const)]);

const PICTURE = "/events/{id}/picture.jpg";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/events", label: EVENTS_MESSAGES.nav, need: "viewer" as const }),
]);

const ROUTES: readonly Route<EventsPart>[] = Object.freeze([
	get("/events", (part: EventsPart, request, reply) => part.show(request, reply)),
	get("/events/live.jpg", (part: EventsPart, request, reply) => part.live(request, reply)),
	get(PICTURE, (part: EventsPart, request, reply) => part.still(request, reply)),
]);

const FILES = Object.freeze([styleFile("/events.css", EVENTS_STYLE), scriptFile("/events.js", EVENTS_SCRIPT)]);

/**
 * Events: looks for motion in the pictures of all cameras, takes what programs report, keeps the log with a picture of each
 * event, and shows all of it (STR-26).
 */
export class EventsPart implements Part, PictureTap, WatchedCameraOwner, EventsOperator {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = EVENTS_OPERATIONS;
	/** @see WatchedCameraOwner */
	readonly pause: Millis;
	readonly reported: ReportedEvents;
	private readonly stills: EventStills;
	private readonly keeper: MotionKeeper;
	private readonly cameras = new Map<CameraKey, WatchedCamera>();

	/** @param rate in how many pictures per second motion is looked for; 0: in none */
	constructor(
		private readonly nas: Pick<NasServices, "node" | "site" | "storage" | "store" | "recorder">,
		private readonly log: FileEventLog,
		readonly luma: LumaReader,
		rate: number,
	) {
		const { node, storage, recorder } = nas;
		this.pause = rate === 0 ? Infinity : 1000 / rate;
		this.stills = new EventStills(storage);
		this.keeper = new MotionKeeper(storage, (message) => node.host.log.write("warn", "events", message));
		this.reported = new ReportedEvents(recorder, node.pump);
	}

	start(): void {
		const { recorder } = this.nas;
		this.log.start(() => this.maintain());
		this.log.watch({ eventBegan: (event) => this.eventBegan(event) });
		recorder.tap(this);
	}

	leave(done: () => void): void {
		for (const camera of this.cameras.values()) camera.lost();
		this.reported.close();
		// What has just ended is written, too.
		this.nas.node.pump.after(0, () => this.log.flush(done));
	}

	stop(): void {
		for (const camera of this.cameras.values()) camera.close();
	}

	/** @see WatchedCameraOwner */
	now(): Millis {
		return this.nas.node.now;
	}

	/** @see PictureTap */
	picture(key: CameraKey, frame: Frame, utc: Utc): void {
		let camera = this.cameras.get(key);
		if (camera === undefined) {
			if (this.cameras.size >= CAMERAS_MAX) return;
			const added = new WatchedCamera(key, this);
			camera = added;
			this.cameras.set(key, camera);
			this.keeper.read(key, (settings) => added.set(settings));
		}
		camera.picture(frame, utc);
	}

	/** @see PictureTap */
	lost(key: CameraKey): void {
		this.cameras.get(key)?.lost();
	}

	/** @see WatchedCameraOwner */
	moved(camera: WatchedCamera, news: MotionNews): void {
		const { watch } = camera;
		if (news === "changed") this.log.update(camera.event, watch.still, watch.score);
		// The recorder may be in the middle of a picture.
		else this.nas.node.pump.after(0, () => (news === "began" ? this.began(camera) : this.ended(camera)));
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { node, site, recorder } = this.nas;
		const key = request.query.get("camera");
		const chosen = key === undefined ? undefined : recorder.camera(key);
		if (key !== undefined && chosen === undefined) return reply.error(404, refused.camera);
		const camera = key === undefined ? undefined : this.cameras.get(key);
		const titles = new Map(recorder.cameras().map((each) => [each.key, each.title]));
		const view: EventsView = {
			visitor: site.visitor(request),
			id: node.identity.id,
			notices: site.noticesFor(request),
			cameras: recorder.cameras(),
			chosen: chosen && { ...chosen, hasPictures: camera?.live !== undefined },
			settings: camera?.settings,
			events: this.latest(key).map((event) => ({ ...event, title: titles.get(event.camera) ?? event.camera })),
		};
		eventsPage(view).replyWith(reply, 200, NO_STORE);
	}

	/** Answers with the newest picture of a camera. */
	live(request: SiteRequest, reply: HttpReply): void {
		const frame = this.cameras.get(request.query.get("camera") ?? "")?.live;
		if (frame === undefined) return reply.error(404, EVENTS_MESSAGES.noPicture);
		reply.send(200, "image/jpeg", frame.bytes.slice(frame.start, frame.end), NO_STORE);
	}

	/** Answers with the picture of an event. */
	still(request: SiteRequest, reply: HttpReply): void {
		const [text] = parametersOf(PICTURE, request.path) ?? [""];
		const event = this.log.event(Number(text));
		if (event === undefined) return reply.error(404, refused.noStill);
		this.readStill(event, (bytes) => {
			if (bytes === undefined) reply.error(404, refused.noStill);
			else reply.send(200, "image/jpeg", bytes, STILL);
		});
	}

	/** @see EventStills.read */
	readStill(event: RecordedEvent, done: (bytes: Uint8Array | undefined) => void): void {
		this.stills.read(event, done);
	}

	/** @see EventsOperator */
	list(query: ReadonlyMap<string, string>): ApiAnswer {
		const wanted = parseEventsQuery(query, this.nas.node.host.clock.utc() ?? 0);
		if (typeof wanted === "string") return { fault: wanted };
		const { camera, from, to, max, isNewest } = wanted;
		const events = this.log.events(camera, from, to, isNewest ? LOOKED_MAX : max + 1);
		const shown = isNewest ? events.slice(-max) : events.slice(0, max);
		return { body: { events: shown, more: events.length > max } };
	}

	/** @see EventsOperator */
	report(key: string, form: ReadonlyMap<string, string>): ApiAnswer {
		if (this.nas.recorder.camera(key) === undefined) return { fault: refused.camera, status: 404 };
		return this.reported.take(key, form);
	}

	/** @see EventsOperator */
	motion(key: string): ApiAnswer {
		const camera = this.cameras.get(key);
		if (camera === undefined) return { fault: refused.camera, status: 404 };
		const { settings, fault, watch, pictures } = camera;
		const { detector } = watch;
		const { grid, marks } = detector;
		const isOff = !settings.isOn || this.pause === Infinity;
		return {
			body: {
				state: isOff ? "off" : camera.live === undefined ? "none" : detector.state,
				event: watch.isActive,
				score: detector.score,
				area: detector.area,
				columns: grid.columns,
				rows: grid.rows,
				marks: latin1(marks.map((mark) => 48 + mark)),
				pictures,
				fault: fault ?? null,
				settings: describeMotion(settings),
			},
		};
	}

	/** @see EventsOperator */
	setMotion(key: string, form: ReadonlyMap<string, string>): ApiAnswer {
		return this.change(key, (before) => readMotionForm(form, before));
	}

	/** @see EventsOperator */
	setZone(key: string, form: ReadonlyMap<string, string>): ApiAnswer {
		return this.change(key, (before) => readZoneForm(form, before));
	}

	notices(): readonly Notice[] {
		const { notices } = EVENTS_MESSAGES;
		return this.log.trouble === undefined ? [] : [{ message: notices.notKept, remedy: notices.notKeptRemedy }];
	}

	status(): Record<string, unknown> {
		const { state, length, lost, skipped } = this.log;
		return { events: { state, count: length, lost, skipped } };
	}

	metrics(): readonly Metric[] {
		let looked = 0;
		let active = 0;
		for (const { pictures, watch } of this.cameras.values()) {
			looked += pictures;
			if (watch.isActive) active++;
		}
		return [
			["events", "gauge", "Events in the log", this.log.length],
			["events_lost_total", "counter", "Records of events that could not be stored", this.log.lost],
			["events_stills_lost_total", "counter", "Pictures of events that could not be stored", this.stills.lost],
			["motion_pictures_total", "counter", "Pictures in which motion was looked for", looked],
			["motion_cameras", "gauge", "Cameras at which something moves", active],
		];
	}

	private change(key: string, run: (before: MotionSettings) => MotionSettings | MotionFormFault): ApiAnswer {
		const camera = this.cameras.get(key);
		if (camera === undefined) return { fault: refused.camera, status: 404 };
		const settings = run(camera.settings);
		if ("field" in settings) return { fault: refused.field(settings.field) };
		camera.set(settings);
		this.keeper.write(key, settings);
		return DONE;
	}

	private began(camera: WatchedCamera): void {
		if (camera.event !== 0) this.ended(camera);
		const { watch, key } = camera;
		const event = this.nas.recorder.eventBegan(key, "motion", watch.label);
		if (event === undefined) return;
		camera.event = event.id;
		this.log.update(event.id, watch.still, watch.score);
		this.keep(event, camera.best);
	}

	private ended(camera: WatchedCamera): void {
		const { watch, event: id } = camera;
		camera.event = 0;
		this.log.update(id, watch.still, watch.score);
		const event = this.log.event(id);
		this.nas.recorder.eventEnded(id);
		if (event !== undefined) this.keep(event, camera.best);
	}

	/** Something was reported: the newest picture shows it. */
	private eventBegan(event: RecordedEvent): void {
		if (event.kind !== "motion") this.keep(event, this.cameras.get(event.camera)?.live);
	}

	private keep(event: RecordedEvent, frame: Frame | undefined): void {
		if (frame !== undefined) this.stills.keep(event, frame.bytes, frame.start, frame.end);
	}

	/** The last events, the newest first. */
	private latest(key: CameraKey | undefined): RecordedEvent[] {
		const now = this.nas.node.host.clock.utc() ?? 0;
		let events: readonly RecordedEvent[] = [];
		for (const span of SHOWN_SPANS) {
			if (events.length < SHOWN) events = this.log.events(key, now - span, Infinity, LOOKED_MAX);
		}
		return events.slice(-SHOWN).reverse();
	}

	/** Forgets events that are older than the recordings of their camera, now and then. */
	private maintain(): void {
		const { node, store } = this.nas;
		node.pump.after(MAINTAIN, () => this.maintain());
		const utc = node.host.clock.utc();
		if (utc === undefined || store.state !== "ready") return;
		const oldest = new Map(store.cameras().map(({ key, from }) => [key, from]));
		this.log.maintain((camera) => Math.min(utc - KEPT, oldest.get(camera) || Infinity));
	}
}
