import type { Handle } from "../../../core/pump";
import type { Millis, Octets } from "../../../core/time";
import type { FrameSource } from "../../../ports/camera";
import { NO_RESOLVER } from "../../../ports/resolver";
import { parseUrlCameras, type RECORDER_SCHEMA } from "../../../settings/recorder-schema";
import type { ValuesOf } from "../../../settings/schema";
import type { EventKind, RecordedEvent } from "../../../storage/recorded-event";
import { CameraRecorder, type RecorderOptions, type RecorderOwner } from "../../../storage/recorder/camera-recorder";
import { PreRollBudget } from "../../../storage/recorder/pre-roll";
import { isRecordingMode } from "../../../storage/recorder/recording-mode";
import type { CameraKey, Utc } from "../../../storage/recording";
import { type ApiAnswer, DONE } from "../../../web/api";
import { RECORDER_MESSAGES } from "../../../web/recorder-messages";
import { localWeekMinute, WeekSchedule } from "../../../wire/week-schedule";
import type { Node, NodeSettings } from "../../node";
import type { NasHost } from "../nas-host";
import type { NasServices } from "../nas-services";
import type { KnownCamera, PictureTap, RecorderControl } from "../recorder-control";
import { FleetSource } from "./fleet-source";
import { isCamera, RecordedFleetLogin, type RecordedFleetSettings } from "./recorded-fleet";
import { RecordedSource, type RecordedSourceHost } from "./recorded-source";
import { RecordingModes } from "./recording-modes";

/** The settings of the recorder. */
export type RecorderPartSettings = NodeSettings & ValuesOf<typeof RECORDER_SCHEMA> & RecordedFleetSettings;

/** The parts of a NAS that the recorder depends on. */
export interface RecorderNeeds extends Pick<NasServices, "access" | "fleet" | "store" | "events"> {
	readonly node: Node<RecorderPartSettings>;
	readonly openSource: NasHost["openSource"];
}

const SECOND: Millis = 1000;
const MEGABYTE: Octets = 1_000_000;
/** The most cameras: in an open fleet anybody can make cameras up. */
const CAMERAS_MAX = 128;
/** The most events that last at the same time. */
const EVENTS_MAX = 1024;
/** A text of 16 hexadecimal digits: the identity of a camera. */
const IDENTITY = 16;

/**
 * Records cameras: those of the fleet, found by themselves and followed by their identity, and those at URLs in the settings
 * (STR-13, STR-26, STR-27).
 */
export class Recorder implements RecorderControl, RecordedSourceHost, RecorderOwner {
	/** @see RecordedSourceHost */
	taps: readonly PictureTap[] = [];
	/** When the cameras are looked at next. */
	deadline: Millis = Infinity;
	private readonly node: Node<RecorderPartSettings>;
	private readonly handle: Handle<Recorder, undefined>;
	private readonly sources = new Map<CameraKey, RecordedSource>();
	/** Those of the fleet. */
	private readonly followed = new Map<CameraKey, FleetSource>();
	private readonly modes: RecordingModes;
	private readonly options: RecorderOptions;
	private readonly budget: PreRollBudget;
	private readonly login: RecordedFleetLogin;
	/** The cameras of the events that last, by their numbers. */
	private readonly lasting = new Map<number, CameraKey>();
	private hasChanged = false;
	private isFull = false;

	constructor(private readonly needs: RecorderNeeds) {
		const { node, access, fleet } = needs;
		const { settings } = node;
		this.node = node;
		this.modes = new RecordingModes(node.memory, settings.record);
		this.budget = new PreRollBudget(settings.preRollMemory * MEGABYTE);
		this.login = new RecordedFleetLogin(access, fleet, () => node.now, settings);
		this.options = {
			rate: settings.recordRate,
			quietRate: settings.recordQuietRate,
			preRoll: settings.preRoll * SECOND,
			postRoll: settings.postRoll * SECOND,
			schedule: WeekSchedule.parse(settings.recordSchedule) as WeekSchedule,
			weekMinute: localWeekMinute,
		};
		this.handle = node.pump.add(this, undefined);
	}

