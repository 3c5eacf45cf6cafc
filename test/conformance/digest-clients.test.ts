import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type Server, type Socket } from "node:net";
import { NodeRandom } from "../../hosts/node/random";
import { AccessTokens } from "../../src/access/access-tokens";
import { Authenticator } from "../../src/access/authenticator";
import { hashPassword, LoginRecord } from "../../src/access/login-record";
import { Tickets } from "../../src/access/tickets";
import { type Need, needs } from "../support/needs";

const REALM = "Porthole 0011223344556677";
const VIEWER = "only-looking";
const SDP = [
	"v=0",
	"o=- 0 0 IN IP4 127.0.0.1",
	"s=camera",
	"t=0 0",
	"m=video 0 RTP/AVP 26",
	"a=control:trackID=0",
	"",
].join("\r\n");

/** One request as the server saw it: its method and target, and the outcome of its authentication. */
interface Seen {
	readonly line: string;
	readonly algorithm: string;
	readonly outcome: string;
}

/** A server that does nothing but authenticate: HTTP and RTSP on one port, answered as a device would. */
class DigestServer {
	readonly seen: Seen[] = [];
	private readonly server: Server;
	private readonly authenticator: Authenticator;
	private readonly sockets = new Set<Socket>();

	constructor(withMd5: boolean) {
		const owner = hashPassword("owner", REALM, "an-owner's-password", withMd5);
		const viewer = hashPassword("viewer", REALM, VIEWER, withMd5);
		const record = new LoginRecord(0, REALM, "0123456789abcdef", owner, viewer);
		const tokens = new AccessTokens("a key");
		this.authenticator = new Authenticator({
			id: "0011223344556677",
			random: new NodeRandom(),
			withMd5,
			tickets: new Tickets({ sign: () => "", verify: () => false }),
			openInLan: false,
			record: () => record,
			tokens: () => tokens,
			moment: (now) => ({ epoch: "u", seconds: now / 1000 }),
			isNeighbour: () => true,
		});
		this.server = createServer((socket) => this.serve(socket));
	}

	async listen(): Promise<number> {
		await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
		return (this.server.address() as { port: number }).port;
	}

	close(): void {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
	}

	private serve(socket: Socket): void {
		this.sockets.add(socket);
		let text = "";
		socket.on("error", () => {});
		socket.on("data", (bytes) => {
			text += bytes.toString("latin1");
			for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
				socket.write(this.answer(text.slice(0, end)));
				text = text.slice(end + 4);
			}
		});
	}

	private answer(head: string): string {
		const [line, ...fields] = head.split("\r\n");
		const [method, target, version] = line.split(" ");
		const rtsp = version.startsWith("RTSP/");
		const field = (name: string) =>
			fields
				.find((text) => text.toLowerCase().startsWith(`${name}:`))
				?.slice(name.length + 1)
				.trim();
		const reply = (status: string, more: readonly string[] = [], body = "") => {
			const cseq = rtsp ? [`CSeq: ${field("cseq")}`] : [];
			const lines = [`${version} ${status}`, ...cseq, ...more, `Content-Length: ${body.length}`];
			return `${lines.join("\r\n")}\r\n\r\n${body}`;
		};
		if (method === "OPTIONS") return reply("200 OK", ["Public: OPTIONS, DESCRIBE, SETUP, PLAY"]);
		const authorization = field("authorization");
		const result = this.authenticator.authenticate({
			method,
			target,
			address: "127.0.0.1",
			credentials: { authorization },
			now: performance.now(),
			profile: rtsp ? "rtsp" : "http",
		});
		const algorithm = authorization === undefined ? "" : /SHA-256/.test(authorization) ? "SHA-256" : "MD5";
		this.seen.push({ line: `${method} ${target}`, algorithm, outcome: result.outcome });
		if (result.outcome === "throttled") return reply("503 Service Unavailable");
		if (result.outcome !== "granted")
			return reply(
				"401 Unauthorized",
				result.challenges.map((challenge) => `WWW-Authenticate: ${challenge}`),
			);
		if (!rtsp) return reply("200 OK", ["Content-Type: text/plain"], "hello");
		if (method === "DESCRIBE")
			return reply("200 OK", ["Content-Type: application/sdp", `Content-Base: ${target}/`], SDP);
		return reply("461 Unsupported Transport");
	}
}

