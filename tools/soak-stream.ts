import { readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { Prng } from "../src/base/prng";
import { digestFor, PASSWORD } from "../test/support/digest";
import { pause, until } from "../test/support/until";
import { type CameraProgram, type RunningCamera, startCamera } from "./camera-program";
import { freePort } from "./free-port";
import { type MemoryVerdict, watchMemory } from "./memory-watch";
import { soakBoth } from "./soak-both";

const HELP = `Lets RTSP clients come and vanish in every state for a long time, on Node.js and on XS at once, and fails when the
program keeps a stream, a connection, a port or memory of theirs.

  npm run test:soak:stream -- [--minutes 10] [--seed N]

Needs the programs (npm run build, npm run build:linux).`;

/** Simultaneous clients of each camera. */
const CLIENTS = 12;
/** How long the server may take to notice that the last clients are gone: its session timeout and more, in milliseconds. */
const FORGET = 150_000;
/** Clients come from these addresses, as one address may have few sessions. */
const ADDRESSES = 30;

/** How far a client goes before it vanishes. */
const STATES = [
	"connected",
	"half a request",
	"options",
	"refused",
	"described",
	"ready",
	"playing",
	"not reading",
	"half a frame",
	"paused",
	"torn down",
] as const;
/** How it vanishes: with a reset, with an ordinary end, or without a word (it stays until the server drops it). */
const ENDS = ["reset", "end", "silence"] as const;

/** One RTSP client on a raw socket. */
class Client {
	private text = "";
	private sequence = 0;
	private challenge = "";
	private session = "";
	/** Octets that arrived. */
	octets = 0;
	over = false;

	constructor(
		private readonly url: string,
		readonly socket: Socket,
	) {
		socket.setEncoding("latin1");
		socket.on("data", (chunk: string) => {
			this.octets += chunk.length;
			this.text = (this.text + chunk).slice(-200_000);
		});
		socket.on("error", () => undefined);
		socket.on("close", () => {
			this.over = true;
		});
	}

	/** Sends a request, logs in if it must, and waits for the answer. @returns its head */
	async ask(method: string, url = this.url, fields = ""): Promise<string> {
		const answer = await this.exchange(method, url, fields);
		if (!answer.startsWith("RTSP/1.0 401") || method === "OPTIONS") return answer;
		this.challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(answer)?.[1] ?? "";
		return this.exchange(method, url, fields);
	}

	/** Sends a request without credentials. */
	refused(): Promise<string> {
		return this.exchange("DESCRIBE", this.url, "");
	}

	async setUp(udp: boolean, port: number): Promise<string> {
		const transport = udp ? `RTP/AVP;unicast;client_port=${port}-${port + 1}` : "RTP/AVP/TCP;unicast;interleaved=0-1";
		const answer = await this.ask("SETUP", `${this.url}/trackID=0`, `Transport: ${transport}\r\n`);
		this.session = /\r\nSession: ([^;\r]*)/.exec(answer)?.[1] ?? "";
		return answer;
	}

	private async exchange(method: string, url: string, fields: string): Promise<string> {
		const number = ++this.sequence;
		const login =
			this.challenge === ""
				? ""
				: `Authorization: ${digestFor(this.challenge, method, url, "owner", PASSWORD, number.toString(16).padStart(8, "0"))}\r\n`;
		const session = this.session === "" ? "" : `Session: ${this.session}\r\n`;
		this.socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: ${number}\r\n${login}${session}${fields}\r\n`, "latin1");
		const mark = new RegExp(`RTSP/1\\.0 \\d{3} [^\\r]*\\r\\nCSeq: ${number}\\r\\n[^]*?\\r\\n\\r\\n`);
		return until(`an answer to ${method}`, 20_000, () => (this.over ? "over" : mark.exec(this.text)?.[0]));
	}
}

/** Clients of one camera. */
class Crowd {
	/** How often each state was left in each way. */
	readonly done = new Map<string, number>();
	/** Unexpected answers. */
	readonly faults: string[] = [];

	constructor(
		private readonly port: number,
		private readonly random: Prng,
	) {}

	/** Comes and vanishes again and again until the time is over. */
	async visitor(end: number): Promise<void> {
		while (performance.now() < end) {
			const state = STATES[this.random.below(STATES.length)];
			const way = ENDS[this.random.below(ENDS.length)];
			const client = this.come();
			await this.go(client, state);
			await this.vanish(client, way, end);
			const what = `${state}, ${way}`;
			this.done.set(what, (this.done.get(what) ?? 0) + 1);
		}
	}

	private come(): Client {
		const localAddress = `127.0.0.${2 + this.random.below(ADDRESSES)}`;
		const socket = connect({ port: this.port, host: "127.0.0.1", localAddress });
		return new Client(`rtsp://127.0.0.1:${this.port}/live`, socket);
	}

	/** Takes a client to a state. */
	private async go(client: Client, state: (typeof STATES)[number]): Promise<void> {
		const { socket } = client;
		if (state === "connected") return pause(this.random.below(300));
		if (state === "half a request") {
			socket.write("DESCRIBE rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: 1\r\nAcc".slice(0, 1 + this.random.below(50)));
			return;
		}
		if (state === "options") return this.expect(200, await client.ask("OPTIONS"));
		if (state === "refused") return this.expect(401, await client.refused());
		this.expect(200, await client.ask("DESCRIBE", undefined, "Accept: application/sdp\r\n"));
		if (state === "described") return;
		const udp = state !== "not reading" && state !== "half a frame" && this.random.below(2) === 0;
		this.expect(200, await client.setUp(udp, 20_000 + 2 * this.random.below(10_000)));
		if (state === "ready") return;
		this.expect(200, await client.ask("PLAY", undefined, "Range: npt=0-\r\n"));
		if (state === "not reading") return void socket.pause();
		if (state === "half a frame") return void socket.write("$\x01\x00\x40halfway");
		await pause(this.random.below(3000));
		if (state === "playing") {
			if (!udp && client.octets < 10_000) this.faults.push(`a viewer got ${client.octets} octets`);
		} else if (state === "paused") this.expect(200, await client.ask("PAUSE"));
		else this.expect(200, await client.ask("TEARDOWN"));
	}

	private async vanish({ socket }: Client, way: (typeof ENDS)[number], end: number): Promise<void> {
		if (way === "reset") socket.resetAndDestroy();
		else if (way === "end") {
			socket.end();
			await pause(50);
			socket.destroy();
		} else {
			// Most of the time somebody else comes meanwhile.
			const left = Math.max(0, end - performance.now());
			setTimeout(() => socket.destroy(), Math.min(left, 90_000)).unref();
			await pause(this.random.below(500));
		}
	}

	private expect(status: number, answer: string): void {
		// A server with many silent clients may have no place left.
		if (answer === "over" || answer.startsWith(`RTSP/1.0 ${status} `) || answer.startsWith("RTSP/1.0 453 ")) return;
		this.faults.push(`${answer.slice(0, 100)} instead of ${status}`);
	}
}

/** The sockets that a process has open. */
function socketsOf({ pid }: RunningCamera): number {
	const folder = `/proc/${pid}/fd`;
	let count = 0;
	for (const name of readdirSync(folder)) {
		try {
			if (readlinkSync(`${folder}/${name}`).startsWith("socket:")) count++;
		} catch {
			// It was closed meanwhile.
		}
	}
	return count;
}

/** Runs clients against one program. @returns whether it passed */
async function soak(program: CameraProgram, minutes: number, seed: number): Promise<boolean> {
	const port = await freePort();
	const flags = ["--password", PASSWORD, "--fps", "10", "--rtsp-port", `${port}`];
	const camera = await startCamera(program, ...flags);
	const crowd = new Crowd(port, new Prng(seed));
	const end = performance.now() + minutes * 60_000;
	let memory: MemoryVerdict;
	try {
		await pause(1000);
		const before = socketsOf(camera);
		const visitors = Array.from({ length: CLIENTS }, () => crowd.visitor(end));
		memory = await watchMemory(program.name, camera, end);
		await Promise.all(visitors);
		await until(`${program.name} closes its sockets`, FORGET, () => socketsOf(camera) <= before).catch((error) => {
			crowd.faults.push(`${socketsOf(camera)} sockets, ${before} at the start: ${error}`);
		});
	} finally {
		if (!(await camera.stop())) crowd.faults.push(`it did not leave in good order: ${camera.said()}`);
	}
	const counts = [...crowd.done].map(([what, times]) => `${what} ${times}`).sort();
	console.log(`${program.name}: ${memory.text}; ${counts.join("; ")}`);
	for (const fault of crowd.faults.slice(0, 10)) console.log(`${program.name}: FAULT: ${fault}`);
	return memory.isFlat && crowd.faults.length === 0;
}

soakBoth(HELP, soak);
