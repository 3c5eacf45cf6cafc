import type { CameraKey, Utc } from "./recording";

/** What happened: motion in the picture, a switch, or a call of the interface for programs (STR-26). */
export type EventKind = "motion" | "switch" | "call";

/** An event at a camera. */
export interface RecordedEvent {
	/** Tells it from all other events of this NAS, and rises; also its name in URLs and messages. */
	readonly id: number;
	readonly camera: CameraKey;
	readonly kind: EventKind;
	readonly from: Utc;
	/** When it ended; `undefined` while it lasts. */
	readonly to: Utc | undefined;
	/** When the picture was taken that shows it best. */
	readonly still: Utc;
	/** Of motion: the share of the picture that changed most, 0 to 100. */
	readonly score: number;
	/** What the caller or the zone is called; may be empty. At most 64 characters, not to be trusted. */
	readonly label: string;
}

/** Learns of events as they happen. Never called during a call to the log. */
export interface EventListener {
	eventBegan?(event: RecordedEvent): void;
	eventEnded?(event: RecordedEvent): void;
}

/** The events of all cameras, kept as long as the recordings. */
export interface EventLog {
	/** The events that overlap `[from, to)`, in the order of their starts, at most `max`. @param camera `undefined`: of all */
	events(camera: CameraKey | undefined, from: Utc, to: Utc, max: number): readonly RecordedEvent[];
	event(id: number): RecordedEvent | undefined;
	/** Adds an event that begins now. */
	begin(camera: CameraKey, kind: EventKind, from: Utc, label: string): RecordedEvent;
	/** Says what became of an event that lasts. */
	update(id: number, still: Utc, score: number): void;
	/** Ends an event. @returns `undefined`: there is none, or it has ended */
	end(id: number, to: Utc): RecordedEvent | undefined;
	/** Adds a listener. @returns removes it again */
	watch(listener: EventListener): () => void;
}