interface Client {
	readonly title: string;
	readonly needs: readonly Need[];
	/** Requests that must have been granted. */
	readonly granted: readonly RegExp[];
	readonly algorithm: string;
	readonly argv: (port: number) => readonly string[];
}

const CLIENTS: readonly Client[] = [
	{
		title: "curl over HTTP",
		needs: ["curl"],
		granted: [/^GET \/stream\?fps=2$/],
		algorithm: "SHA-256",
		argv: (port) => ["curl", "-s", "--digest", "-u", `viewer:${VIEWER}`, `http://127.0.0.1:${port}/stream?fps=2`],
	},
	{
		title: "wget over HTTP",
		needs: ["wget"],
		granted: [/^GET \/stream\?fps=2$/],
		algorithm: "MD5",
		argv: (port) => [
			"wget",
			"-q",
			"-O",
			"-",
			"--user=viewer",
			`--password=${VIEWER}`,
			`http://127.0.0.1:${port}/stream?fps=2`,
		],
	},
	{
		title: "ffmpeg over HTTP",
		needs: ["ffmpeg"],
		granted: [/^GET \/stream\?fps=2$/],
		algorithm: "MD5",
		argv: (port) => [
			"ffmpeg",
			"-v",
			"error",
			"-i",
			`http://viewer:${VIEWER}@127.0.0.1:${port}/stream?fps=2`,
			"-f",
			"null",
			"-",
		],
	},
	{
		title: "ffmpeg over RTSP",
		needs: ["ffmpeg"],
		granted: [/^DESCRIBE rtsp:/, /^SETUP rtsp:.*\/stream\/trackID=0$/],
		algorithm: "MD5",
		argv: (port) => [
			"ffmpeg",
			"-v",
			"error",
			"-rtsp_transport",
			"tcp",
			"-i",
			`rtsp://viewer:${VIEWER}@127.0.0.1:${port}/stream`,
			"-f",
			"null",
			"-",
		],
	},
	{
		title: "GStreamer over RTSP",
		needs: ["gst-launch-1.0"],
		granted: [/^DESCRIBE rtsp:/, /^SETUP rtsp:.*\/stream\/trackID=0$/],
		algorithm: "MD5",
		argv: (port) => [
			"gst-launch-1.0",
			"-q",
			"rtspsrc",
			`location=rtsp://127.0.0.1:${port}/stream`,
			"user-id=viewer",
			`user-pw=${VIEWER}`,
			"protocols=tcp",
			"!",
			"fakesink",
		],
	},
];

describe("access/authenticator with real clients", function () {
	this.timeout(300_000);
	let server: DigestServer | undefined;
	afterEach(() => {
		server?.close();
		server = undefined;
	});

	/** Runs a program until it ends or everything has been granted. */
	async function run(argv: readonly string[], isDone: () => boolean): Promise<void> {
		const child = spawn(argv[0], argv.slice(1), { stdio: "ignore" });
		const ended = new Promise<void>((done) => child.on("close", () => done()));
		const look = setInterval(() => isDone() && child.kill("SIGKILL"), 50);
		const limit = setTimeout(() => child.kill("SIGKILL"), 120_000);
		await ended;
		clearInterval(look);
		clearTimeout(limit);
	}

	for (const client of CLIENTS) {
		it(`${client.title} logs in with ${client.algorithm}`, async function () {
			needs(this, ...client.needs);
			const started = new DigestServer(true);
			server = started;
			const port = await started.listen();
			const hasGranted = (line: RegExp) =>
				started.seen.some(
					(seen) => line.test(seen.line) && seen.outcome === "granted" && seen.algorithm === client.algorithm,
				);
			await run(client.argv(port), () => client.granted.every(hasGranted));
			for (const line of client.granted)
				assert.ok(hasGranted(line), `${line}: ${JSON.stringify(started.seen, undefined, 1)}`);
		});
	}

	it("offers no MD5 while it is off: curl logs in, ffmpeg does not", async function () {
		needs(this, "curl", "ffmpeg");
		server = new DigestServer(false);
		const port = await server.listen();
		for (const [client, outcomes] of [
			[CLIENTS[0], ["refused", "granted"]],
			[CLIENTS[2], ["refused"]],
		] as const) {
			server.seen.length = 0;
			await run(client.argv(port), () => false);
			assert.deepEqual([...new Set(server.seen.map(({ outcome }) => outcome))], outcomes, client.title);
		}
	});
});
