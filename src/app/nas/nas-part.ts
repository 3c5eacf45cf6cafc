import { DAY, GIGABYTE, type Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import type { ApiOperation } from "../../web/api";
import { NAS_MESSAGES, sentence } from "../../web/nas-messages";
import { type NasCamera, nasPage } from "../../web/nas-page";
import type { Notice } from "../../web/notices";
import type { FleetService } from "../../wire/fleet-service";
import { NAS_KIND, nasPath } from "../../wire/nas-service";
import type { Appliance } from "../appliance";
import {
	get,
	type Metric,
	type MetricLabels,
	type NavigationLink,
	type Part,
	type Route,
	type SiteRequest,
} from "../part";
import { type ListedCamera, listedCameras } from "./listed-cameras";
import type { NasServices } from "./nas-services";
import type { KnownCamera } from "./recorder-control";

/** How often the state is looked at. */
const LOOK: Millis = 5000;
/** How often others are told of the storage at most: what they show becomes stale by it. */
const TELL: Millis = 60_000;
/** A camera that has just been found, or was restarted, need not be recorded yet. */
const PATIENCE: Millis = 60_000;
/** The most notices about cameras: the pages have them all. */
const NOTICES_MAX = 3;

/** The most cameras with metrics of their own. */
const LABELLED_MAX = 256;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/nas", label: NAS_MESSAGES.nav, need: "viewer" as const }),
]);

const ROUTES: readonly Route<NasPart>[] = Object.freeze([
	get("/nas", (nas: NasPart, request, reply) => nas.show(request, reply)),
	// What is announced is a path of this kind.
	get("/nas/*", (_nas: NasPart, _request, reply) => reply.redirect("/nas")),
]);

const OPERATIONS: readonly ApiOperation<NasPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/nas",
		need: "viewer",
		about:
			"The storage of this NAS in octets, how much it keeps, and its cameras: when each is recorded (mode), whether it is now and why not, and its recordings.",
		run: (nas: NasPart) => ({ body: nas.state() }),
	}),
]);

