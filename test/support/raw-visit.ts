import { connect, type Socket } from "node:net";
import { digestFor } from "./digest";
import { pause } from "./until";

/** What came of a visit. */
export interface Visit {
	/** All that the server sent, as Latin-1. */
	readonly answers: string;
	/** True when the server closed the connection. */
	readonly closed: boolean;
}

/** A server that says and does nothing for so many milliseconds after its last answer waits for more. */
const QUIET = 500;
/** Time for answers that are expected, on a machine of any speed. */
const PATIENCE = 30_000;

/**
 * Sends octets to a server on this machine by one write, and waits until it closes, or says no more.
 * @param isComplete whether all that is expected has come; until then silence means nothing
 */
export function visit(
	port: number,
	raw: string,
	isComplete: (answers: string) => boolean = () => false,
): Promise<Visit> {
	return new Promise((done) => {
		let answers = "";
		let timer: NodeJS.Timeout;
		const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
		const end = (closed: boolean) => {
			clearTimeout(timer);
			socket.destroy();
			done({ answers, closed });
		};
		const wait = () => {
			clearTimeout(timer);
			timer = setTimeout(() => end(false), isComplete(answers) ? QUIET : PATIENCE);
		};
		socket.on("connect", () => void socket.write(raw, "latin1"));
		socket.on("data", (chunk) => {
			answers += chunk.toString("latin1");
			wait();
		});
		socket.on("end", () => end(true));
		socket.on("error", () => end(true));
		wait();
	});
}

/** A GET request by the owner: asks for a Digest challenge, and answers it. */
export async function ownersRequest(port: number, target: string): Promise<string> {
	const request = (field: string) => `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${field}\r\n`;
	const { answers } = await visit(port, request("Connection: close\r\n"));
	const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(answers)?.[1] ?? "";
	return request(`Authorization: ${digestFor(challenge, "GET", target)}\r\n`);
}

/** Watches the live picture by a socket of its own, logged in by Digest. */
export class Watcher {
	/** Octets that came so far. */
	octets = 0;
	/** Why it is over, in words. */
	over: string | undefined;
	private constructor(private readonly socket: Socket) {
		socket.on("data", (chunk) => {
			this.octets += chunk.length;
		});
		socket.on("end", () => this.end("the server ended it"));
		socket.on("error", (error) => this.end(error.message));
	}

	/** @param target the path of the stream */
	static async start(port: number, target = "/stream.mjpeg"): Promise<Watcher> {
		const request = await ownersRequest(port, target);
		const socket = connect({ port, host: "127.0.0.1" });
		const watcher = new Watcher(socket);
		socket.write(request);
		return watcher;
	}

	/** Octets a second, from now for so many seconds. */
	async rate(seconds: number): Promise<number> {
		const [octets, start] = [this.octets, performance.now()];
		await pause(seconds * 1000);
		return ((this.octets - octets) * 1000) / (performance.now() - start);
	}

	stop(): void {
		this.socket.destroy();
	}

	private end(why: string): void {
		this.over ??= why;
	}
}
