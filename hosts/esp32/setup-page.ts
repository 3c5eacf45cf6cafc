import { utf8Decode, utf8Encode } from "../../src/base/text";
import { type HttpReply, type HttpRequest, HttpServer } from "../../src/web/http-server";
import { escapeHtml } from "../../src/web/page";
import { fieldOf } from "../../src/wire/http-message";
import { parseForm } from "../../src/wire/http-target";
import { faultOfCredentials, type WifiCredentials } from "./wifi-credentials";

/** The longest form that is read: each octet of the longest values may be written as three. */
const FORM_MAX = 512;

const HEADERS: readonly (readonly [string, string])[] = Object.freeze([
	Object.freeze(["Cache-Control", "no-store"] as const),
	Object.freeze([
		"Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
	] as const),
]);

/**
 * Makes the server of the set-up page: a form that asks for the home's wireless network.
 *
 * Every path shows the form, so that a phone's look for a portal finds it; a form from another origin is refused.
 * @param title the camera's name on its own network
 * @param chosen takes checked credentials, once for each form; the answer has been given
 */
export function setupServer(
	title: string,
	utc: () => number | undefined,
	chosen: (credentials: WifiCredentials) => void,
): HttpServer {
	const server = new HttpServer({ connections: 6, connectionsPerAddress: 4 }, utc);
	server.route("GET", "/*", (_request, reply) => show(reply, 200, formPage(title, "", "")));
	server.route("POST", "/wifi", (request, reply) => take(title, request, reply, chosen));
	return server;
}

function take(title: string, request: HttpRequest, reply: HttpReply, chosen: (c: WifiCredentials) => void): void {
	const origin = fieldOf(request.message, "origin");
	const host = fieldOf(request.message, "host") ?? "";
	if (origin !== undefined && origin !== `http://${host}`) return reply.error(403, "This form is for this page only.");
	if (request.message.body.length > FORM_MAX) return reply.error(413, "The form is too long.");
	const form = parseForm(utf8Decode(request.message.body));
	if (form === undefined) return reply.error(400, "The form is ill-formed.");
	const credentials = { ssid: form.get("ssid") ?? "", password: form.get("password") ?? "" };
	const fault = faultOfCredentials(credentials);
	if (fault !== undefined) return show(reply, 400, formPage(title, credentials.ssid, fault));
	show(
		reply,
		200,
		page(title, `<p>The camera now joins <b>${escapeHtml(credentials.ssid)}</b>. You can close this page.</p>`),
	);
	chosen(credentials);
}

/** The form; never with the password that was typed. */
function formPage(title: string, ssid: string, fault: string): string {
	const notice = fault === "" ? "" : `<p role="alert"><b>${escapeHtml(fault)}</b></p>`;
	return page(
		title,
		`${notice}<form method="post" action="/wifi"><p><label>Wi-Fi network<br><input name="ssid" value="${escapeHtml(ssid)}" maxlength="32" required></label></p><p><label>Password<br><input name="password" type="password" maxlength="63" autocomplete="off"></label></p><p><button>Connect</button></p></form>`,
	);
}

function page(title: string, body: string): string {
	return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>body{font:1.1em sans-serif;max-width:24em;margin:2em auto;padding:0 1em}input,button{font:inherit;width:100%;padding:.4em;box-sizing:border-box}</style></head>
<body><h1>${escapeHtml(title)}</h1>${body}</body></html>
`;
}

function show(reply: HttpReply, status: number, text: string): void {
	reply.send(status, "text/html; charset=utf-8", utf8Encode(text), HEADERS);
}
