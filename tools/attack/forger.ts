import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { resolve } from "node:path";
import { FLEET_GROUP, FLEET_PORT } from "../../src/fleet/fleet-settings";

/** The forger's own address in the LAN. */
export const FORGER = "192.168.0.14";
/** How many messages of the cameras it keeps for later. */
const KEPT_MAX = 200;

/** A message that the forger has overheard. */
interface Overheard {
	readonly from: string;
	readonly bytes: Uint8Array;
}

/** Sends datagrams in the LAN from any address, and records what the cameras say to all. */
export class Forger {
	/** The cameras' messages, the newest at the end. */
	readonly overheard: Overheard[] = [];
	private readonly child: ChildProcess;
	private readonly socket: Socket;

	constructor() {
		const script = resolve(__dirname, "forge.py");
		this.child = spawn("python3", ["-u", script, FORGER], { stdio: ["pipe", "ignore", "inherit"] });
		this.socket = createSocket({ type: "udp4", reuseAddr: true });
		this.socket.on("message", (bytes, from) => {
			if (from.port !== FLEET_PORT) return;
			this.overheard.push({ from: from.address, bytes });
			if (this.overheard.length > KEPT_MAX) this.overheard.shift();
		});
		this.socket.bind(FLEET_PORT, FLEET_GROUP, () => this.socket.addMembership(FLEET_GROUP, FORGER));
	}

	/** Sends one datagram with any source address. */
	send(from: string, fromPort: number, to: string, port: number, bytes: Uint8Array): void {
		this.child.stdin?.write(`${from} ${fromPort} ${to} ${port} ${Buffer.from(bytes).toString("hex")}\n`);
	}

	close(): void {
		this.socket.close();
		this.child.kill();
	}
}
