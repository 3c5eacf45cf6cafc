import { parseDigits } from "../../../base/digits";
import type { Machine } from "../../../core/machine";
import type { Handle, Pump } from "../../../core/pump";
import type { Millis } from "../../../core/time";
import { eventLabel } from "../../../storage/events/event-label";
import type { CameraKey } from "../../../storage/recording";
import type { ApiAnswer } from "../../../web/api";
import { EVENTS_MESSAGES } from "../../../web/events-messages";
import type { RecorderControl } from "../recorder-control";

const { refused } = EVENTS_MESSAGES;
/** How many reported events may last at a time. */
const LASTING_MAX = 256;
/** An event whose end nobody reports ends after this time. */
const LASTS_MAX: Millis = 12 * 3_600_000;
const PULSE_SECONDS = 10;
const PULSE_SECONDS_MAX = 3600;

/** A state that a program reports of a switch or the like. */
export type ReportedState = "on" | "off" | "pulse";

/** An event that lasts. */
interface Lasting {
	readonly id: number;
	/** When it ends by itself, monotonic. */
	readonly end: Millis;
}

/** Events that programs, switches and smart homes report (STR-26). */
export class ReportedEvents implements Machine<undefined> {
	/** When the next event ends by itself: one timer for all, however often something is reported. */
	deadline: Millis = Infinity;
	private readonly handle: Handle<ReportedEvents, undefined>;
	/** Those that last, by camera, kind and label. */
	private readonly lasting = new Map<string, Lasting>();

	constructor(
		private readonly recorder: Pick<RecorderControl, "eventBegan" | "eventEnded">,
		private readonly pump: Pick<Pump, "add" | "now">,
	) {
		this.handle = pump.add<undefined, ReportedEvents>(this, undefined);
	}

	/** @see Machine */
	expire(now: Millis): void {
		for (const [name, { end }] of [...this.lasting]) if (end <= now) this.end(name);
		this.arm();
	}

	/** Carries out a form. @see EVENT_FIELDS */
	take(key: CameraKey, form: ReadonlyMap<string, string>): ApiAnswer {
		const kind = form.get("kind") ?? "call";
		const state = form.get("state") ?? "pulse";
		const seconds = parseDigits(form.get("seconds") ?? `${PULSE_SECONDS}`, 4) ?? 0;
		if (kind !== "call" && kind !== "switch") return { fault: refused.kind };
		if (state !== "on" && state !== "off" && state !== "pulse") return { fault: refused.state };
		if (seconds < 1 || seconds > PULSE_SECONDS_MAX) return { fault: refused.seconds };
		return this.report(key, kind, state, form.get("label") ?? "", seconds);
	}

	/** Begins or ends an event. Beginning one that lasts, and ending none, changes nothing. */
	report(
		key: CameraKey,
		kind: "call" | "switch",
		state: ReportedState,
		text: string,
		seconds = PULSE_SECONDS,
	): ApiAnswer {
		const label = eventLabel(text);
		const name = `${key} ${kind} ${label}`;
		const known = this.lasting.get(name);
		if (state === "off") {
			if (known === undefined) return { fault: refused.noEvent, status: 404 };
			this.end(name);
			return { body: { id: known.id } };
		}
		if (known !== undefined) return { body: { id: known.id } };
		const event = this.lasting.size < LASTING_MAX ? this.recorder.eventBegan(key, kind, label) : undefined;
		if (event === undefined) return { fault: refused.tooMany, status: 409 };
		this.lasting.set(name, { id: event.id, end: this.pump.now() + (state === "pulse" ? seconds * 1000 : LASTS_MAX) });
		this.arm();
		return { body: { id: event.id } };
	}

	/** Ends all events. */
	close(): void {
		for (const name of [...this.lasting.keys()]) this.end(name);
		this.arm();
	}

	private end(name: string): void {
		const known = this.lasting.get(name);
		this.lasting.delete(name);
		if (known !== undefined) this.recorder.eventEnded(known.id);
	}

	private arm(): void {
		this.deadline = Infinity;
		for (const { end } of this.lasting.values()) this.deadline = Math.min(this.deadline, end);
		this.handle.called();
	}
}
