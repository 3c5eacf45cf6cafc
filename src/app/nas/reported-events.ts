import { parseDigits } from "../../base/digits";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import { eventLabel } from "../../storage/events/event-label";
import type { CameraKey } from "../../storage/recording";
import type { ApiAnswer } from "../../web/api";
import { EVENTS_MESSAGES } from "../../web/events-messages";
import type { RecorderControl } from "./recorder-control";

const { refused } = EVENTS_MESSAGES;
/** How many reported events may last at a time. */
const LASTING_MAX = 256;
/** An event whose end nobody reports ends after this time. */
const LASTS_MAX: Millis = 12 * 3_600_000;
const PULSE_SECONDS = 10;
const PULSE_SECONDS_MAX = 3600;

/** A state that a program reports of a switch or the like. */
export type ReportedState = "on" | "off" | "pulse";

/** Events that programs, switches and smart homes report (STR-26). */
export class ReportedEvents {
	/** The numbers of those that last, by camera, kind and label. */
	private readonly lasting = new Map<string, number>();

	constructor(
		private readonly recorder: RecorderControl,
		private readonly pump: Pick<Pump, "after">,
	) {}

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
			this.end(name, known);
			return { body: { id: known } };
		}
		if (known !== undefined) return { body: { id: known } };
		const event = this.lasting.size < LASTING_MAX ? this.recorder.eventBegan(key, kind, label) : undefined;
		if (event === undefined) return { fault: refused.tooMany, status: 409 };
		this.lasting.set(name, event.id);
		this.pump.after(state === "pulse" ? seconds * 1000 : LASTS_MAX, () => this.end(name, event.id));
		return { body: { id: event.id } };
	}

	/** Ends all events. */
	close(): void {
		for (const [name, id] of [...this.lasting]) this.end(name, id);
	}

	private end(name: string, id: number): void {
		if (this.lasting.get(name) !== id) return;
		this.lasting.delete(name);
		this.recorder.eventEnded(id);
	}
}
