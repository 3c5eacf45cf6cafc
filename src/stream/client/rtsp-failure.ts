import type { EndReason } from "../../core/stream";
import type { Millis } from "../../core/time";
import { rtspReason } from "../../wire/rtsp-status";

/** Why no video comes from an RTSP server. */
export type RtspFailure =
	/** Its name was not resolved. */
	| { readonly kind: "name"; readonly detail: string }
	/** The connection was not opened, or was lost. */
	| { readonly kind: "connection"; readonly why: EndReason }
	/** A request was not answered in time; empty: the connection was not opened in time. */
	| { readonly kind: "silent"; readonly method: string; readonly limit: Millis }
	/** A request was refused. */
	| { readonly kind: "status"; readonly method: string; readonly status: number }
	/** It wants a login: user and password are wrong, or missing, or it offers only methods that can't be used. */
	| { readonly kind: "login"; readonly why: "wrong" | "missing" | "basic" | "unsupported" }
	/** Its description can't be read, or has no video. */
	| { readonly kind: "description" }
	/** Its video is encoded in another way. @see codecs: as the description names them */
	| { readonly kind: "codec"; readonly codecs: readonly string[] }
	/** It offers neither UDP nor TCP as they are needed. */
	| { readonly kind: "transport" }
	/** It plays, but no packet of the video comes. */
	| { readonly kind: "no-packet"; readonly limit: Millis; readonly refused: number }
	/** It has ended the stream. */
	| { readonly kind: "goodbye" }
	/** What it sends is not RTSP. */
	| { readonly kind: "malformed" }
	/** It redirects to something else than RTSP, from `rtsps` to `rtsp`, too often, or to another server that wants a login. */
	| { readonly kind: "redirect"; readonly why: "bad" | "insecure" | "too-many" | "login" };

/** Describes a failure for the user and the log: what happened, and what to do. It contains no URL. */
export function rtspFailureText(failure: RtspFailure): string {
	switch (failure.kind) {
		case "name":
			return `the camera's name can't be resolved: ${failure.detail}`;
		case "connection":
			return CONNECTION[failure.why];
		case "silent":
			return failure.method === ""
				? `the camera does not accept the connection within ${failure.limit / 1000} s`
				: `the camera does not answer ${failure.method} within ${failure.limit / 1000} s`;
		case "status":
			return statusText(failure.method, failure.status);
		case "login":
			return LOGIN[failure.why];
		case "description":
			return "the camera describes no video (its SDP can't be used)";
		case "codec":
			return `the camera's video is ${failure.codecs.join(", ") || "of an unknown encoding"}; only JPEG and H.264 can be used without ffmpeg`;
		case "transport":
			return "the camera refuses RTP over UDP and over TCP";
		case "no-packet":
			return failure.refused > 0
				? `no packet of the video for ${failure.limit / 1000} s, but ${failure.refused} others`
				: `no packet of the video for ${failure.limit / 1000} s`;
		case "goodbye":
			return "the camera has ended the stream";
		case "malformed":
			return "what the camera sends is not RTSP";
		case "redirect":
			return REDIRECT[failure.why];
	}
}

/** Whether another attempt soon would only annoy the server: some lock accounts after a few wrong passwords. */
export function isLasting(failure: RtspFailure): boolean {
	const { kind } = failure;
	return kind === "login" || kind === "codec" || (kind === "redirect" && failure.why === "login");
}

function statusText(method: string, status: number): string {
	switch (status) {
		case 404:
			return "the camera knows no such stream (404); check the path in the URL";
		case 403:
			return "the camera forbids this stream (403); check the user's rights";
		case 453:
		case 503:
			return `the camera has no room for another viewer (${status} ${rtspReason(status)})`;
		default:
			return `the camera answers ${method} with ${status} ${rtspReason(status)}`.trimEnd();
	}
}

const CONNECTION: Readonly<Record<EndReason, string>> = Object.freeze({
	closed: "the camera has closed the connection",
	refused: "the camera refuses connections; check the port in the URL",
	timeout: "the camera does not answer",
	unreachable: "the camera can't be reached",
	reset: "the connection to the camera was lost",
	certificate:
		"the camera's certificate is not trusted; name its file with --source-certificate, or accept any with --source-certificate any",
	tls: "the TLS connection to the camera failed; check that it offers RTSPS on this port",
	failed: "the connection to the camera failed",
});

const LOGIN = Object.freeze({
	wrong: "the camera does not accept the user name and password in the URL (401)",
	missing: "the camera wants a user name and password (401); put them into the URL: rtsp://user:password@camera/…",
	basic:
		"the camera offers only Basic login, which shows the password to everybody in the network; use rtsps://, or allow it with --source-basic on",
	unsupported: "the camera wants a kind of login that is not supported (401)",
});

const REDIRECT = Object.freeze({
	bad: "the camera redirects to something that is not RTSP",
	insecure: "the camera redirects from rtsps:// to rtsp://, which is not allowed",
	"too-many": "the camera redirects too often",
	login:
		"the camera redirects to another server, which wants a login; use the URL of that server with user and password",
});
