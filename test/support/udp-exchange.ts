import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { pause } from "./until";

/** How long to wait for an answer before the request is sent again, and how often it is. */
const WAIT = 500;
const SENDS = 20;

/** Asks a UDP server of this machine, from one port. */
export class UdpExchange {
	private readonly socket: Socket = createSocket("udp4");

	constructor(private readonly port: number) {}

	/** Binds the port that all requests leave from. */
	async open(): Promise<void> {
		this.socket.bind(0, "127.0.0.1");
		await once(this.socket, "listening");
	}

	/** Sends a STUN request until it is answered; answers to earlier ones, which were sent again, do not count. */
	async ask(request: Uint8Array): Promise<Uint8Array> {
		let answer: Uint8Array | undefined;
		const take = (bytes: Buffer): void => {
			if (bytes.subarray(8, 20).equals(request.subarray(8, 20))) answer = new Uint8Array(bytes);
		};
		this.socket.on("message", take);
		for (let i = 0; i < SENDS && answer === undefined; i++) {
			this.socket.send(request, this.port, "127.0.0.1");
			for (const end = performance.now() + WAIT; answer === undefined && performance.now() < end; ) await pause(10);
		}
		this.socket.off("message", take);
		if (answer === undefined) throw new Error(`no answer from port ${this.port}`);
		return answer;
	}

	close(): void {
		this.socket.close();
	}
}
