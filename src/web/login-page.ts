import { MESSAGES } from "./messages";
import { escapeHtml, hashSource, Page } from "./page";

/** What the page says about the last attempt: nothing, that the password was wrong, or that there were too many. */
export type LoginMessage = "" | "wrong" | "wait";

const STYLE = `:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--dim:#57606a;--edge:#6e7781;--link:#0b57d0;--on:#fff;--bad:#b3261e;font:100%/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--back:#0f1419;--text:#e6edf3;--dim:#9aa5b1;--edge:#8b949e;--link:#8ab4f8;--on:#0b1a33;--bad:#ff9a92}}
body{margin:12vh auto 2rem;max-width:20rem;padding:0 1rem;background:var(--back);color:var(--text)}
h1{font-size:1.6rem;line-height:1.2}
label{display:block;margin:.8rem 0}
input,select,button{font:inherit;width:100%;min-height:2.75rem;padding:.4rem .6rem;box-sizing:border-box;border:1px solid var(--edge);border-radius:.4rem;background:var(--back);color:var(--text)}
button{background:var(--link);border-color:var(--link);color:var(--on);cursor:pointer}
[role=alert]{border-left:.3rem solid var(--bad);padding:.3rem .8rem}
.hint{color:var(--dim);font-size:.9rem}
[hidden]{display:none!important}
:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}`;

/**
 * Logs in by Digest, so that the password is not sent; without script the form is sent as it is. Browsers have no
 * crypto.subtle on pages without TLS, so SHA-256 is implemented here.
 */
const SCRIPT = `"use strict";
const sha256 = (text) => {
	const frac = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
	const K = [], H = [];
	for (let n = 2; K.length < 64; n++) {
		let prime = true;
		for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
		if (!prime) continue;
		if (H.length < 8) H.push(frac(Math.sqrt(n)));
		K.push(frac(Math.cbrt(n)));
	}
	const data = new TextEncoder().encode(text);
	const blocks = (data.length + 72) >> 6;
	const bytes = new Uint8Array(blocks * 64);
	bytes.set(data);
	bytes[data.length] = 128;
	const view = new DataView(bytes.buffer);
	view.setUint32(bytes.length - 4, data.length * 8);
	const turn = (x, n) => (x >>> n) | (x << (32 - n));
	for (let at = 0; at < bytes.length; at += 64) {
		const w = [];
		for (let i = 0; i < 64; i++) {
			if (i < 16) w[i] = view.getInt32(at + 4 * i);
			else {
				const x = w[i - 15], y = w[i - 2];
				w[i] = (w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
			}
		}
		let [a, b, c, d, e, f, g, h] = H;
		for (let i = 0; i < 64; i++) {
			const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
			const u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			[a, b, c, d, e, f, g, h] = [(t + u) | 0, a, b, c, (d + t) | 0, e, f, g];
		}
		[a, b, c, d, e, f, g, h].forEach((x, i) => { H[i] = (H[i] + x) | 0; });
	}
	return H.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
};
const form = document.querySelector("form");
const alerts = document.querySelectorAll("[role=alert]");
// A form was sent to a path that is not a page: go back to the page that it was on.
const isPage = (path) => path !== "/login" && !path.startsWith("/api/");
function before() {
	const { origin, pathname } = new URL(document.referrer || location.href);
	return origin === location.origin && isPage(pathname) ? pathname : "/";
}
const say = (id) => { for (const alert of alerts) alert.hidden = alert.id !== id; };
document.querySelectorAll(".proof").forEach((hint) => { hint.hidden = false; });
form.addEventListener("submit", async (event) => {
	event.preventDefault();
	const user = form.user.value;
	const post = (headers) => fetch("/login", { method: "POST", headers: { accept: "application/json", ...headers } });
	try {
		const { realm, nonce } = await (await post({})).json();
		const cnonce = [...crypto.getRandomValues(new Uint8Array(8))].map((x) => x.toString(16).padStart(2, "0")).join("");
		const response = sha256([sha256([user, realm, form.password.value].join(":")), nonce, "00000001", cnonce, "auth", sha256("POST:/login")].join(":"));
		const digest = 'Digest username="' + user + '", realm="' + realm + '", nonce="' + nonce + '", uri="/login", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="' + cnonce + '", response="' + response + '"';
		const answer = await post({ authorization: digest });
		if (answer.ok) return isPage(location.pathname) ? location.reload() : location.assign(before());
		say(answer.status === 429 ? "wait" : "wrong");
		form.password.select();
	} catch { say("failed"); }
});
`;

/** Computed when the modules are preloaded: a board reads them from flash. */
const STYLE_SOURCE = hashSource(STYLE);
const SCRIPT_SOURCE = hashSource(SCRIPT);

/**
 * Generates the login page, which is the answer to every request without credentials. It contains its style and
 * script, as nothing else is served to strangers; the policy names both by their hashes.
 * @param secure whether the connection uses TLS
 * @see CSP Level 3 §2.3.1 (hash-source), RFC 7616
 */
export function loginPage(message: LoginMessage, secure: boolean): Page {
	const { login } = MESSAGES;
	const policy = `default-src 'none'; style-src ${STYLE_SOURCE}; script-src ${SCRIPT_SOURCE}; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
	return new Page(
		login.title,
		[
			`<main><h1>${escapeHtml(login.title)}</h1>`,
			alert("wrong", message, login.wrong),
			alert("wait", message, login.wait),
			alert("failed", message, login.failed),
			`<form method="post" action="/login"><label>${escapeHtml(login.user)} <select name="user" autocomplete="username"><option value="owner">${escapeHtml(login.owner)}</option><option value="viewer">${escapeHtml(login.viewer)}</option></select></label>`,
			`<label>${escapeHtml(login.password)} <input name="password" type="password" autocomplete="current-password" maxlength="64" required autofocus></label><button>${escapeHtml(login.logIn)}</button></form>`,
			secure
				? ""
				: `<p class="hint proof" hidden>${escapeHtml(login.plain)}</p><noscript><p class="hint">${escapeHtml(login.plainForm)}</p></noscript>`,
			"</main><script>",
			SCRIPT,
			"</script>",
		],
		{ policy, head: ["<style>", STYLE, "</style>"] },
	);
}

function alert(id: string, message: LoginMessage, text: string): string {
	return `<p id="${id}" role="alert"${id === message ? "" : " hidden"}>${escapeHtml(text)}</p>`;
}
