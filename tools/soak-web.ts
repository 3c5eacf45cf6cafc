import { connect, type Socket } from "node:net";
import { Prng } from "../src/base/prng";
import { digestFor, PASSWORD } from "../test/support/digest";
import { HTTP_ABUSE } from "../test/support/http-abuse";
import { visit } from "../test/support/raw-visit";
import { pause } from "../test/support/until";
import { type CameraProgram, type RunningCamera, startCamera } from "./camera-program";
import { type MemoryVerdict, watchMemory } from "./memory-watch";
import { soakBoth } from "./soak-both";

const HELP = `Lets visitors come and go at a camera for a long time, on Node.js and on XS at once, and fails when its memory grows.

  npm run test:soak:web -- [--minutes 10] [--seed N]

Visitors watch, log in and out, guess passwords, leave in the middle of requests and answers, rename the camera, and
send nonsense. Needs the programs (npm run build, npm run build:linux).`;

/** Simultaneous visitors at each camera. */
const VISITORS = 12;
/** Abusive visitors come from these addresses, so that others are not slowed down. */
const BAD_ADDRESSES = 30;

const PAGES = "/ /portal /camera /fleet /api/v1/status /api/v1/cameras /snapshot.jpg /metrics /nowhere";

/** Visitors of one camera. */
class Crowd {
	/** How often each action was done. */
	readonly done = new Map<string, number>();
	/** Unexpected answers. */
	readonly faults: string[] = [];
	private readonly host: string;

	constructor(
		private readonly camera: RunningCamera,
		private readonly random: Prng,
	) {
		this.host = `Host: 127.0.0.1:${camera.port}\r\nConnection: close\r\n`;
	}

	/** Acts again and again until the time is over. */
	async visitor(end: number): Promise<void> {
		const things = [this.watch, this.logIn, this.read, this.rename, this.guess, this.abort, this.abuse];
		while (performance.now() < end) {
			const thing = things[this.random.below(things.length)];
			await thing.call(this);
			this.done.set(thing.name, (this.done.get(thing.name) ?? 0) + 1);
			await pause(this.random.below(200));
		}
	}

	/** Watches for a while and disconnects. */
	private async watch(): Promise<void> {
		const target = "/stream.mjpeg";
		const field = await this.digest("GET", target);
		const octets = await this.leave(
			`GET ${target} HTTP/1.1\r\n${this.host}${field}\r\n`,
			2000 + this.random.below(4000),
		);
		if (octets < 10_000) this.faults.push(`a viewer got ${octets} octets`);
	}

	/** Logs in by the form, looks at a page, and logs out. */
	private async logIn(): Promise<void> {
		const first = await this.post("/login", `user=owner&password=${PASSWORD}`);
		const cookie = /\r\nSet-Cookie: ([^;\r]*)/.exec(first)?.[1];
		if (cookie === undefined) return void this.faults.push(`no session: ${first.slice(0, 200)}`);
		await this.expect(200, await this.get("/camera", `Cookie: ${cookie}\r\n`));
		await this.post("/logout", "", `Cookie: ${cookie}\r\n`);
	}

	/** Reads pages as a program does. */
	private async read(): Promise<void> {
		const pages = PAGES.split(" ");
		const page = pages[this.random.below(pages.length)];
		await this.expect(page === "/nowhere" ? 404 : 200, await this.get(page, await this.digest("GET", page)));
	}

	private async rename(): Promise<void> {
		const status = await this.get("/api/v1/status", await this.digest("GET", "/api/v1/status"));
		const path = `/api/v1/cameras/${/"id":"([^"]*)"/.exec(status)?.[1]}/name`;
		const name = `name=camera+${this.random.below(1000)}`;
		await this.expect(200, await this.post(path, name, await this.digest("POST", path)));
	}

