import { utf8Decode, utf8Encode } from "../../src/base/text";
import type { HttpReply, HttpRequest } from "../../src/http/http-request";
import { HttpServer } from "../../src/http/http-server";
import type { HttpSite } from "../../src/http/http-site";
import { isPassword, PASSWORD_EXPECTED } from "../../src/settings/access-schema";
import { DESIGN_TOKENS } from "../../src/web/design-tokens";
import { escapeHtml } from "../../src/web/escape-html";
import { LOGO } from "../../src/web/logo";
import { hashSource } from "../../src/web/page";
import { parseForm } from "../../src/wire/http-target";
import type { Headers } from "../../src/wire/text-message";
import type { SetupChoice } from "./first-setup";
import { faultOfCredentials } from "./wifi-credentials";

/** The longest form that is read: each octet of the longest values may be written as three. */
const FORM_MAX = 1024;

const STYLE = `${DESIGN_TOKENS}body{max-width:24rem;margin:2rem auto;padding:0 1rem;background:var(--back);color:var(--text)}
h1{font-size:1.5rem}.logo{width:3rem;height:3rem;color:var(--link)}
input,button{font:inherit;width:100%;min-height:var(--touch);padding:.4rem .7rem;box-sizing:border-box;border:1px solid var(--edge);border-radius:var(--r);background:var(--card);color:var(--text)}
button{background:var(--link);border-color:var(--link);color:var(--on)}`;

const HEADERS: Headers = Object.freeze([
	Object.freeze(["Cache-Control", "no-store"] as const),
	Object.freeze([
		"Content-Security-Policy",
		`default-src 'none'; style-src ${hashSource(STYLE)}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
	] as const),
]);

/**
 * Makes the server of the set-up page: a form that asks for the home's wireless network, and at the first set-up shows
 * the owner's password.
 *
 * Every path shows the form, so that a phone's look for a portal finds it; a form from another origin is refused.
 * @param title the camera's name on its own network
 * @param clock for timeouts; the page needs no login
 * @param drawn the owner's password unless the person chooses another; `undefined`: it stays as it is, and is not asked for
 * @param chosen receives the checked choices, once, after the response
 */
export function setupServer(
	title: string,
	clock: HttpSite,
	drawn: string | undefined,
	chosen: (choice: SetupChoice) => void,
): HttpServer {
	const page = new SetupPage(title, drawn, chosen);
	const server = new HttpServer({ connections: 6, connectionsPerAddress: 4 }, clock);
	server.route("GET", "/*", (_request, reply) => page.show(reply));
	server.route("POST", "/wifi", (request, reply) => page.take(request, reply));
	return server;
}

/** Serves the page with its form, and handles the submitted form. */
class SetupPage {
	private done = false;

	constructor(
		private readonly title: string,
		private readonly drawn: string | undefined,
		private readonly chosen: (choice: SetupChoice) => void,
	) {}

	show(reply: HttpReply): void {
		this.send(reply, 200, this.form("", ""));
	}

	take(request: HttpRequest, reply: HttpReply): void {
		if (request.message.body.length > FORM_MAX) return reply.error(413, "The form is too long.");
		const form = parseForm(utf8Decode(request.message.body));
		if (form === undefined) return reply.error(400, "Invalid form.");
		if (this.done) return reply.error(409, "The camera is already joining a network.");
		const credentials = { ssid: form.get("ssid") ?? "", password: form.get("password") ?? "" };
		const own = this.drawn === undefined ? "" : (form.get("owner") ?? "");
		const fault =
			faultOfCredentials(credentials) ??
			(own === "" || isPassword(own) ? undefined : `The owner password must be ${PASSWORD_EXPECTED}.`);
		if (fault !== undefined) return this.send(reply, 400, this.form(credentials.ssid, fault));
		this.done = true;
		this.send(
			reply,
			200,
			`<p>The camera joins <b>${escapeHtml(credentials.ssid)}</b>. You can close this page.</p>${this.reminder(own)}`,
		);
		this.chosen({ credentials, ownerPassword: own === "" ? this.drawn : own });
	}

	/** Shows the user and the password to log in with; never a password that was typed. */
	private reminder(own: string): string {
		if (this.drawn === undefined) return "";
		return own === ""
			? `<p>Log in as <b>owner</b> with the password <b>${this.drawn}</b>. You won't see it again.</p>`
			: "<p>Log in as <b>owner</b> with the password that you chose.</p>";
	}

	/** The form; never with a password that was typed. */
	private form(ssid: string, fault: string): string {
		const notice = fault === "" ? "" : `<p role="alert"><b>${escapeHtml(fault)}</b></p>`;
		const owner =
			this.drawn === undefined
				? "<p>The owner password stays as it is.</p>"
				: `<p>Owner password: <b>${this.drawn}</b><br>Write it down. You won't see it again.</p><p><label>Or choose your own<br><input name="owner" minlength="8" maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></label></p>`;
		return `${notice}<form method="post" action="/wifi"><p><label>Wi-Fi network<br><input name="ssid" value="${escapeHtml(ssid)}" maxlength="32" required></label></p><p><label>Wi-Fi password<br><input name="password" type="password" maxlength="63" autocomplete="off"></label></p>${owner}<p><button>Connect</button></p></form>`;
	}

	private send(reply: HttpReply, status: number, body: string): void {
		const text = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(this.title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head>
<body>${LOGO}<h1>${escapeHtml(this.title)}</h1>${body}</body></html>
`;
		reply.send(status, "text/html; charset=utf-8", utf8Encode(text), HEADERS);
	}
}
