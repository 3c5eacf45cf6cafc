import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { NodeCiphers } from "../../../hosts/node/ciphers";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeNetwork } from "../../../hosts/node/network";
import { Pump } from "../../../src/core/pump";
import { openTunnel } from "../../../src/peer/tunnel/peer-tunnel";
import { tunnelHost } from "../../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../../src/peer/tunnel/tunnel-limits";
import { UdpLink } from "../../../test/support/udp-tunnel";
import { prepareTree, TREE } from "../../../test/xs/xs-tree";
import { buildTools } from "../../build-linux";
import { runProgram } from "../../run-program";
import { TYPESCRIPT } from "../../typescript-options";

/** The private key of the camera, in hexadecimal. */
const KEY = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893";
const OCTETS = 60_000_000;
/** Video of 8 Mbit/s in packets of 1,200 octets. */
const VIDEO_PACKETS = 833;
/** What a packet of RTP costs node-datachannel in microseconds, on the machine that it was measured on. */
const GOAL = 82;
const ROUNDS = 3;
/** Clock ticks in a second, as /proc counts them. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

interface Result {
	readonly megabits: number;
	readonly packets: number;
	/** Seconds of CPU of the camera's program, and of the viewer's. */
	readonly cpu: number;
	readonly viewerCpu: number;
}

/** CPU seconds that a process has taken. */
function cpuOf(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Downloads octets from a camera over a tunnel on this machine. */
function download(start: (to: number) => ChildProcess): Promise<Result> {
	return new Promise((done, failed) => {
		const pump = new Pump(new NodeClock());
		const ciphers = new NodeCiphers();
		const deviceKey = ciphers.publicKeyOf(Buffer.from(KEY, "hex"));
		let octets = 0;
		let began = 0;
		let before = 0;
		let camera: ChildProcess;
		const own = process.cpuUsage();
		const end = (): void => {
			const seconds = (performance.now() - began) / 1000;
			const used = process.cpuUsage(own);
			const result = {
				megabits: (octets * 8) / seconds / 1e6,
				packets: tunnel.counters.received,
				cpu: cpuOf(camera.pid as number) - before,
				viewerCpu: (used.user + used.system) / 1e6,
			};
			tunnel.close();
			camera.kill("SIGKILL");
			done(result);
		};
		const tunnel = openTunnel(
			tunnelHost(pump, ciphers, LARGE_TUNNEL),
			{ own: ciphers.drawKey(), deviceKey: () => deviceKey, payload: new Uint8Array(0) },
			{
				opened: () => {
					began = performance.now();
					before = cpuOf(camera.pid as number);
					const received = (bytes: Uint8Array): void => {
						octets += bytes.length;
					};
					tunnel.open("http", { room: () => undefined, received, ended: end, gone: () => undefined });
				},
				accepted: () => undefined,
				ended: (why, detail) => failed(new Error(`${why}: ${detail}`)),
			},
		);
		// The camera's port is learnt from its first line; its link waits for our first packet.
		const link: UdpLink = new UdpLink(new NodeNetwork(), pump, 0, 0, (port) => {
			camera = start(port);
			camera.stdout?.once("data", (text) => {
				link.setPort(Number(text));
				link.connect(tunnel.attach(link));
			});
		});
	});
}

async function main(): Promise<number> {
	const xs = buildTools();
	prepareTree();
	const node = [process.execPath, ...TYPESCRIPT];
	const script = resolve(__dirname, "tunnel-camera.ts");
	const cameras: readonly (readonly [string, (to: number) => readonly string[]])[] = [
		["Node.js", (to) => [...node, script, `${to}`, KEY, `${OCTETS}`]],
		["XS on Linux", (to) => [xs, TREE, "test/xs/tunnel-camera", `${to}`, KEY, `${OCTETS}`]],
	];
	let isGood = true;
	console.log(`A download of ${OCTETS / 1e6} MB over a tunnel on this machine, the best of ${ROUNDS}:`);
	for (const [name, words] of cameras) {
		const results: Result[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			results.push(
				await download((to) => {
					const [program, ...args] = words(to);
					return spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
				}),
			);
		}
		const best = results.reduce((a, b) => (b.cpu / b.packets < a.cpu / a.packets ? b : a));
		const micros = (best.cpu / best.packets) * 1e6;
		const share = (micros * VIDEO_PACKETS) / 1e6;
		isGood &&= micros <= GOAL;
		console.log(
			`  ${name.padEnd(12)} ${best.megabits.toFixed(0).padStart(5)} Mbit/s, ${micros.toFixed(0).padStart(4)} µs of CPU a packet (goal ${GOAL}): video of 8 Mbit/s takes ${(share * 100).toFixed(1)} % of a core; the viewer ${((best.viewerCpu / best.packets) * 1e6).toFixed(0)} µs`,
		);
	}
	return isGood ? 0 : 1;
}

runProgram("bench:peer:tunnel", main);
