import { parseDigits } from "../../base/digits";
import type { Millis } from "../../core/time";
import type { RecentEvent } from "../../web/recent-events-page";
import { parseJsonMembers } from "../../wire/json-members";

const QUOTE = 34;
const BACKSLASH = 92;
const OBJECT = 123;
const OBJECT_END = 125;

/** The last moment that a date can have, in milliseconds since 1970. */
const LAST: Millis = 8.64e15;
/** The longest label. */
const LABEL_MAX = 64;

/**
 * Reads the answer to `GET /api/v1/events`. A device that has taken over the address of the NAS may have given it: what is malformed is
 * left out.
 * @param max the most events that are taken
 */
export function readListedEvents(bytes: Uint8Array, max: number): RecentEvent[] {
	const events: RecentEvent[] = [];
	let depth = 0;
	let start = 0;
	let isText = false;
	for (let i = 0; i < bytes.length && events.length < max; i++) {
		const code = bytes[i];
		if (isText) {
			if (code === BACKSLASH) i++;
			else if (code === QUOTE) isText = false;
		} else if (code === QUOTE) isText = true;
		else if (code === OBJECT) {
			if (++depth === 2) start = i;
		} else if (code === OBJECT_END && depth-- === 2) {
			const event = eventOf(parseJsonMembers(bytes.subarray(start, i + 1)));
			if (event !== undefined) events.push(event);
		}
	}
	return events;
}

function eventOf(members: ReadonlyMap<string, string> | undefined): RecentEvent | undefined {
	const id = parseDigits(members?.get("id") ?? "", 15);
	const from = Number(members?.get("from") ?? "-1");
	if (id === undefined || !(from >= 0 && from <= LAST)) return undefined;
	return { id, from, label: (members?.get("label") ?? "").slice(0, LABEL_MAX) };
}
