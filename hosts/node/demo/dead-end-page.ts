import type { Socket } from "node:net";
import { DESIGN_TOKENS } from "../../../src/web/design-tokens";
import { escapeHtml } from "../../../src/web/escape-html";
import { LOGO } from "../../../src/web/logo";
import type { DemoSwitch } from "./demo-device";
import { NETWORK_MESSAGES } from "./network-messages";

/** The longest request head that is read. */
const HEAD_MAX = 8192;

/**
 * Answers a real visitor whose port leads nowhere at the moment, with a page that offers to turn the devices on again; a video player
 * gets 503.
 * @param off what is off on the way there; `undefined`: nothing is, and no device has the port
 * @param networkUrl of the page that draws the network; empty: there is none
 * @param turnOn is called when the button is pressed
 */
export function answerDeadEnd(
	socket: Socket,
	off: DemoSwitch | undefined,
	networkUrl: string,
	turnOn: (id: string) => void,
): void {
	let head = "";
	socket.setTimeout(5000, () => socket.destroy());
	socket.on("data", (bytes: Buffer) => {
		head += bytes.toString("latin1");
		if (head.length > HEAD_MAX) socket.destroy();
		if (!head.includes("\r\n\r\n")) return;
		if (/^[A-Z_]+ \S+ RTSP\//.test(head)) {
			const [, cseq = "0"] = /\nCSeq: *(\d{1,9})/i.exec(head) ?? [];
			socket.end(`RTSP/1.0 503 Service Unavailable\r\nCSeq: ${cseq}\r\nConnection: close\r\n\r\n`);
			return;
		}
		const [, asked] = /^POST \/demo\/plug\/([a-z0-9]{1,12}) /.exec(head) ?? [];
		if (asked !== undefined) {
			turnOn(asked);
			// The device needs a moment to start.
			setTimeout(
				() => socket.end("HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
				1000,
			);
			return;
		}
		const body = page(off, networkUrl);
		socket.end(
			`HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
		);
	});
}

function page(off: DemoSwitch | undefined, networkUrl: string): string {
	const { deadEnd, watch, switches } = NETWORK_MESSAGES;
	const link = networkUrl === "" ? "" : `<p><a href="${escapeHtml(networkUrl)}">${escapeHtml(watch)}</a></p>`;
	const what =
		off === undefined
			? `<h1>${escapeHtml(deadEnd.nobody)}</h1><p>${escapeHtml(deadEnd.why)} <a href="/">${escapeHtml(deadEnd.again)}</a></p>`
			: `<h1>${escapeHtml(switches[off.kind].isOffNow(off.name))}</h1><form method="post" action="/demo/plug/${off.id}"><button>${escapeHtml(switches[off.kind].onAgain)}</button></form>`;
	return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Unplugged</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>${DESIGN_TOKENS}body{margin:10vh auto;max-width:30rem;padding:0 1rem;background:var(--back);color:var(--text)}.logo{width:3rem;height:3rem;color:var(--link)}h1{font-size:1.5rem}a{color:var(--link)}button{font:inherit;min-height:var(--touch);padding:.4rem 1rem;border:0;border-radius:var(--r);background:var(--link);color:var(--on);cursor:pointer}</style>${LOGO}${what}${link}</html>\n`;
}
