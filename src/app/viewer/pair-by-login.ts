import { ClientLogin } from "../../access/client-login";
import { utf8Encode } from "../../base/text";
import { escapeControls } from "../../ports/line-log";
import type { Random } from "../../ports/random";
import { PAIRING_DAYS_MAX, PAIRINGS } from "../../web/pairing-page";
import { type HttpUrl, parseUrl } from "../../wire/http-url";
import { parseJsonMembers } from "../../wire/json-members";
import { digestCall } from "../digest-call";
import type { HttpCallHost } from "../http-call";
import { type Pairing, readPairing } from "../peer/pairing";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** How the owner logs in for {@link pairByLogin}. */
export interface PairingLogin {
	readonly user: string;
	readonly password: string;
	/** A name for the home. */
	readonly home: string;
}

const ANSWER_MAX = 4096;
/** The longest text of a device that is shown on a terminal. */
const TEXT_MAX = 200;

/**
 * Pairs this program with the home of a device in the same network, by the owner's login at its pages (ONE-5).
 * @param page the URL of any page of the device
 * @param done called once: with the pairing, or with why there is none, for people
 */
export function pairByLogin(
	way: HttpCallHost & { readonly random: Random },
	page: HttpUrl,
	login: PairingLogin,
	done: (pairing: Pairing | string) => void,
): void {
	const { pairByLogin: messages } = VIEWER_MESSAGES;
	const url = { ...page, target: PAIRINGS };
	// Never Basic, even over TLS: a device that has taken the address has a certificate too, and would get the password.
	const client = new ClientLogin(login.user, login.password, way.random, false);
	const form = `kind=viewer&days=${PAIRING_DAYS_MAX}&home=${encodeURIComponent(login.home)}`;
	const request = {
		method: "POST",
		url,
		// Devices have certificates of their own, if any: the login shows who they are.
		certificate: "any",
		fields: [["Content-Type", "application/x-www-form-urlencoded"]],
		body: utf8Encode(form),
		answerMax: ANSWER_MAX,
	} as const;
	digestCall(way, request, client, (answer, refusal) => {
		if (typeof answer === "string") return done(messages.unreachable(page.host, answer));
		if (refusal !== undefined) return done(refusal === "wrong" ? messages.wrong : messages.login);
		const members = parseJsonMembers(answer.body);
		if (answer.status !== 200)
			return done(
				messages.refused(page.host, answer.status, escapeControls((members?.get("error") ?? "").slice(0, TEXT_MAX))),
			);
		const pairing = readPairing(members?.get("text") ?? "");
		done(typeof pairing === "string" ? messages.foreign(page.host) : pairing);
	});
}

/** Reads the URL of a device as it is typed; `undefined`: it is not a URL. */
export function deviceUrl(typed: string): HttpUrl | undefined {
	return typed.startsWith("http://") || typed.startsWith("https://") ? parseUrl(typed) : undefined;
}
