import { MJPEG_TYPE } from "../../../camera/mjpeg-part";
import { formOf } from "../../../http/http-form";
import type { HttpReply } from "../../../http/http-request";
import { parametersOf } from "../../../http/http-server";
import { NO_STORE } from "../../../http/response-head";
import { JpegThumbnail } from "../../../media/jpeg-thumbnail";
import type { ExportFormat } from "../../../storage/export/export-file";
import { type CameraKey, isCameraKey, type Segment, type Utc } from "../../../storage/recording";
import type { ApiAnswer, ApiOperation } from "../../../web/api";
import { backFrom, wantsHtml } from "../../../web/browser-request";
import { MESSAGES } from "../../../web/messages";
import { TIMELINE_MESSAGES } from "../../../web/timeline-messages";
import { timelinePage } from "../../../web/timeline-page";
import { TIMELINE_SCRIPT } from "../../../web/timeline-script";
import { TIMELINE_STYLE } from "../../../web/timeline-style";
import type { Headers } from "../../../wire/text-message";
import { parseUtc } from "../../../wire/utc-time";
import { get, type Metric, type NavigationLink, type Part, post, type Route, type SiteRequest } from "../../part";
import type { HomePage } from "../../portal/portal-part";
import { scriptFile, styleFile } from "../../static-file";
import { listedCameras } from "../listed-cameras";
import type { NasServices } from "../nas-services";
import type { RecorderControl } from "../recorder-control";
import { hasPlace } from "./has-place";
import { RecordedFiles } from "./recorded-files";
import { RecordedMjpeg, type RecordedMjpegOwner } from "./recorded-mjpeg";
import { RecordedStill, STILL_FACTS, StillPicture } from "./recorded-still";
import { coverageAnswer, recordingsAnswer } from "./timeline-answers";
import { plainView } from "./timeline-plain";
import { parsePlayback, parseResolution, parseSpan } from "./timeline-query";

const { refused } = TIMELINE_MESSAGES;

/** The most spans that are played at once. */
const PLAYED_MAX = 64;
/** The most single pictures that are looked for at once. */
const STILLS_MAX = 64;

const LATER: Headers = Object.freeze([Object.freeze(["Retry-After", "5"] as const), ...NO_STORE]);

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/timeline", label: TIMELINE_MESSAGES.nav, need: "viewer" as const }),
]);

const PICTURE = "/recordings/{key}/picture.jpg";
const MJPEG = "/recordings/{key}/video.mjpeg";
const MP4 = "/recordings/{key}/video.mp4";
const FACTS = "/api/v1/recordings/{key}/picture";
const LOCK = "/api/v1/recordings/{key}/lock";
const UNLOCK = "/api/v1/recordings/{key}/unlock";

const ROUTES: readonly Route<TimelinePart>[] = Object.freeze([
	get("/timeline", (part: TimelinePart, request, reply) => part.show(request, reply)),
	get(PICTURE, (part: TimelinePart, request, reply) => part.picture(request, reply, PICTURE)),
	get(MJPEG, (part: TimelinePart, request, reply) => part.mjpeg(request, reply)),
	get(MP4, (part: TimelinePart, request, reply) => part.file(request, reply, MP4, "mp4", false)),
	get(FACTS, (part: TimelinePart, request, reply) => part.picture(request, reply, FACTS)),
	exportRoute("mp4"),
	exportRoute("mov"),
	exportRoute("avi"),
	exportRoute("mkv"),
	post(LOCK, (part: TimelinePart, request, reply) => part.lock(request, reply, LOCK, true)),
	post(UNLOCK, (part: TimelinePart, request, reply) => part.lock(request, reply, UNLOCK, false)),
]);

const FILES = Object.freeze([styleFile("/timeline.css", TIMELINE_STYLE), scriptFile("/timeline.js", TIMELINE_SCRIPT)]);

