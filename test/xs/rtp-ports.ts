import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { Time, Timer } from "../../hosts/linux/adapters/timers";
import { RtpPortsServer } from "../../tools/bench/rtp-ports-server";

/** rtp-ports PORT FPS: the fan-out of the Linux host alone, for tools/bench/rtp. */
const [port, rate] = process.arguments.map(Number);
const server = new RtpPortsServer(new LinuxNetwork(new LinuxInterfaces()), port);
let next = Time.ticks;
const timer = Timer.set(tick, 1);

function tick(): void {
	server.send();
	next += 1000 / rate;
	Timer.rearm(timer, Math.max(0, Math.round(next - Time.ticks)));
}
