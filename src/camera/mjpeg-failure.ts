import type { Millis } from "../core/time";
import type { ExchangeFailure } from "../http/http-exchange";

/** Why no pictures come from a camera by HTTP. */
export type MjpegFailure =
	/** It is not known at present where the camera is. */
	| { readonly kind: "absent" }
	/** Its name was not resolved. */
	| { readonly kind: "name"; readonly detail: string }
	/** The connection was not opened, was lost, or brought something that is not HTTP. */
	| { readonly kind: "connection"; readonly why: ExchangeFailure }
	/** The request was refused. */
	| { readonly kind: "status"; readonly status: number }
	/** It wants a login: user and password are wrong, or missing, or it offers only methods that can't be used. */
	| { readonly kind: "login"; readonly why: "wrong" | "missing" | "basic" | "unsupported" }
	/** The answer is not Motion JPEG; `type` is what it says it is. */
	| { readonly kind: "type"; readonly type: string }
	/** The answer has begun, but no picture came. */
	| { readonly kind: "no-picture"; readonly limit: Millis; readonly broken: number }
	/** It has ended the stream. */
	| { readonly kind: "ended" }
	/** It redirects to something else than HTTP, from `https` to `http`, or too often. */
	| { readonly kind: "redirect"; readonly why: "bad" | "insecure" | "too-many" };

/** Describes a failure for the user and the log: what happened, and what to do. It contains no URL. */
export function mjpegFailureText(failure: MjpegFailure): string {
	switch (failure.kind) {
		case "absent":
			return "the camera is not there at present";
		case "name":
			return `the camera's name can't be resolved: ${failure.detail}`;
		case "connection":
			return CONNECTION[failure.why];
		case "status":
			return statusText(failure.status);
		case "login":
			return LOGIN[failure.why];
		case "type":
			return `the camera sends ${typeName(failure.type)}, not Motion JPEG (multipart/x-mixed-replace)`;
		case "no-picture":
			return failure.broken > 0
				? `no picture for ${failure.limit / 1000} s, but ${failure.broken} that were broken`
				: `no picture for ${failure.limit / 1000} s`;
		case "ended":
			return "the camera has ended the stream";
		case "redirect":
			return REDIRECT[failure.why];
	}
}

/** Whether another attempt soon would only annoy the server: some lock accounts after a few wrong passwords. */
export function isLastingMjpeg(failure: MjpegFailure): boolean {
	return failure.kind === "type" || (failure.kind === "login" && failure.why !== "missing");
}

function statusText(status: number): string {
	switch (status) {
		case 404:
			return "the camera knows no such stream (404); check the path in the URL";
		case 403:
			return "the camera forbids this stream (403); check the user's rights";
		case 429:
			return "the camera wants a pause after too many wrong passwords (429)";
		case 503:
			return "the camera has no room for another viewer (503)";
		default:
			return `the camera answers with status ${status}`;
	}
}

/** A name for people: no more characters of the answer than needed. */
function typeName(type: string): string {
	let name = "";
	for (let i = 0; i < type.length && i < 40; i++) {
		const code = type.charCodeAt(i);
		name += code > 32 && code < 127 ? type[i] : "?";
	}
	return name === "" ? "something without a type" : name;
}

const CONNECTION: Readonly<Record<ExchangeFailure, string>> = Object.freeze({
	closed: "the camera has closed the connection",
	refused: "the camera refuses connections; check the port in the URL",
	timeout: "the camera does not answer",
	unreachable: "the camera can't be reached",
	reset: "the connection to the camera was lost",
	certificate:
		"the camera's certificate is not trusted; name its file with --source-certificate, or accept any with --source-certificate any",
	tls: "the TLS connection to the camera failed; check that it offers https on this port",
	failed: "the connection to the camera failed",
	malformed: "what the camera sends is not HTTP",
	"too-large": "the camera's answer is too large",
});

const LOGIN = Object.freeze({
	wrong: "the camera does not accept the user name and password (401)",
	missing: "the camera wants a user name and password (401); put them into the URL: http://user:password@camera/…",
	basic:
		"the camera offers only Basic login, which shows the password to everybody in the network; use https://, or allow it with --source-basic on",
	unsupported: "the camera wants a kind of login that is not supported (401)",
});

const REDIRECT = Object.freeze({
	bad: "the camera redirects to something that can't be used",
	insecure: "the camera redirects from https:// to http://, which is not allowed",
	"too-many": "the camera redirects too often",
});
