import { until } from "../support/until";
import type { Lab, LabProcess } from "./lab";

/** A socket that prints what comes, and sends what standard input says: `ADDRESS PORT TEXT`. */
const SCRIPT = `
const [address, port] = process.argv.slice(1);
const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (bytes, from) => console.log("got " + bytes.toString("latin1") + " from " + from.address + ":" + from.port));
socket.on("error", (error) => console.log("error " + error.message));
socket.bind(Number(port), address, () => console.log("ready"));
require("node:readline").createInterface(process.stdin).on("line", (line) => {
	const [to, at, ...words] = line.split(" ");
	socket.send(words.join(" "), Number(at), to, () => console.log("sent " + words.join(" ")));
});`;

/** What came to a socket. */
export interface Arrival {
	readonly text: string;
	/** `address:port` of the sender. */
	readonly from: string;
}

/** A UDP socket of the lab, with an address and a port of one of its namespaces. */
export class UdpEnd {
	private constructor(
		private readonly process: LabProcess,
		readonly port: number,
	) {}

	/** Opens a socket; resolves when it is bound. */
	static async open(lab: Lab, ns: string, address: string, port: number): Promise<UdpEnd> {
		const child = lab.spawn(ns, [process.execPath, "-e", SCRIPT, address, `${port}`], "pipe");
		await until(`a socket at ${address}:${port}`, 5000, () => child.output.includes("ready\n"));
		return new UdpEnd(child, port);
	}

	/** Sends a text without line breaks. */
	send(address: string, port: number, text: string): void {
		this.process.write(`${address} ${port} ${text}\n`);
	}

	/** Waits until a text has left. */
	async sent(text: string): Promise<void> {
		await until(`"${text}" leaves`, 2000, () => this.process.output.includes(`sent ${text}\n`));
	}

	/** What has come so far. */
	arrivals(): Arrival[] {
		return [...this.process.output.matchAll(/^got (.*) from ([\d.]+:\d+)$/gm)].map(([, text, from]) => ({
			text,
			from,
		}));
	}

	/** Waits for a text. @returns who sent it */
	async expect(text: string): Promise<string> {
		const arrival = await until(`"${text}" comes`, 2000, () => this.arrivals().find((one) => one.text === text));
		return arrival.from;
	}
}
