import { parseDigits } from "../base/digits";
import { isHex } from "../base/hex";
import { isRelayName } from "../base/relay-name";
import { utf8Decode, utf8Encode } from "../base/text";
import type { Millis, Octets } from "../core/time";
import { parseForm, readSwitch } from "../wire/http-target";
import { isHost, isPathPrefix } from "./relay-address";
import { RELAY_SIGNATURE_DIGITS, type RelaySigner } from "./relay-key";

/** The field of a registration, `relay=NAME, signature=HEX`, and of its answer, `signature=HEX`. */
export const REGISTRATION_FIELD = "Porthole-Relay";
/** Where an origin takes registrations, by POST. */
export const REGISTRATION_PATH = "/api/v1/relays";
/** The type of both bodies: lines, each of them a form (`a=b&c=d`). */
export const REGISTRATION_TYPE = "text/plain; charset=utf-8";
/** The longest body of a registration. */
export const REGISTRATION_OCTETS_MAX: Octets = 4096;
/** The most tickets in a registration. */
export const USED_TICKETS_MAX = 16;
/** Hexadecimal digits of a nonce. */
export const NONCE_DIGITS = 32;

/** The longest value of the field. */
const FIELD_MAX = 128;
const CONTENT_MAX = 64;
const TICKET_MAX = 96;

/** A ticket that a viewer has shown at a relay. */
export interface UsedTicket {
	/** The text of the ticket. */
	readonly ticket: string;
	/** @see RelayTicket.content */
	readonly content: string;
}

/** What a relay tells an origin, every few minutes: where viewers reach it, and how many more it takes (ONE-7). */
export interface Registration {
	/** The relay's name. */
	readonly relay: string;
	/** When it was made, in milliseconds since 1970. Each registration of a relay has a later time than the one before. */
	readonly time: Millis;
	/** 32 hexadecimal digits, drawn at random: the answer is for this registration alone. */
	readonly nonce: string;
	/** The host by which viewers reach it; empty: the address that the registration comes from. */
	readonly host: string;
	/** Its ports for viewers; 0: none. */
	readonly httpPort: number;
	readonly rtspPort: number;
	/** Whether both ports take TLS. */
	readonly secure: boolean;
	/** What the paths of this origin's contents begin with at the relay, without a slash at the beginning: `home/`. */
	readonly prefix: string;
	/** How many more viewers it has room for. */
	readonly room: number;
	/** Whether the relay reports to this member: its ledger gets the records. */
	readonly reports: boolean;
	/** Tickets that viewers have shown since the last registration; at most {@link USED_TICKETS_MAX}. */
	readonly used: readonly UsedTicket[];
}

/** Writes the body of a registration. Tickets for which it has no room are left out. */
export function formatRegistration(registration: Registration): Uint8Array {
	const { relay, time, nonce, host, httpPort, rtspPort, secure, prefix, room, reports, used } = registration;
	const lines = [
		formLine([
			["relay", relay],
			["time", `${time}`],
			["nonce", nonce],
			["host", host],
			["http", `${httpPort}`],
			["rtsp", `${rtspPort}`],
			["secure", secure ? "yes" : "no"],
			["prefix", prefix],
			["room", `${room}`],
			["reports", reports ? "yes" : "no"],
		]),
	];
	let left = REGISTRATION_OCTETS_MAX - lines[0].length;
	for (const { ticket, content } of used) {
		const line = formLine([
			["ticket", ticket],
			["content", content],
		]);
		left -= line.length + 1;
		if (left >= 0) lines.push(line);
	}
	return utf8Encode(lines.join("\n"));
}

