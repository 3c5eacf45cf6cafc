/**
 * The part of the script that computes: SHA-256 and HMAC, as browsers have no crypto.subtle on pages without TLS, and the text of a
 * pairing or a guest link.
 */
export const WATCH_PROOF_SCRIPT = `
const utf8 = (text) => new TextEncoder().encode(text);
const hexOf = (bytes) => Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
const octetsOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const draw = (count) => hexOf(crypto.getRandomValues(new Uint8Array(count)));
const joined = (...parts) => {
	const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) { all.set(part, at); at += part.length; }
	return all;
};
const SHA = { K: [], H: [] };
for (let n = 2; SHA.K.length < 64; n++) {
	let prime = true;
	for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
	const frac = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
	if (!prime) continue;
	if (SHA.H.length < 8) SHA.H.push(frac(Math.sqrt(n)));
	SHA.K.push(frac(Math.cbrt(n)));
}
function sha256(data) {
	const H = SHA.H.slice();
	const bytes = new Uint8Array(((data.length + 72) >> 6) * 64);
	bytes.set(data);
	bytes[data.length] = 128;
	const view = new DataView(bytes.buffer);
	view.setUint32(bytes.length - 4, data.length * 8);
	const turn = (x, n) => (x >>> n) | (x << (32 - n));
	for (let at = 0; at < bytes.length; at += 64) {
		const w = [];
		for (let i = 0; i < 64; i++) {
			if (i < 16) { w[i] = view.getInt32(at + 4 * i); continue; }
			const x = w[i - 15], y = w[i - 2];
			w[i] = (w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
		}
		let [a, b, c, d, e, f, g, h] = H;
		for (let i = 0; i < 64; i++) {
			const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + SHA.K[i] + w[i]) | 0;
			const u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			[a, b, c, d, e, f, g, h] = [(t + u) | 0, a, b, c, (d + t) | 0, e, f, g];
		}
		[a, b, c, d, e, f, g, h].forEach((x, i) => { H[i] = (H[i] + x) | 0; });
	}
	const digest = new DataView(new ArrayBuffer(32));
	H.forEach((x, i) => digest.setInt32(4 * i, x));
	return new Uint8Array(digest.buffer);
}
// RFC 2104. The keys here are never longer than a block.
function hmac(key, text) {
	const pad = (mark) => { const block = new Uint8Array(64).fill(mark); key.forEach((octet, i) => { block[i] ^= octet; }); return block; };
	return hexOf(sha256(joined(pad(0x5c), sha256(joined(pad(0x36), utf8(text))))));
}
// The text of a pairing or a guest link: kind, length, value, again and again; at the end a check against mistakes in copying.
function readPairing(text) {
	try {
		const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
		const end = bytes.length - 4;
		if (bytes[0] !== 1 || hexOf(sha256(bytes.subarray(0, end))).slice(0, 8) !== hexOf(bytes.subarray(end))) return undefined;
		const fields = new Map();
		for (let at = 1; at < end; at += 2 + bytes[at + 1]) fields.set(bytes[at], bytes.slice(at + 2, at + 2 + bytes[at + 1]));
		const of = (kind) => fields.get(kind);
		const textOf = (kind) => new TextDecoder().decode(of(kind) ?? new Uint8Array(0));
		const secret = of(11) ?? of(6);
		if (secret === undefined || of(5) === undefined) return undefined;
		return {
			name: textOf(1), ticket: textOf(4), ticketSecret: of(5), pass: textOf(7), secret,
			peer: of(8) === undefined ? "" : hexOf(of(8)), guest: of(10) === undefined ? "" : hexOf(of(10)),
		};
	} catch { return undefined; }
}
`;
