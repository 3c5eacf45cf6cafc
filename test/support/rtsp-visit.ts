import { connect, type Socket } from "node:net";
import { digestFor } from "./digest";

/** Time limit for an answer, in milliseconds. */
const PATIENCE = 20_000;

/** An RTSP client on its own socket, which asks one request after another and counts the octets of media between the answers. */
export class RtspVisitor {
	/** Octets received so far, with those of answers. */
	octets = 0;
	/** Why the connection ended; `undefined` while it is open. */
	over: string | undefined;
	/** The session, once there is one. */
	session = "";
	private text = "";
	/** What the answer to the current request looks like, and the answer once it is there. */
	private wanted: RegExp | undefined;
	private answer: string | undefined;
	private cseq = 0;
	private challenge = "";

	private constructor(
		private readonly socket: Socket,
		private readonly port: number,
		private readonly user: string,
		private readonly password: string,
	) {
		socket.on("data", (chunk) => {
			this.octets += chunk.length;
			this.text += chunk.toString("latin1");
			this.answer ??= this.wanted?.exec(this.text)?.[0];
			// Answers are short; media is thrown away as it comes.
			this.text = this.text.slice(-2000);
		});
		socket.on("end", () => this.end("the server ended it"));
		socket.on("error", (error) => this.end(error.message));
		socket.on("close", () => this.end("closed"));
	}

	/** Connects. @param password empty: a stranger */
	static async open(port: number, user: string, password: string): Promise<RtspVisitor> {
		const socket = connect({ port, host: "127.0.0.1" });
		const visitor = new RtspVisitor(socket, port, user, password);
		await new Promise((done) => socket.once("connect", done));
		return visitor;
	}

	/** Connects and plays the live pictures between the messages. */
	static async play(port: number, user: string, password: string): Promise<RtspVisitor> {
		const visitor = await RtspVisitor.open(port, user, password);
		const answer = await visitor.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
		visitor.session = /\r\nSession: ([0-9a-f]+)/.exec(answer)?.[1] ?? "";
		await visitor.ask("PLAY");
		return visitor;
	}

	/** Sends a request, with a login where it is needed. @returns the answer's head */
	async ask(method: string, ...fields: string[]): Promise<string> {
		const answer = await this.once(method, fields);
		if (!answer.startsWith("RTSP/1.0 401") || this.password === "") return answer;
		this.challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(answer)?.[1] ?? "";
		return this.once(method, fields);
	}

	/** Sends octets as they are. */
	send(text: string): void {
		this.socket.write(text, "latin1");
	}

	/** Measures octets per second for `seconds` from now on. */
	async rate(seconds: number): Promise<number> {
		const [octets, start] = [this.octets, performance.now()];
		await new Promise((done) => setTimeout(done, seconds * 1000));
		return ((this.octets - octets) * 1000) / (performance.now() - start);
	}

	stop(): void {
		this.socket.destroy();
	}

	private async once(method: string, fields: readonly string[]): Promise<string> {
		const url = `rtsp://127.0.0.1:${this.port}/live`;
		const cseq = ++this.cseq;
		const login =
			this.challenge === ""
				? []
				: [`Authorization: ${digestFor(this.challenge, method, url, this.user, this.password, hex(cseq))}`];
		const session = this.session === "" ? [] : [`Session: ${this.session}`];
		const head = [`${method} ${url} RTSP/1.0`, `CSeq: ${cseq}`, ...login, ...session, ...fields];
		this.answer = undefined;
		this.wanted = new RegExp(`RTSP/1\\.0 \\d{3} [^\\r]*\\r\\nCSeq: ${cseq}\\r\\n(?:[^\\r]+\\r\\n)*\\r\\n`);
		this.send(`${head.join("\r\n")}\r\n\r\n`);
		const limit = Date.now() + PATIENCE;
		while (this.answer === undefined) {
			if (this.over !== undefined || Date.now() > limit) throw new Error(`${method}: ${this.over ?? "no answer"}`);
			await new Promise((done) => setTimeout(done, 10));
		}
		return this.answer;
	}

	private end(why: string): void {
		this.over ??= why;
	}
}

function hex(count: number): string {
	return count.toString(16).padStart(8, "0");
}