/** The NAS's own page, what it announces to the fleet, and what the owner should know of the storage (STR-27). */
export class NasPart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	private service: FleetService;
	private toldAt: Millis = -Infinity;
	/** What pages show, to notice changes. */
	private shown = "";
	/** Since when each camera is not recorded although it should be. */
	private readonly missing = new Map<string, Millis>();
	private hasLeft = false;

	constructor(
		private readonly nas: Appliance,
		private readonly others: NasServices,
	) {
		this.service = this.serviceAt(nasPath([0, 0, 0]));
	}

	start(): void {
		this.look();
	}

	leave(done: () => void): void {
		this.hasLeft = true;
		done();
	}

	services(): readonly FleetService[] {
		return [this.service];
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site, store } = this.others;
		const { state, usage, limits } = store;
		site.page("nas", request, reply, () =>
			nasPage({
				visitor: site.visitor(request),
				id: this.nas.identity.id,
				notices: site.noticesFor(request),
				isOpening: state === "opening",
				...usage,
				limits: { octets: limits.octets, days: Math.round(limits.age / DAY), free: limits.free },
				cameras: this.cameras(),
				isApart: !this.nas.gateway.isMapping,
				facts: this.nas.parts.flatMap((part) => part.facts?.() ?? []),
			}),
		);
	}

	/** The answer to `GET /api/v1/nas`. */
	state(): Record<string, unknown> {
		const { store } = this.others;
		const { octets, age, free } = store.limits;
		const cameras = this.cameras().map(({ key, title, mode, why, trouble, member, octets, from }) => ({
			key,
			title,
			mode,
			recording: why === undefined,
			why: why ?? null,
			trouble: trouble ?? null,
			member: member ?? null,
			octets,
			from: from || null,
		}));
		return { state: store.state, usage: store.usage, limits: { octets, seconds: age / 1000, free }, cameras };
	}

	notices(): readonly Notice[] {
		const { notices } = NAS_MESSAGES;
		const { store } = this.others;
		if (store.state === "failed") return [{ message: notices.failed, remedy: notices.failedRemedy }];
		const list: Notice[] = [];
		if (this.isFull()) list.push({ message: notices.full, remedy: notices.fullRemedy });
		for (const camera of this.notRecorded()) {
			if (list.length >= NOTICES_MAX) break;
			const reason = camera.why === "storage" ? notices.noStorage : notices.noPictures;
			const { trouble } = camera;
			list.push({
				message: notices.notRecorded(camera.title),
				remedy: trouble === undefined ? reason : sentence(trouble),
			});
		}
		return list;
	}

	status(): Record<string, unknown> {
		return { nas: { state: this.others.store.state, usage: this.others.store.usage } };
	}

	metrics(): readonly Metric[] {
		const { store, recorder } = this.others;
		const { recordings, locked, free, total, from } = store.usage;
		const cameras = recorder.cameras();
		const listed = listedCameras(store, recorder).slice(0, LABELLED_MAX);
		const isRecording = (camera: KnownCamera): boolean => camera.isRecording;
		const utc = this.nas.host.clock.utc();
		const reach = from === 0 || utc === undefined ? 0 : (utc - from) / 1000;
		const each = (name: string, help: string, value: (camera: ListedCamera) => number): readonly Metric[] =>
			listed.map((camera) => [name, "gauge", help, value(camera), labelsOf(camera)]);
		return [
			["nas_ready", "gauge", "1: recordings can be made and read", store.state === "ready" ? 1 : 0],
			["nas_recordings_bytes", "gauge", "Octets of recordings", recordings],
			["nas_locked_bytes", "gauge", "Octets of recordings that are locked", locked],
			["nas_free_bytes", "gauge", "Octets that are free on the medium", free],
			["nas_total_bytes", "gauge", "Octets of the medium", total],
			["nas_reach_seconds", "gauge", "Age of the oldest recording", Math.max(0, reach)],
			["nas_cameras", "gauge", "Cameras that are known", cameras.length],
			["nas_cameras_recording", "gauge", "Cameras that are being recorded", cameras.filter(isRecording).length],
			["nas_cameras_missing", "gauge", "Cameras that should be recorded and are not", this.notRecorded().length],
			...each("nas_camera_recording", "1: the camera is being recorded", ({ isRecording }) => (isRecording ? 1 : 0)),
			...each("nas_camera_recordings_bytes", "Octets of recordings of the camera", ({ octets }) => octets),
		];
	}

	/** All cameras, each with the reason why it is not being recorded. */
	private cameras(): readonly (ListedCamera & NasCamera)[] {
		const { recorder, store } = this.others;
		return listedCameras(store, recorder).map((camera) => ({
			...camera,
			why: camera.isRecording ? undefined : (camera.why ?? "off"),
		}));
	}

	/** The cameras that have not been recorded for a while although they should be. */
	private notRecorded(): readonly KnownCamera[] {
		const { now } = this.nas;
		return this.others.recorder.cameras().filter(({ key }) => now - (this.missing.get(key) ?? Infinity) >= PATIENCE);
	}

	private isFull(): boolean {
		const { free, total, recordings, locked } = this.others.store.usage;
		// The oldest recordings make room, as long as there are any that may be deleted.
		return total > 0 && free < this.others.store.limits.free / 2 && recordings <= locked;
	}

	/** Looks at the state now and then, tells the fleet of it, and renews the pages when it has changed. */
	private look(): void {
		if (this.hasLeft) return;
		const { now, pump } = this.nas;
		pump.after(LOOK, () => this.look());
		const { recorder, store, fleet } = this.others;
		const cameras = recorder.cameras();
		this.note(cameras, now);
		const { recordings, free, total, from } = store.usage;
		const path = nasPath([(recordings / GIGABYTE) * 10, (free / GIGABYTE) * 10, from / DAY]);
		const isNews = path !== this.service.path || this.service.externalPort !== fleet.self.externalPort;
		if (isNews && now - this.toldAt >= TELL) {
			this.toldAt = total === 0 ? -Infinity : now;
			this.service = this.serviceAt(path);
		}
		const missing = this.notRecorded().length;
		fleet.setTrouble(store.state === "failed" || missing > 0);
		let shown = `${store.state} ${this.service.path} ${missing} ${this.isFull()}`;
		for (const { key, title, mode, isRecording, why, trouble } of cameras)
			shown += `\n${key} ${title} ${mode} ${isRecording} ${why} ${trouble}`;
		if (shown === this.shown) return;
		this.shown = shown;
		this.nas.changed();
	}

	/** Notes since when cameras are not recorded that should be. */
	private note(cameras: readonly KnownCamera[], now: Millis): void {
		const wanted = new Set<string>();
		for (const { key, isRecording, why } of cameras) {
			if (isRecording || (why !== "source" && why !== "storage")) continue;
			wanted.add(key);
			if (!this.missing.has(key)) this.missing.set(key, now);
		}
		for (const key of this.missing.keys()) if (!wanted.has(key)) this.missing.delete(key);
	}

	private serviceAt(path: string): FleetService {
		const { httpPort: port, externalPort, secure } = this.others.fleet.self;
		return Object.freeze({ kind: NAS_KIND, port, externalPort, path, secure });
	}
}

function labelsOf({ key, title }: ListedCamera): MetricLabels {
	return [
		["camera", key],
		["name", title],
	];
}
