import { connect, type Socket } from "node:net";
import { digestFor } from "./digest";
import { pause } from "./until";

/** The outcome of {@link visit}. */
export interface Visit {
	/** All that the server sent, as Latin-1. */
	readonly answers: string;
	/** True when the server closed the connection. */
	readonly closed: boolean;
}

/** A server that sends nothing for this many milliseconds after its last answer waits for more. */
const QUIET = 500;
/** Time limit for expected answers, in milliseconds, for a machine of any speed. */
const PATIENCE = 30_000;

/**
 * Sends octets to a server on this machine in one write, and waits until it closes the connection or stops sending.
 * @param isComplete whether all expected answers have come; until then silence means nothing
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

/** Makes a GET request by the owner: fetches a Digest challenge and answers it. */
export async function ownersRequest(port: number, target: string): Promise<string> {
	const request = (field: string) => `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${field}\r\n`;
	const { answers } = await visit(port, request("Connection: close\r\n"));
	const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(answers)?.[1] ?? "";
	return request(`Authorization: ${digestFor(challenge, "GET", target)}\r\n`);
}

/** A viewer of the live picture on its own socket, logged in by Digest. */
export class Watcher {
	/** Octets received so far. */
	octets = 0;
	/** Why it ended; `undefined` while it is open. */
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

	/** Measures octets per second for `seconds` from now on. */
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
