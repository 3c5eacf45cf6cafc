import { NodeNetwork } from "../../hosts/node/network";
import { RtpPortsServer } from "./rtp-ports-server";

/** rtp-ports-node PORT FPS: the fan-out of Node.js's host alone, for tools/bench/rtp. */
const [port, rate] = process.argv.slice(2).map(Number);
const server = new RtpPortsServer(new NodeNetwork(), port);
let next = performance.now();

function tick(): void {
	server.send();
	next += 1000 / rate;
	setTimeout(tick, Math.max(0, next - performance.now()));
}

tick();
