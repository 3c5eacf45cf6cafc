import type { Socket } from "node:net";

/** The longest request head that is read. */
const HEAD_MAX = 8192;

/**
 * Answers a real visitor whose port leads to a camera without power, with a page on which it can be plugged in again;
 * a video player gets 503.
 * @param number the camera; `undefined` when no camera has the port
 * @param plugIn is called when the button is pressed
 */
export function answerDeadEnd(socket: Socket, number: number | undefined, plugIn: (number: number) => void): void {
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
		const [, asked] = /^POST \/demo\/plug\/(\d{1,2}) /.exec(head) ?? [];
		if (asked !== undefined) {
			plugIn(Number(asked));
			// The camera needs a moment to start.
			setTimeout(
				() => socket.end("HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
				1000,
			);
			return;
		}
		const body = page(number);
		socket.end(
			`HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
		);
	});
}

function page(number: number | undefined): string {
	const what =
		number === undefined
			? '<h1>No camera here</h1><p>No camera has this port. <a href="/">Try again</a></p>'
			: `<h1>Camera ${number} is unplugged</h1><form method="post" action="/demo/plug/${number}"><button>Plug it in again</button></form>`;
	return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Unplugged</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:40rem;padding:0 1rem}</style>${what}</html>\n`;
}
