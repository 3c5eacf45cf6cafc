import type { Octets } from "../core/time";
import type { MeteringRecord } from "./metering-record";
import { parseOutboxLine } from "./outbox-line";

/** The state of a session that has not ended. */
export interface OpenSession {
	/** @see RelayOrigin.name */
	readonly origin: string;
	readonly record: MeteringRecord;
	/** False: the record itself waits for delivery or was delivered, and the session goes on after it. */
	readonly isCheckpoint: boolean;
}

/** A record in the file that was not delivered. */
export interface WaitingRecord {
	/** @see RelayOrigin.name */
	readonly origin: string;
	readonly json: Uint8Array;
	/** Its number in the file. */
	readonly number: number;
}

/** The reason in the last record of a session during which the program ended without notice. */
export const INTERRUPTED = "the relay was interrupted";

/** What the lines of an outbox's file tell of earlier runs. */
export class OutboxHistory {
	/** The records that were not delivered, by number, the oldest first. */
	readonly waiting = new Map<number, WaitingRecord>();
	/** The sessions that had not ended. */
	readonly sessions = new Map<string, OpenSession>();
	/** Spans of which only a checkpoint is there, although the session went on. */
	readonly spans: OpenSession[] = [];
	/** The highest number of a record. */
	last = 0;

	/** Takes the line `bytes[start, end)`. @returns false: it can't be read */
	take(bytes: Uint8Array, start: Octets, end: Octets): boolean {
		const parsed = parseOutboxLine(bytes, start, end);
		if (parsed === undefined) return false;
		const { waiting, sessions } = this;
		if (parsed.kind === "delivered") {
			for (const number of parsed.numbers) waiting.delete(number);
			return true;
		}
		const { origin, record, json, number } = parsed;
		const known = sessions.get(record.session);
		if (known?.isCheckpoint === true && known.record.part < record.part) this.spans.push(known);
		if (parsed.kind === "record") {
			this.last = Math.max(this.last, number);
			waiting.set(number, { origin, json, number });
		}
		if (parsed.kind === "record" && record.isLast) sessions.delete(record.session);
		else sessions.set(record.session, { origin, record, isCheckpoint: parsed.kind === "checkpoint" });
		return true;
	}
}

/** The state of a session that lasts, as a checkpoint: the record that would follow if it ended now. */
export function checkpointOf({ record, isCheckpoint }: OpenSession): MeteringRecord {
	return isCheckpoint ? record : goesOn(record);
}

/** The last record of a session that was interrupted. */
export function interrupted(session: OpenSession): MeteringRecord {
	return { ...checkpointOf(session), isLast: true, reason: INTERRUPTED };
}

/** The record that follows, of a span without any length. */
function goesOn(record: MeteringRecord): MeteringRecord {
	const { session, part, end } = record;
	return {
		...record,
		part: part + 1,
		id: `${session}-${part + 1}`,
		isLast: false,
		start: end,
		payload: 0,
		total: 0,
		packets: 0,
		frames: 0,
		drops: 0,
		amount: 0,
	};
}
