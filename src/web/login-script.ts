/**
 * Logs in by Digest, so that the password is not sent; without script the form is sent as it is. Browsers have no
 * crypto.subtle on pages without TLS, so SHA-256 is implemented here.
 */
export const LOGIN_SCRIPT = `"use strict";
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
