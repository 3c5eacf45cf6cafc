import type { ApiAnswer, ApiField, ApiOperation } from "../../../web/api";
import type { SiteRequest } from "../../part";

/** What the operations act on: the part with the events. */
export interface EventsOperator {
	/** The answer to `GET /api/v1/events`. */
	list(query: ReadonlyMap<string, string>): ApiAnswer;
	/** Begins or ends an event that a program reports. */
	report(key: string, form: ReadonlyMap<string, string>): ApiAnswer;
	/** What the detector of motion sees now, and its settings. */
	motion(key: string): ApiAnswer;
	setMotion(key: string, form: ReadonlyMap<string, string>): ApiAnswer;
	setZone(key: string, form: ReadonlyMap<string, string>): ApiAnswer;
}

type Form = ReadonlyMap<string, string>;

const NO_CAMERA: ApiOperation<never>["refusals"] = Object.freeze([[404, "there is no such camera"] as const]);

const LIST_FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({
		name: "camera",
		type: "string",
		about: "only of this key; absent: of all",
		example: "14d957c4f6f78bd3",
	}),
	Object.freeze({
		name: "from",
		type: "string",
		about: "milliseconds since 1970, or ISO 8601 in UTC; absent: a day before to",
		example: "2026-01-01T00:00:00Z",
	}),
	Object.freeze({
		name: "to",
		type: "string",
		about: "milliseconds since 1970, or ISO 8601 in UTC; absent: now",
		example: "2026-01-02T00:00:00Z",
	}),
	Object.freeze({ name: "max", type: "number", about: "how many: 1 to 5000; absent: 200", example: 200 }),
	Object.freeze({
		name: "newest",
		type: "string",
		about: "yes: the last ones if there are more than max; absent: the first ones",
		example: "yes",
	}),
]);

const EVENT_FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({
		name: "state",
		type: "string",
		about: "on: the event begins; off: it ends; pulse (default): it begins, and ends by itself",
		example: "pulse",
	}),
	Object.freeze({ name: "kind", type: "string", about: "call (default) or switch", example: "switch" }),
	Object.freeze({
		name: "label",
		type: "string",
		about: "what happened, at most 64 characters",
		example: "Front door",
	}),
	Object.freeze({ name: "seconds", type: "number", about: "length of a pulse: 1 to 3600", example: 10 }),
]);

const MOTION_FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({ name: "on", type: "string", about: "on or off", example: "on" }),
	Object.freeze({ name: "sensitivity", type: "number", about: "1 to 100", example: 50 }),
	Object.freeze({
		name: "area",
		type: "number",
		about: "smallest thing: 1 to 500 thousandths of the picture",
		example: 3,
	}),
	Object.freeze({ name: "pictures", type: "number", about: "1 to 20 pictures one after another", example: 3 }),
	Object.freeze({ name: "hold", type: "number", about: "seconds until an event ends: 1 to 300", example: 5 }),
]);

const ZONE_FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({ name: "zone", type: "number", about: "from 1; one more adds a zone", example: 1, needed: true }),
	Object.freeze({
		name: "use",
		type: "string",
		about: "watch, ignore, or none to remove it",
		example: "watch",
		needed: true,
	}),
	Object.freeze({ name: "name", type: "string", about: "at most 64 characters", example: "Door" }),
	Object.freeze({ name: "left", type: "number", about: "percent of the width", example: 10 }),
	Object.freeze({ name: "top", type: "number", about: "percent of the height", example: 20 }),
	Object.freeze({ name: "right", type: "number", about: "percent of the width", example: 60 }),
	Object.freeze({ name: "bottom", type: "number", about: "percent of the height", example: 100 }),
]);

/** The operations of events and of the detector of motion (STR-26). */
export const EVENTS_OPERATIONS: readonly ApiOperation<EventsOperator>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/events",
		need: "viewer",
		about: "Events in the order of their starts. more is true when there are others.",
		query: LIST_FIELDS,
		run: (part: EventsOperator, _form: Form, request: SiteRequest): ApiAnswer => part.list(request.query),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/event",
		need: "owner",
		refusals: NO_CAMERA,
		about: "Reports an event at a camera: a switch, a bell, an alarm.",
		conflict: "the camera is not there, or too many events are going on",
		fields: EVENT_FIELDS,
		run: (part: EventsOperator, form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			part.report(key, form),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/recordings/{key}/motion",
		need: "viewer",
		refusals: NO_CAMERA,
		about:
			"What the detector of motion sees in the camera's picture: state, score (percent that moves), area (of the largest thing, thousandths), marks (a digit for each cell, row by row: 1 has changed, 2 moves), event (whether one is going on), and its settings.",
		run: (part: EventsOperator, _form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			part.motion(key),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/motion",
		need: "owner",
		refusals: NO_CAMERA,
		about: "Sets how motion is looked for in a camera's pictures.",
		fields: MOTION_FIELDS,
		run: (part: EventsOperator, form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			part.setMotion(key, form),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/zone",
		need: "owner",
		refusals: NO_CAMERA,
		about: "Adds, changes or removes a zone of the picture in which motion counts, or does not.",
		fields: ZONE_FIELDS,
		run: (part: EventsOperator, form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			part.setZone(key, form),
	}),
]);
