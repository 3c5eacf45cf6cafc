import { LiveViewers } from "../../camera/live-viewers";
import { MJPEG_TYPE } from "../../camera/mjpeg-part";
import { ScaledPictures } from "../../camera/scaled-pictures";
import { type SnapshotRefusal, Snapshots } from "../../camera/snapshots";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { Frame } from "../../media/frame";
import { type FrameDemand, FrameHub } from "../../media/frame-hub";
import { JpegSize } from "../../media/jpeg-size";
import type { Uplink } from "../../media/uplink";
import type { FrameSource } from "../../ports/camera";
import type { Thumbnailer } from "../../ports/thumbnailer";
import type { LIVE_SCHEMA } from "../../settings/live-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact, PictureView } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { DeviceTraits } from "../device-facts";
import type { Node, NodeSettings } from "../node";
import { get, type Metric, type Part, type Route, type SiteRequest } from "../part";
import { changePicture, pictureViewOf, restorePicture } from "./picture-settings";
import { SourceActivation, type SourceOwner } from "./source-activation";

/** The settings of the video part. */
export type VideoPartSettings = NodeSettings & ValuesOf<typeof LIVE_SCHEMA>;

/** Tells others that this camera's pictures fail, or work again. */
export interface TroubleListener {
	setTrouble(trouble: boolean): void;
}

/** The largest width that can be asked for, in pixels. */
const WIDTH_MAX = 8192;

const ROUTES: readonly Route<VideoPart>[] = Object.freeze([
	get("/stream.mjpeg", (video: VideoPart, request, reply) => video.stream(request, reply), "pictures"),
	get("/snapshot.jpg", (video: VideoPart, request, reply) => video.snapshot(request, reply), "pictures"),
]);

const OPERATIONS: readonly ApiOperation<VideoPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/picture",
		need: "viewer",
		about:
			"The age of the newest picture in seconds, null before the first, and the time between the two newest; the fault of the pictures, if any; their quality, size, brightness and flip, as far as they can be changed. The source runs only while there are viewers.",
		run: (video: VideoPart) => ({ body: video.state }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/picture",
		need: "owner",
		about: "Sets quality, size, brightness and flip of the pictures: those that are given.",
		conflict: "this can't be changed at this video source",
		fields: Object.freeze([
			Object.freeze({ name: "quality", type: "number", about: "1 to 100", example: 80 }),
			Object.freeze({
				name: "resolution",
				type: "string",
				about: "one of those that GET lists: WIDTHxHEIGHT, or auto",
				example: "auto",
			}),
			Object.freeze({ name: "brightness", type: "number", about: "-100 to 100; 0: unchanged", example: 10 }),
			Object.freeze({ name: "flip", type: "string", about: "none, horizontal, vertical or both", example: "both" }),
		]),
		run: (video: VideoPart, form: ReadonlyMap<string, string>): ApiAnswer => video.change(form),
	}),
]);

/** The camera's pictures: live streams and snapshots for all viewers, from one source (IMG-16, IMG-17). */
export class VideoPart implements Part, SourceOwner, FrameDemand {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly hub: FrameHub;
	/** Where the user's quality is: the source's own, unless something else changes that for a while. */
	qualityOwner: Pick<FrameSource, "quality">;
	/** Of the newest picture when the state was last asked for. */
	private readonly size = new JpegSize();
	/** The viewers of the live stream over HTTP. */
	readonly live: LiveViewers;
	private readonly scaled: ScaledPictures;
	/** The time between the two newest pictures; 0 before the second. */
	private interval: Millis = 0;
	/** True: there was no picture yet since viewers came. The time before the first one is a pause. */
	private isFirst = false;
	private readonly snapshots: Handle<Snapshots, undefined>;
	private readonly activation: Handle<SourceActivation, undefined>;

	constructor(
		private readonly node: Node<VideoPartSettings>,
		readonly source: FrameSource,
		private readonly listener: TroubleListener,
		thumbnailer?: Thumbnailer,
	) {
		const { pump, host, settings } = node;
		this.qualityOwner = source;
		restorePicture(source, host.store);
		this.activation = pump.add(new SourceActivation(source, this), undefined);
		this.hub = new FrameHub(this);
		this.live = new LiveViewers(this.hub, settings, host.network.fanOut(), () => pump.now());
		this.scaled = new ScaledPictures(thumbnailer);
		const snapshots = new Snapshots(this.hub, (reason) => this.describe(reason), this.scaled);
		this.snapshots = pump.add(snapshots, undefined);
	}

	/** What is wrong with the pictures; `undefined`: nothing. */
	get trouble(): string | undefined {
		return this.activation.machine.fault;
	}

	/** The quality of the pictures, 1 to 100; `undefined`: it is fixed. */
	get quality(): number | undefined {
		return this.qualityOwner.quality?.value;
	}

	/** The picture settings that can be changed; `undefined`: none. */
	get view(): PictureView | undefined {
		return pictureViewOf({ quality: this.qualityOwner.quality, controls: this.source.controls });
	}

	/** What viewers from the Internet share, by whatever protocol. */
	get uplink(): Uplink {
		return this.live.uplink;
	}

	/** The answer to `GET /api/v1/picture`, by which an open page learns that its live picture stands still. */
	get state(): Record<string, unknown> {
		const { latestAt } = this.hub;
		const age = latestAt === undefined ? null : (this.node.now - latestAt) / 1000;
		return { age, interval: this.interval / 1000, trouble: this.trouble ?? null, ...this.look };
	}

