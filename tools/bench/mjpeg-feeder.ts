import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FRAME } from "../camera-program";

/*
 * Stands for cameras: serves the same picture again and again as MJPEG by HTTP, at each path, `argv[2]` times a second. Prints its
 * port. Started as a process of its own by record.ts.
 */
const interval = 1000 / Number(process.argv[2]);
const picture = readFileSync(FRAME);
const part = Buffer.concat([
	Buffer.from(`--f\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
	picture,
	Buffer.from("\r\n"),
]);
const viewers = new Set<ServerResponse>();

const server = createServer((_request, response) => {
	response.writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=f" });
	viewers.add(response);
	response.on("close", () => viewers.delete(response));
});

let sent = 0;
const start = performance.now();
function tick(): void {
	for (const viewer of viewers) viewer.write(part);
	sent++;
	setTimeout(tick, Math.max(0, start + sent * interval - performance.now()));
}

server.listen(0, "127.0.0.1", () => {
	console.log((server.address() as AddressInfo).port);
	tick();
});