/** Reads the body of a registration; `undefined` when it is malformed. Tickets are not checked. */
export function parseRegistration(body: Uint8Array): Registration | undefined {
	if (body.length > REGISTRATION_OCTETS_MAX) return undefined;
	const [head, ...others] = utf8Decode(body).split("\n");
	if (others.length > USED_TICKETS_MAX) return undefined;
	const form = parseForm(head);
	if (form === undefined) return undefined;
	const relay = form.get("relay") ?? "";
	const time = parseDigits(form.get("time") ?? "", 15);
	const nonce = form.get("nonce") ?? "";
	const host = form.get("host") ?? "";
	const httpPort = portOf(form.get("http"));
	const rtspPort = portOf(form.get("rtsp"));
	const secure = readSwitch(form.get("secure"));
	const prefix = form.get("prefix") ?? "";
	const room = parseDigits(form.get("room") ?? "", 9);
	const reports = readSwitch(form.get("reports"));
	if (!isRelayName(relay) || !isHex(nonce, NONCE_DIGITS) || !isPathPrefix(prefix)) return undefined;
	if (host !== "" && !isHost(host)) return undefined;
	if (time === undefined || secure === undefined || room === undefined || reports === undefined) return undefined;
	if (httpPort === undefined || rtspPort === undefined) return undefined;
	const used: UsedTicket[] = [];
	for (const line of others) {
		const form = parseForm(line);
		const ticket = form?.get("ticket") ?? "";
		const content = form?.get("content") ?? "";
		if (ticket === "" || ticket.length > TICKET_MAX || content === "" || content.length > CONTENT_MAX) return undefined;
		used.push({ ticket, content });
	}
	return { relay, time, nonce, host, httpPort, rtspPort, secure, prefix, room, reports, used };
}

/** A value of {@link REGISTRATION_FIELD}: the signer, empty in answers, and the signature. */
export interface RegistrationField {
	readonly relay: string;
	readonly signature: string;
}

/** Writes the value of {@link REGISTRATION_FIELD} for a registration. @param signer of the relay's key for `registration` */
export function signRegistration(signer: RelaySigner, relay: string, body: Uint8Array): string {
	return `relay=${relay}, signature=${signer.sign(body)}`;
}

/** Writes the value of {@link REGISTRATION_FIELD} for the answer to the registration with this nonce. */
export function signAnswer(signer: RelaySigner, nonce: string, body: Uint8Array): string {
	return `signature=${signer.sign(answerText(nonce, body))}`;
}

/** Tells whether the answer to the registration with this nonce is the origin's. @param field the value of {@link REGISTRATION_FIELD} */
export function checkAnswer(signer: RelaySigner, nonce: string, body: Uint8Array, field: string): boolean {
	const said = parseRegistrationField(field);
	return said !== undefined && signer.verify(answerText(nonce, body), said.signature);
}

/** Parses a value of {@link REGISTRATION_FIELD}; `undefined` when it is malformed. */
export function parseRegistrationField(text: string): RegistrationField | undefined {
	if (text.length > FIELD_MAX) return undefined;
	const comma = text.indexOf(",");
	const first = comma < 0 ? "" : text.slice(0, comma);
	const rest = comma < 0 ? text : text.slice(comma + 1).trim();
	const relay = first.startsWith("relay=") ? first.slice(6) : "";
	if ((comma >= 0 && !isRelayName(relay)) || !rest.startsWith("signature=")) return undefined;
	const signature = rest.slice(10);
	return isHex(signature, RELAY_SIGNATURE_DIGITS) ? { relay, signature } : undefined;
}

/** Writes one line: a form. */
export function formLine(members: readonly (readonly [name: string, value: string])[]): string {
	return members.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

/** No registration begins like this, so that an answer can't be used as one. */
function answerText(nonce: string, body: Uint8Array): Uint8Array {
	const head = utf8Encode(`answer ${nonce}\n`);
	const text = new Uint8Array(head.length + body.length);
	text.set(head);
	text.set(body, head.length);
	return text;
}

function portOf(text: string | undefined): number | undefined {
	const port = parseDigits(text ?? "", 5);
	return port !== undefined && port <= 65535 ? port : undefined;
}
