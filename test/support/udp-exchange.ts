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

	/** Sends a request until it is answered. */
	async ask(request: Uint8Array): Promise<Uint8Array> {
		for (let i = 0; i < SENDS; i++) {
			this.socket.send(request, this.port, "127.0.0.1");
			const answer = await Promise.race([
				once(this.socket, "message").then(([bytes]) => new Uint8Array(bytes as Buffer)),
				pause(WAIT).then(() => undefined),
			]);
			if (answer !== undefined) return answer;
		}
		throw new Error(`no answer from port ${this.port}`);
	}

	close(): void {
		this.socket.close();
	}
}