/** The route of exports in one format. */
function exportRoute(format: ExportFormat): Route<TimelinePart> {
	const path = `/recordings/{key}/export.${format}`;
	return get(path, (part: TimelinePart, request, reply) => part.file(request, reply, path, format, true));
}

const TIME = "milliseconds since 1970, or ISO 8601 in UTC";

const OPERATIONS: readonly ApiOperation<TimelinePart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/recordings",
		need: "viewer",
		about:
			"The cameras that are recorded or have recordings: mode, whether they are being recorded and why not, start and end in milliseconds since 1970, octets. state is that of the store: opening, ready or failed.",
		run: (part: TimelinePart) => ({ body: part.list() }),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/recordings/{key}/coverage",
		need: "viewer",
		about:
			"The stretches that are recorded of a camera between from and to, why nothing follows each of them, and the events. Gaps shorter than resolution, in milliseconds, are left out.",
		query: Object.freeze([
			Object.freeze({ name: "from", type: "string", about: TIME, example: "2026-01-01T00:00:00Z", needed: true }),
			Object.freeze({ name: "to", type: "string", about: TIME, example: "2026-01-02T00:00:00Z", needed: true }),
			Object.freeze({
				name: "resolution",
				type: "number",
				about: "in milliseconds; absent: a two-thousandth of the span",
				example: 60000,
			}),
		]),
		refusals: Object.freeze([[404, "there is no such camera"] as const]),
		run: (
			part: TimelinePart,
			_form: ReadonlyMap<string, string>,
			request: SiteRequest,
			[key]: readonly string[],
		): ApiAnswer => part.coverage(key, request.query),
	}),
]);

/** The recordings as people and programs see them: the timeline page, playback over HTTP, locks (STR-11, STR-13, STR-26). */
export class TimelinePart implements Part, HomePage {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = OPERATIONS;
	private readonly files: RecordedFiles;
	private readonly thumbnail = new JpegThumbnail();
	private played = 0;
	private stills = 0;

	constructor(private readonly nas: Pick<NasServices, "node" | "site" | "storage" | "store" | "events" | "recorder">) {
		const { pump } = nas.node;
		this.files = new RecordedFiles(nas.storage, nas.store, (delay, run) => pump.after(delay, run));
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { store, recorder, site } = this.nas;
		const cameras = listedCameras(store, recorder);
		const plain = plainView(store, cameras, request.query, this.utc);
		timelinePage(site.visitor(request), plain).replyWith(reply, 200, NO_STORE);
	}

	/** The answer to `GET /api/v1/recordings`. */
	list(): unknown {
		const { store, recorder } = this.nas;
		return recordingsAnswer(listedCameras(store, recorder), store, this.utc);
	}

	/** The answer to `GET /api/v1/recordings/{key}/coverage`. */
	coverage(key: string, query: ReadonlyMap<string, string>): ApiAnswer {
		const { store, events } = this.nas;
		if (!this.isCamera(key)) return { fault: refused.camera, status: 404 };
		const span = parseSpan(query);
		if (typeof span === "string") return { fault: span };
		const resolution = parseResolution(query, span);
		if (typeof resolution === "string") return { fault: resolution };
		return { body: coverageAnswer(store, events, key, span.from, span.to, resolution) };
	}

	/** Answers with the picture that is nearest to a time; or with its time and encoding, for programs that play H.264. */
	picture(request: SiteRequest, reply: HttpReply, path: string): void {
		const key = this.keyOf(path, request, reply);
		if (key === undefined) return;
		const at = parseUtc(request.query.get("at") ?? "");
		if (at === undefined) return reply.error(400, refused.at);
		const width = Number(request.query.get("width") ?? Infinity);
		if (!(width >= 1)) return reply.error(400, refused.width);
		if (!hasPlace(this.stills, STILLS_MAX, request)) return reply.error(503, refused.busy, LATER);
		this.stills++;
		const done = (): void => {
			this.stills--;
		};
		const answer = path === FACTS ? STILL_FACTS : new StillPicture(width, this.thumbnail);
		new RecordedStill(at, this.nas.store.reader(key), reply, answer, done);
	}