	/** Answers with the live picture, as long as the visitor watches. */
	stream(request: SiteRequest, reply: HttpReply): void {
		const asked = request.query.get("fps");
		const rate = asked === undefined ? 0 : Number(asked);
		if (!(rate >= 0 && rate <= 1000)) return reply.error(400, MESSAGES.wrong.rate);
		if (this.live.isFull(request.visitor?.role === "owner"))
			return reply.error(503, MESSAGES.refused.viewers, [["Retry-After", "10"], ...NO_STORE]);
		const far = !this.node.addresses.isNeighbour(request.remoteAddress);
		const viewer = this.live.watch(rate === 0 ? 0 : 1000 / rate, far);
		reply.stream(200, [["Content-Type", MJPEG_TYPE], ...NO_STORE], viewer);
	}

	/** Answers with one picture; with `?width=` with one that is as wide at least, but not much wider, where the host can scale. */
	snapshot(request: SiteRequest, reply: HttpReply): void {
		const asked = request.query.get("width");
		const width = asked === undefined ? 0 : Number(asked);
		if (!(width >= 0 && width <= WIDTH_MAX)) return reply.error(400, MESSAGES.wrong.width(WIDTH_MAX));
		this.snapshots.call((snapshots) => snapshots.ask(request.now, reply, width));
	}

	/** Changes how the pictures look, and keeps that for the next start. */
	change(form: ReadonlyMap<string, string>): ApiAnswer {
		const owner = { quality: this.qualityOwner.quality, controls: this.source.controls };
		const fault = changePicture(owner, form, this.node.host.store);
		if (fault !== undefined) return fault;
		this.node.changed();
		return DONE;
	}

	/** @see Part.takeSetting */
	takeSetting(name: string, value: string): boolean {
		if (name === "viewers") this.live.limit = Number(value);
		else if (name === "uplink") this.live.setUplink(Number(value));
		else return false;
		return true;
	}

	start(): void {
		// Whether there are pictures is known before anybody looks.
		this.wanted();
		this.unwanted(this.node.now);
	}

	leave(done: () => void): void {
		this.activation.call((activation) => activation.stop());
		this.hub.clear();
		done();
	}

	notices(): readonly Notice[] {
		const { noPictures } = MESSAGES.notices;
		return this.trouble === undefined ? [] : [{ message: noPictures, remedy: this.trouble, forViewers: true }];
	}

	facts(): readonly Fact[] {
		return [[MESSAGES.facts.pictures, this.source.description]];
	}

	/** The size of the newest picture. */
	traits(): DeviceTraits {
		const { latest } = this.hub;
		if (latest !== undefined) this.size.read(latest.bytes, latest.start, latest.end);
		const { width, height } = this.size;
		return { width: width || undefined, height: height || undefined };
	}

	status(): Record<string, unknown> {
		const { source, hub } = this;
		const { description } = source;
		const { width, height } = this.traits();
		return {
			source: {
				description,
				width: width ?? null,
				height: height ?? null,
				quality: this.quality ?? null,
				trouble: this.trouble ?? null,
			},
			frames: { taken: hub.frames, delivered: hub.delivered, missed: hub.dropped, viewers: hub.watching },
		};
	}

	metrics(): readonly Metric[] {
		const { hub } = this;
		return [
			["frames_total", "counter", "Pictures taken", hub.frames],
			["frames_delivered_total", "counter", "Pictures sent to viewers of the live stream", hub.delivered],
			["thumbnails_total", "counter", "Pictures made smaller for pages that show many", this.scaled.made],
			["frames_delivered_bytes_total", "counter", "Octets sent to viewers of the live stream", hub.octets],
			["frames_missed_total", "counter", "Pictures that slow viewers missed", hub.dropped],
			["viewers", "gauge", "Viewers of the live stream", hub.watching],
			["camera_trouble", "gauge", "1: the camera has no picture", this.trouble === undefined ? 0 : 1],
		];
	}

	/** @see SourceOwner */
	frame(frame: Frame): void {
		const { now } = this.node;
		const { latestAt } = this.hub;
		if (latestAt !== undefined && !this.isFirst) this.interval = now - latestAt;
		this.isFirst = false;
		this.hub.push(now, frame);
	}

	/** @see SourceOwner */
	troubled(trouble: string | undefined): void {
		const { log } = this.node.host;
		if (trouble !== undefined) log.write("warn", "camera", trouble);
		else log.write("info", "camera", "the pictures are back");
		this.listener.setTrouble(trouble !== undefined);
		this.node.changed();
	}

	/** @see FrameDemand */
	wanted(): void {
		this.isFirst = true;
		this.activation.call((activation) => activation.wanted());
	}

	/** @see FrameDemand */
	unwanted(now: Millis): void {
		this.activation.call((activation) => activation.unwanted(now));
	}

	private get look(): Record<string, unknown> {
		const { quality = null, resolution = null, resolutions = [], brightness = null, flip = null } = this.view ?? {};
		return { quality, resolution, resolutions, brightness, flip };
	}

	private describe(reason: SnapshotRefusal): string {
		return reason === "too-many-waiting" ? MESSAGES.refused.snapshots : (this.trouble ?? MESSAGES.refused.noPicture);
	}
}