	/** @see RecordedSourceHost */
	get wantsH264(): boolean {
		return this.node.settings.recordH264;
	}

	/** @see RecordedSourceHost */
	now(): Millis {
		return this.node.now;
	}

	/** @see RecordedSourceHost */
	utc(): Utc | undefined {
		return this.node.host.clock.utc();
	}

	/** Begins; called once. */
	start(): void {
		const { settings, host } = this.node;
		for (const { key, url } of parseUrlCameras(settings.recordUrls) ?? []) {
			try {
				this.add(key, key, undefined, this.needs.openSource(url, settings.recordRate));
			} catch (error) {
				host.log.write("error", "recorder", `${key}: ${error instanceof Error ? error.message : error}`);
			}
		}
		this.refresh();
		this.deadline = this.node.now;
		this.handle.called();
	}

	/** Follows the cameras of the fleet. */
	refresh(): void {
		if (this.node.isLeaving) return;
		const { registry } = this.needs.fleet.fleet;
		for (const member of registry.values()) {
			if (!isCamera(member)) continue;
			let source = this.followed.get(member.id);
			if (source === undefined) source = this.discover(member.id);
			const recorded = this.sources.get(member.id);
			if (source === undefined || recorded === undefined) continue;
			if (source.follow(member)) recorded.moved();
			if (member.name !== "") recorded.recorder.title = member.name;
		}
		for (const [id, source] of this.followed) {
			const member = registry.get(id);
			if (member === undefined || !isCamera(member)) source.follow(undefined);
		}
	}

	expire(now: Millis): void {
		if (now < this.deadline) return;
		this.deadline = now + SECOND;
		for (const source of this.sources.values()) source.tick();
		if (!this.hasChanged) return;
		this.hasChanged = false;
		this.node.changed();
	}

	/** Ends all recordings. @param done called when all is on the medium, or could not be put there */
	close(done: () => void): void {
		this.deadline = Infinity;
		this.handle.called();
		let open = 1;
		const closed = (): void => {
			if (--open === 0) done();
		};
		for (const source of this.sources.values()) {
			open++;
			source.close(closed);
		}
		closed();
	}

	/** @see RecorderControl */
	cameras(): readonly KnownCamera[] {
		const list: KnownCamera[] = [];
		for (const source of this.sources.values()) list.push(source.known);
		for (const { key, title } of this.needs.store.cameras())
			if (!this.sources.has(key)) list.push(this.remembered(key, title));
		return list.sort((a, b) => (a.title === b.title ? compare(a.key, b.key) : compare(a.title, b.title)));
	}

	/** @see RecorderControl */
	camera(key: CameraKey): KnownCamera | undefined {
		const source = this.sources.get(key);
		if (source !== undefined) return source.known;
		for (const camera of this.needs.store.cameras()) if (camera.key === key) return this.remembered(key, camera.title);
		return undefined;
	}

	/** @see RecorderControl */
	record(key: CameraKey, duration: Millis): boolean {
		const source = this.sources.get(key);
		if (source === undefined) return false;
		source.recorder.record(this.now() + duration);
		source.tick();
		this.node.changed();
		return true;
	}

	/** @see RecorderControl */
	stop(key: CameraKey): boolean {
		const source = this.sources.get(key);
		const utc = this.utc();
		if (source === undefined || utc === undefined) return false;
		source.recorder.stop(this.now(), utc);
		source.tick();
		this.node.changed();
		return true;
	}

	/** Sets when a camera is recorded, and keeps it for the next start. */
	setMode(key: CameraKey, mode: string): ApiAnswer {
		const source = this.sources.get(key);
		if (source === undefined && this.camera(key) === undefined)
			return { fault: RECORDER_MESSAGES.noCamera, status: 404 };
		if (!isRecordingMode(mode)) return { fault: RECORDER_MESSAGES.mode };
		if (!this.modes.set(key, mode)) return { fault: RECORDER_MESSAGES.tooManyModes, status: 409 };
		source?.recorder.setMode(this.now(), this.utc() ?? 0, mode);
		source?.tick();
		this.node.changed();
		return DONE;
	}