	/** Answers with a span as one file. */
	file(request: SiteRequest, reply: HttpReply, path: string, format: ExportFormat, isDownload: boolean): void {
		const key = this.keyOf(path, request, reply);
		if (key === undefined) return;
		const span = parseSpan(request.query);
		if (typeof span === "string") return reply.error(400, span);
		const title = this.nas.recorder.camera(key)?.title ?? key;
		this.files.answer({ camera: key, title, ...span, format, isDownload }, request, reply);
	}

	/** Answers with a span of the recordings at any speed. */
	mjpeg(request: SiteRequest, reply: HttpReply): void {
		const key = this.keyOf(MJPEG, request, reply);
		if (key === undefined) return;
		const span = parsePlayback(request.query);
		if (typeof span === "string") return reply.error(400, span);
		const { node, store, recorder } = this.nas;
		// A span of the past does not grow.
		const isOpen = span.speed > 0 && span.to > (this.utc ?? 0);
		const owner = new PlayedCamera(isOpen ? recorder : undefined, key, () => {
			this.played--;
		});
		const first: Segment | undefined = store.segments(
			key,
			Math.min(span.from, span.to),
			Math.max(span.from, span.to),
			1,
		)[0];
		if (first === undefined && !owner.isGrowing()) return reply.error(404, refused.nothing);
		if (first?.encoding === "H264") return reply.error(415, refused.h264Stream);
		if (!hasPlace(this.played, PLAYED_MAX, request)) return reply.error(503, refused.busy, LATER);
		this.played++;
		const stream = new RecordedMjpeg(span, store.reader(key), () => node.now, owner);
		stream.late = node.pump.add(stream, undefined);
		reply.stream(200, [["Content-Type", MJPEG_TYPE], ...NO_STORE], stream);
	}

	/** Locks or unlocks a span, by a form with `from` and `to`. */
	lock(request: SiteRequest, reply: HttpReply, path: string, isLocked: boolean): void {
		const key = this.keyOf(path, request, reply);
		if (key === undefined) return;
		const form = formOf(request);
		const span = form === undefined ? MESSAGES.wrong.form : parseSpan(form);
		if (typeof span === "string") return reply.error(400, span);
		this.nas.store.lock(key, span.from, span.to, isLocked, (answer) => {
			if (answer.failure !== undefined) {
				this.nas.node.host.log.write("warn", "timeline", `lock of ${key}: ${answer.detail}`);
				reply.error(507, refused.notLocked(answer.failure));
			} else if (wantsHtml(request)) reply.redirect(backFrom(request), NO_STORE);
			else reply.send(200, "application/json", '{"done":true}', NO_STORE);
		});
	}

	metrics(): readonly Metric[] {
		return [
			["recordings_played", "gauge", "Spans of recordings that are being played over HTTP", this.played],
			["recordings_exported", "gauge", "Spans of recordings that are being sent as files", this.files.open],
		];
	}

	private get utc(): Utc | undefined {
		return this.nas.node.host.clock.utc();
	}

	/** The camera in a path; `undefined`: there is none, and that was answered. */
	private keyOf(path: string, request: SiteRequest, reply: HttpReply): CameraKey | undefined {
		const [key] = parametersOf(path, request.path) ?? [""];
		if (this.isCamera(key)) return key;
		reply.error(404, refused.camera);
		return undefined;
	}

	private isCamera(key: string): boolean {
		return isCameraKey(key) && this.nas.recorder.camera(key) !== undefined;
	}
}

/** A camera whose recordings are being played. */
class PlayedCamera implements RecordedMjpegOwner {
	/** @param recorder absent: nothing can follow */
	constructor(
		private readonly recorder: Pick<RecorderControl, "camera"> | undefined,
		private readonly key: CameraKey,
		readonly ended: () => void,
	) {}

	isGrowing(): boolean {
		return this.recorder?.camera(this.key)?.isRecording === true;
	}
}
