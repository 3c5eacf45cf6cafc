import { LiveViewers } from "../../camera/live-viewers";
import { MJPEG_TYPE } from "../../camera/mjpeg-part";
import { type SnapshotRefusal, Snapshots } from "../../camera/snapshots";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { Frame } from "../../media/frame";
import { type FrameDemand, FrameHub } from "../../media/frame-hub";
import type { Uplink } from "../../media/uplink";
import type { FrameSource } from "../../ports/camera";
import type { LIVE_SCHEMA } from "../../settings/live-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import type { Node, NodeSettings } from "../node";
import { get, type Metric, type Part, type Route, type SiteRequest } from "../part";
import { keepQuality, restoreQuality } from "./picture-quality";
import { SourceActivation, type SourceOwner } from "./source-activation";

/** The settings of the video part. */
export type VideoPartSettings = NodeSettings & ValuesOf<typeof LIVE_SCHEMA>;

/** Tells others that this camera's pictures fail, or work again. */
export interface TroubleListener {
	setTrouble(trouble: boolean): void;
}

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
			"The age of the newest picture in seconds, null before the first; what is wrong with the pictures; their quality. The source runs only while there are viewers.",
		run: (video: VideoPart) => ({ body: video.state }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/picture",
		need: "owner",
		about: "Sets the picture quality.",
		conflict: "the quality of this video source can't be changed",
		fields: Object.freeze([
			Object.freeze({ name: "quality", type: "number", about: "1 to 100", example: 80, needed: true }),
		]),
		run: (video: VideoPart, form: ReadonlyMap<string, string>): ApiAnswer =>
			video.setQuality(Number(form.get("quality"))),
	}),
]);

/** The camera's pictures: live streams and snapshots for all viewers, from one source (IMG-16, IMG-17). */
export class VideoPart implements Part, SourceOwner, FrameDemand {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly hub: FrameHub;
	/** Where the user's quality is: the source's own, unless something else changes that for a while. */
	qualityOwner: Pick<FrameSource, "quality">;
	/** The viewers of the live stream over HTTP. */
	readonly live: LiveViewers;
	private readonly snapshots: Handle<Snapshots, undefined>;
	private readonly activation: Handle<SourceActivation, undefined>;

	constructor(
		private readonly node: Node<VideoPartSettings>,
		readonly source: FrameSource,
		private readonly listener: TroubleListener,
	) {
		const { pump, host, settings } = node;
		this.qualityOwner = source;
		restoreQuality(source, host.store);
		this.activation = pump.add(new SourceActivation(source, this), undefined);
		this.hub = new FrameHub(this);
		this.live = new LiveViewers(this.hub, settings, host.network.fanOut(), () => pump.now());
		this.snapshots = pump.add(new Snapshots(this.hub, (reason) => this.describe(reason)), undefined);
	}

	/** What is wrong with the pictures; `undefined`: nothing. */
	get trouble(): string | undefined {
		return this.activation.machine.fault;
	}

	/** The quality of the pictures, 1 to 100; `undefined`: it is fixed. */
	get quality(): number | undefined {
		return this.qualityOwner.quality?.value;
	}

	/** What viewers from the Internet share, by whatever protocol; `undefined`: no limit. */
	get uplink(): Uplink | undefined {
		return this.live.uplink;
	}

	/** The answer to `GET /api/v1/picture`, by which an open page learns that its live picture stands still. */
	get state(): Record<string, unknown> {
		const { latestAt } = this.hub;
		const age = latestAt === undefined ? null : (this.node.now - latestAt) / 1000;
		return { age, trouble: this.trouble ?? null, quality: this.quality ?? null };
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

	/** Answers with one picture. */
	snapshot(request: SiteRequest, reply: HttpReply): void {
		this.snapshots.call((snapshots) => snapshots.ask(request.now, reply));
	}

	/** Sets the quality of the pictures, and keeps it for the next start. */
	setQuality(value: number): ApiAnswer {
		const { quality } = this.qualityOwner;
		if (quality === undefined) return { fault: MESSAGES.wrong.noQuality, status: 409 };
		if (!(value >= 1 && value <= 100)) return { fault: MESSAGES.wrong.quality };
		keepQuality(this.node.host.store, Math.round(value));
		quality.set(Math.round(value));
		this.node.changed();
		return DONE;
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
		return this.trouble === undefined ? [] : [{ message: MESSAGES.notices.noPictures, remedy: this.trouble }];
	}

	facts(): readonly Fact[] {
		return [[MESSAGES.facts.pictures, this.source.description]];
	}

	status(): Record<string, unknown> {
		const { source, hub } = this;
		const { description } = source;
		return {
			source: { description, quality: this.quality ?? null, trouble: this.trouble ?? null },
			frames: { taken: hub.frames, delivered: hub.delivered, missed: hub.dropped, viewers: hub.watching },
		};
	}

	metrics(): readonly Metric[] {
		const { hub } = this;
		return [
			["frames_total", "counter", "Pictures taken", hub.frames],
			["frames_delivered_total", "counter", "Pictures sent to viewers of the live stream", hub.delivered],
			["frames_missed_total", "counter", "Pictures that viewers missed because they were slow", hub.dropped],
			["viewers", "gauge", "Viewers of the live stream", hub.watching],
			["camera_trouble", "gauge", "1: the camera has no picture", this.trouble === undefined ? 0 : 1],
		];
	}

	/** @see SourceOwner */
	frame(frame: Frame): void {
		this.hub.push(this.node.now, frame);
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
		this.activation.call((activation) => activation.wanted());
	}

	/** @see FrameDemand */
	unwanted(now: Millis): void {
		this.activation.call((activation) => activation.unwanted(now));
	}

	private describe(reason: SnapshotRefusal): string {
		return reason === "too-many-waiting" ? MESSAGES.refused.snapshots : (this.trouble ?? MESSAGES.refused.noPicture);
	}
}
