import { LINK_ID_DIGITS, REVOKED_MAX } from "../access/revoked-links";
import { parseDigits } from "../base/digits";
import { isHex } from "../base/hex";
import { isRelayName } from "../base/relay-name";
import { utf8Decode, utf8Encode } from "../base/text";
import type { Octets, Seconds } from "../core/time";
import { parseForm } from "../wire/http-target";
import { parseUrl } from "../wire/http-url";
import { parseRtspUrl } from "../wire/rtsp-url";
import { formLine } from "./registration";

/** The longest body of an answer. */
export const ANSWER_OCTETS_MAX: Octets = 131_072;
/** The most cameras in an answer. */
const OFFERED_CAMERAS_MAX = 128;
/** The most members in an answer. */
export const OFFERED_MEMBERS_MAX = 16;

const NAME_MAX = 64;
const VALID_DIGITS = 6;

/** A camera that a relay may relay, as it is reached from there at present. The URLs bear passes that hold for minutes. */
export interface OfferedCamera {
	/** Its identity: what tickets and records call it. */
	readonly id: string;
	/** For people. */
	readonly name: string;
	/** Motion JPEG over HTTP; empty: none. */
	readonly http: string;
	/** Its JPEG pictures by RTSP, and its H.264; empty: none. */
	readonly rtsp: string;
	readonly h264: string;
}

/** What an origin answers to a registration. */
export interface RegistrationAnswer {
	/** How long the registration counts. The relay registers again before half of it is over. */
	readonly valid: Seconds;
	readonly cameras: readonly OfferedCamera[];
	/** The bases of other members of the fleet that take registrations: `https://home.example:8443`. */
	readonly members: readonly string[];
	/** The viewer links that the owner has revoked: tickets of their visitors are good no more. @default none */
	readonly revoked?: readonly string[];
}

/** Writes the body of an answer; cameras and members beyond the limits are left out. */
export function formatAnswer({ valid, cameras, members, revoked = [] }: RegistrationAnswer): Uint8Array {
	const head: (readonly [string, string])[] = [["valid", `${valid}`]];
	if (revoked.length > 0) head.push(["revoked", revoked.slice(0, REVOKED_MAX).join(".")]);
	const lines = [formLine(head)];
	for (const { id, name, http, rtsp, h264 } of cameras.slice(0, OFFERED_CAMERAS_MAX))
		lines.push(
			formLine([
				["id", id],
				["name", name.slice(0, NAME_MAX)],
				["http", http],
				["rtsp", rtsp],
				["h264", h264],
			]),
		);
	for (const member of members.slice(0, OFFERED_MEMBERS_MAX)) lines.push(formLine([["member", member]]));
	return utf8Encode(lines.join("\n"));
}

/** Reads the body of an answer; `undefined` when it is malformed. */
export function parseAnswer(body: Uint8Array): RegistrationAnswer | undefined {
	if (body.length > ANSWER_OCTETS_MAX) return undefined;
	const [head, ...others] = utf8Decode(body).split("\n");
	const about = parseForm(head);
	const valid = parseDigits(about?.get("valid") ?? "", VALID_DIGITS);
	const ended = about?.get("revoked") ?? "";
	const revoked = ended === "" ? [] : ended.split(".");
	if (valid === undefined || valid === 0 || revoked.length > REVOKED_MAX) return undefined;
	if (!revoked.every((link) => isHex(link, LINK_ID_DIGITS))) return undefined;
	const cameras: OfferedCamera[] = [];
	const members: string[] = [];
	for (const line of others) {
		const form = parseForm(line);
		const member = form?.get("member");
		if (form === undefined) return undefined;
		if (member !== undefined) {
			// A base has no path: relays post to it.
			if (members.length >= OFFERED_MEMBERS_MAX || parseUrl(member)?.target !== "/") return undefined;
			members.push(member);
			continue;
		}
		const camera = cameraOf(form);
		if (camera === undefined || cameras.length >= OFFERED_CAMERAS_MAX) return undefined;
		cameras.push(camera);
	}
	return { valid, cameras, members, ...(revoked.length > 0 ? { revoked } : {}) };
}

function cameraOf(form: ReadonlyMap<string, string>): OfferedCamera | undefined {
	const id = form.get("id") ?? "";
	const name = form.get("name") ?? "";
	const http = form.get("http") ?? "";
	const rtsp = form.get("rtsp") ?? "";
	const h264 = form.get("h264") ?? "";
	// Identities are made of the same characters as names of relays.
	if (!isRelayName(id) || name.length > NAME_MAX) return undefined;
	if (http !== "" && parseUrl(http) === undefined) return undefined;
	for (const url of [rtsp, h264]) if (url !== "" && parseRtspUrl(url) === undefined) return undefined;
	return { id, name, http, rtsp, h264 };
}
