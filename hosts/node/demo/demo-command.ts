import type { DEMO_SCHEMA } from "../../../src/settings/cli/commands";
import type { Gathered } from "../../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../../src/settings/schema";
import { drawCode } from "../../../src/wire/join-code";
import { ConsoleLog } from "../console-log";
import { NodeRandom } from "../random";
import { Demo } from "./demo";

/** Runs the demo until the process gets a signal to stop. @returns the exit code */
export async function runDemo({ values }: Gathered<ValuesOf<typeof DEMO_SCHEMA>>): Promise<number> {
	const { cameras: count, port, rtspPort, networkPort, listen, onlyCameras } = values;
	const host = listen === "127.0.0.1" ? "localhost" : listen;
	const password = values.password || drawCode(new NodeRandom(), 12);
	const fleetKey = drawCode(new NodeRandom(), 32);
	const networkUrl = onlyCameras ? "" : `http://${host}:${networkPort}/`;
	const further = { networkUrl, laptopPort: networkPort + 1, relayPort: networkPort + 2 };
	const choices = { cameras: count, port, rtspPort, host, listen, password, fleetKey, ...further };
	const demo = new Demo(new ConsoleLog(values.logLevel), choices, onlyCameras ? 0 : networkPort);
	await demo.open();
	const cameras = `${count} camera${count === 1 ? "" : "s"}`;
	if (process.stderr.isTTY) console.error(`Starting a virtual router and ${cameras} …`);
	await demo.start();
	const others = onlyCameras ? "" : ", with a NAS, a relay, and a laptop behind another router";
	console.log(`A virtual router and ${cameras} are running on this machine${others}.`);
	console.log(`Open http://${host}:${port}/ and log in as "owner" with the password ${password}`);
	if (networkUrl !== "") console.log(`Watch the network at ${networkUrl}, cut something off, and see what happens.`);
	demo.tellEarly();
	const keys = listenToKeys(demo);
	if (keys) console.log(`Press 1 to ${Math.min(9, count)} to unplug a camera or plug it in again, and q to quit.`);
	await new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
	});
	demo.stop();
	return 0;
}

function listenToKeys(demo: Demo): boolean {
	const { stdin } = process;
	if (!stdin.isTTY) return false;
	stdin.setRawMode(true);
	stdin.on("data", (data: Buffer) => {
		for (const key of data.toString()) {
			const camera = demo.network.cameras.find(({ id }) => id === key);
			if (key === "q" || key === "\u0003") process.kill(process.pid, "SIGINT");
			if (camera === undefined) continue;
			const wasOn = camera.isOn;
			demo.time.enter(() => camera.turn(!wasOn));
			console.log(`camera ${key} is ${wasOn ? "unplugged" : "plugged in"}`);
		}
	});
	return true;
}