	/** @see RecorderControl */
	eventBegan(key: CameraKey, kind: EventKind, label: string): RecordedEvent | undefined {
		const source = this.sources.get(key);
		const utc = this.utc();
		if (source === undefined || utc === undefined || this.lasting.size >= EVENTS_MAX) return undefined;
		const event = this.needs.events.begin(key, kind, utc, label);
		this.lasting.set(event.id, key);
		source.recorder.eventBegan();
		return event;
	}

	/** @see RecorderControl */
	eventEnded(event: number): void {
		const key = this.lasting.get(event);
		const utc = this.utc();
		if (key === undefined || utc === undefined) return;
		this.lasting.delete(event);
		this.needs.events.end(event, utc);
		this.sources.get(key)?.recorder.eventEnded(this.now());
	}

	/** @see RecorderControl */
	tap(tap: PictureTap): () => void {
		this.taps = [...this.taps, tap];
		return () => {
			this.taps = this.taps.filter((other) => other !== tap);
		};
	}

	/** How many cameras there are, how many are being recorded, and how many pictures were. */
	get totals(): { readonly cameras: number; readonly recording: number; readonly pictures: number } {
		let recording = 0;
		let pictures = 0;
		for (const { recorder, known } of this.sources.values()) {
			if (known.isRecording) recording++;
			pictures += recorder.recorded;
		}
		return { cameras: this.sources.size, recording, pictures };
	}

	/** @see RecordedSourceHost */
	cameraChanged(source: RecordedSource): void {
		const { trouble } = source.known;
		if (trouble !== undefined) this.node.host.log.write("warn", "recorder", `${nameOf(source.recorder)}: ${trouble}`);
		this.hasChanged = true;
	}

	/** @see RecorderOwner */
	recorderChanged(recorder: CameraRecorder): void {
		const { why, storageFault } = recorder;
		const { log } = this.node.host;
		const name = nameOf(recorder);
		if (storageFault !== undefined) log.write("error", "recorder", `${name}: ${storageFault}`);
		else log.write("info", "recorder", why === undefined ? `${name} is recorded` : `${name} is not recorded: ${why}`);
		this.hasChanged = true;
	}

	/** A camera of the fleet is heard for the first time. */
	private discover(id: string): FleetSource | undefined {
		const { node } = this;
		if (this.sources.size >= CAMERAS_MAX && !this.forgetStranger()) {
			if (!this.isFull) node.host.log.write("warn", "recorder", `only ${CAMERAS_MAX} cameras can be recorded`);
			this.isFull = true;
			return undefined;
		}
		const { network, random } = node.host;
		const host = { pump: node.pump, network, random, resolver: NO_RESOLVER, utc: () => this.utc() };
		const source = new FleetSource(host, this.login, node.settings.recordRate);
		this.followed.set(id, source);
		this.add(id, id, id, source);
		return source;
	}

	/** Forgets a camera that is gone and was never recorded. @returns false if there is none */
	private forgetStranger(): boolean {
		for (const [id, source] of this.sources) {
			const isThere = this.needs.fleet.fleet.registry.get(id) !== undefined;
			if (source.member === undefined || isThere || source.recorder.recorded > 0) continue;
			source.close(() => {});
			this.sources.delete(id);
			this.followed.delete(id);
			return true;
		}
		return false;
	}

	private add(key: CameraKey, title: string, member: string | undefined, source: FrameSource): void {
		const { store } = this.needs;
		const mode = this.modes.of(key);
		const recorder = new CameraRecorder(key, title, mode, store, this.options, this.budget, this);
		this.sources.set(key, new RecordedSource(this, recorder, member, source));
		this.hasChanged = true;
	}

	/** A camera of which only recordings are left. */
	private remembered(key: CameraKey, title: string): KnownCamera {
		const member = key.length === IDENTITY ? key : undefined;
		return { key, title, mode: this.modes.of(key), isRecording: false, why: "source", trouble: undefined, member };
	}
}

/** A camera for the log: its key, and its name where that says more. */
function nameOf({ key, title }: CameraRecorder): string {
	return title === key ? key : `"${title}" (${key})`;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