	private async guess(): Promise<void> {
		const field = await this.digest("GET", "/", `wrong${this.random.below(1000)}`);
		await this.leave(`GET / HTTP/1.1\r\n${this.host}${field}\r\n`, 300, this.badAddress());
	}

	/** Disconnects in the middle of a request or its answer. */
	private async abort(): Promise<void> {
		const text = `POST /login HTTP/1.1\r\n${this.host}Content-Length: 60\r\n\r\nuser=owner&password=${"x".repeat(40)}`;
		const cut = text.slice(0, 1 + this.random.below(text.length));
		await this.leave(cut, this.random.below(100), this.badAddress());
	}

	/** Sends a malformed request. */
	private async abuse(): Promise<void> {
		await this.leave(HTTP_ABUSE[this.random.below(HTTP_ABUSE.length)].raw, 300, this.badAddress());
	}

	private badAddress(): string {
		return `127.0.0.${2 + this.random.below(BAD_ADDRESSES)}`;
	}

	private async get(path: string, fields = ""): Promise<string> {
		return (await visit(this.camera.port, `GET ${path} HTTP/1.1\r\n${this.host}${fields}\r\n`, hasAnswer)).answers;
	}

	private async post(path: string, body: string, fields = ""): Promise<string> {
		const head = `POST ${path} HTTP/1.1\r\n${this.host}${fields}Content-Length: ${body.length}\r\n`;
		const type = "Content-Type: application/x-www-form-urlencoded\r\n";
		return (await visit(this.camera.port, `${head}${type}\r\n${body}`, hasAnswer)).answers;
	}

	private async expect(status: number, answer: string): Promise<void> {
		if (!answer.startsWith(`HTTP/1.1 ${status} `)) this.faults.push(`${answer.slice(0, 100)} instead of ${status}`);
	}

	private async digest(method: string, path: string, password = PASSWORD): Promise<string> {
		const challenge = /\r\nWWW-Authenticate: (Digest [^\r]*)/.exec(await this.get("/api/v1/status"))?.[1] ?? "";
		return `Authorization: ${digestFor(challenge, method, path, "owner", password)}\r\n`;
	}

	/** Sends a request and resets the connection after `ms` milliseconds. @returns the octets received */
	private async leave(raw: string, after: number, localAddress = "127.0.0.1"): Promise<number> {
		let octets = 0;
		const socket: Socket = connect({ port: this.camera.port, host: "127.0.0.1", localAddress });
		socket.on("connect", () => void socket.write(raw, "latin1"));
		socket.on("data", (chunk) => {
			octets += chunk.length;
		});
		socket.on("error", () => undefined);
		await pause(after);
		socket.resetAndDestroy();
		return octets;
	}
}

/** Runs visitors against one program. @returns whether it passed */
async function soak(program: CameraProgram, minutes: number, seed: number): Promise<boolean> {
	const flags = ["--password", PASSWORD, "--fps", "10", "--connections", "100", "--connections-per-address", "40"];
	const camera = await startCamera(program, ...flags);
	const crowd = new Crowd(camera, new Prng(seed));
	const end = performance.now() + minutes * 60_000;
	let memory: MemoryVerdict;
	try {
		const visitors = Array.from({ length: VISITORS }, () => crowd.visitor(end));
		memory = await watchMemory(program.name, camera, end);
		await Promise.all(visitors);
	} finally {
		if (!(await camera.stop())) crowd.faults.push(`it did not leave in good order: ${camera.said()}`);
	}
	const counts = [...crowd.done].map(([thing, times]) => `${thing} ${times}`).join(", ");
	console.log(`${program.name}: ${memory.text}; ${counts}`);
	for (const fault of crowd.faults.slice(0, 10)) console.log(`${program.name}: FAULT: ${fault}`);
	return memory.isFlat && crowd.faults.length === 0;
}

/** Whether the head of an answer has come. */
function hasAnswer(answers: string): boolean {
	return answers.includes("\r\n\r\n");
}

soakBoth(HELP, soak);
