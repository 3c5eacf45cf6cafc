import type { Millis } from "../../core/time";
import { RELAY_TICKET_LIFE_MAX } from "../../relay/relay-ticket";
import type { ApiAnswer, ApiField, ApiOperation } from "../../web/api";
import type { SiteRequest } from "../part";

/** The part of a device on which the operations on relays act. */
export interface RelaysOperator {
	/** The registered relays, for the owner. */
	list(): readonly Record<string, unknown>[];
	/** Shows the key of a relay. */
	showKey(name: string, request: SiteRequest): ApiAnswer;
	/** Makes links to a camera through a relay. */
	makeLink(now: Millis, form: Form): ApiAnswer;
	/** A page has shown a picture by a ticket. */
	seen(form: Form): ApiAnswer;
}

/** The longest lifetime of a link, in hours. */
export const LINK_HOURS_MAX = RELAY_TICKET_LIFE_MAX / 3600;

type Form = ReadonlyMap<string, string>;

const RELAY: ApiField = Object.freeze({
	name: "relay",
	type: "string",
	about: "the relay's name",
	example: "east",
	needed: true,
});
const CONTENT: ApiField = Object.freeze({
	name: "content",
	type: "string",
	about: "the camera's identity",
	example: "0123456789abcdef",
	needed: true,
});

/** The operations on the relays of a fleet, and on links that lead through them. */
export const RELAYS_OPERATIONS: readonly ApiOperation<RelaysOperator>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/relays",
		need: "owner",
		about: "The relays that are registered: name, host, ports, and how many more viewers each has room for.",
		run: (relays: RelaysOperator) => ({ body: { relays: relays.list() } }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/key",
		need: "owner",
		about:
			"Shows the key of a relay, which is derived from its name and the fleet's key, and the line for the relay's table.",
		conflict: "the fleet has no key",
		fields: Object.freeze([
			Object.freeze({
				name: "name",
				type: "string",
				about: "the relay's name: 1 to 32 letters, digits, dots, hyphens and underscores",
				example: "east",
				needed: true,
			}),
		]),
		run: (relays: RelaysOperator, form: Form, request: SiteRequest): ApiAnswer =>
			relays.showKey(form.get("name") ?? "", request),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/links",
		need: "owner",
		about: "Makes links by which anyone can watch a camera through a relay until they expire.",
		conflict: "the relay is not registered, or the date is not known",
		fields: Object.freeze([
			RELAY,
			CONTENT,
			Object.freeze({
				name: "viewer",
				type: "string",
				about: "the viewer that the metering records name: 1 to 32 letters, digits and the characters . _ - @",
				example: "ann",
				needed: true,
			}),
			Object.freeze({ name: "hours", type: "number", about: `1 to ${LINK_HOURS_MAX}`, example: 24, needed: true }),
		]),
		run: (relays: RelaysOperator, form: Form, { now }: SiteRequest): ApiAnswer => relays.makeLink(now, form),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/relays/seen",
		need: "viewer",
		about: "Tells that a picture has come through a relay by a ticket; pages that show one call it.",
		fields: Object.freeze([
			RELAY,
			CONTENT,
			Object.freeze({ name: "ticket", type: "string", about: "as the page has it", example: "r.…", needed: true }),
		]),
		run: (relays: RelaysOperator, form: Form): ApiAnswer => relays.seen(form),
	}),
]);
