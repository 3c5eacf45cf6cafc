import { AccessTokens } from "../../src/access/access-tokens";
import { Authenticator, type AuthenticatorHost } from "../../src/access/authenticator";
import { hashPassword, LoginRecord } from "../../src/access/login-record";
import { Tickets } from "../../src/access/tickets";
import { Prng } from "../../src/base/prng";
import { utf8Encode } from "../../src/base/text";
import type { RtspConnection } from "../../src/stream/control/rtsp-connection";
import { RtspServer } from "../../src/stream/control/rtsp-server";
import type { RtspServerLimits } from "../../src/stream/control/rtsp-settings";
import { digestFor, PASSWORD } from "./digest";
import { FakeStream } from "./fake-stream";
import { FakeStreamTransport } from "./fake-stream-transport";

const REALM = "Porthole 0011223344556677";
export const CLIENT = "198.51.100.9";
export const HOST = "203.0.113.7:8554";
export const URL = `rtsp://${HOST}/live`;
export const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
export const UDP = "Transport: RTP/AVP;unicast;client_port=5000-5001";

/** An RTSP server with a fake distribution, and clients whose octets the test writes. */
export class RtspScene {
	now = 1000;
	readonly transport = new FakeStreamTransport();
	readonly log: string[] = [];
	readonly authenticator: Authenticator;
	readonly server: RtspServer;

	constructor(settings: Partial<RtspServerLimits> = {}, access: Partial<AuthenticatorHost> = {}) {
		const random = new Prng(1);
		const fill = (bytes: Uint8Array) => bytes.set(bytes.map(() => random.below(256)));
		const owner = hashPassword("owner", REALM, PASSWORD, true);
		const viewer = hashPassword("viewer", REALM, "only-looking", true);
		const record = new LoginRecord(0, REALM, "0123456789abcdef", owner, viewer);
		const tokens = new AccessTokens("a key");
		this.authenticator = new Authenticator({
			id: "0011223344556677",
			random: { fill },
			withMd5: true,
			tickets: new Tickets({ sign: () => "", verify: () => false }),
			openInLan: false,
			record: () => record,
			tokens: () => tokens,
			moment: (now) => ({ epoch: "u", seconds: 1.7e9 + now / 1000 }),
			isNeighbour: () => false,
			...access,
		});
		this.server = new RtspServer({ connections: 20, connectionsPerAddress: 10, ...settings }, this.transport, {
			authenticator: this.authenticator,
			random: { fill },
			began: ({ request }) => this.log.push(`${request.address} plays ${request.content} by ${request.framing}`),
			ended: (_now, { request }, reason) => this.log.push(`${request.content}: ${reason}`),
		});
	}

	/** A client that has connected. */
	client(address = CLIENT, secure = false): RtspClient {
		const connection = this.server.accept(this.now, address, "192.168.0.11", secure);
		if (connection === undefined) throw new Error("the server has refused the connection");
		return new RtspClient(this, connection);
	}

	/** Lets time pass; connections and sessions expire. */
	pass(seconds: number, ...clients: RtspClient[]): void {
		const end = this.now + seconds * 1000;
		for (;;) {
			const next = Math.min(this.server.deadline, ...clients.map(({ connection }) => connection.deadline));
			if (next > end) break;
			this.now = Math.max(this.now, next);
			if (this.server.deadline <= this.now) this.server.expire(this.now);
			for (const { connection, stream } of clients)
				if (connection.deadline <= this.now) connection.expire(this.now, stream);
		}
		this.now = end;
	}
}

/** One connection of a client. */
export class RtspClient {
	readonly stream = new FakeStream();
	/** Sent with each request as `Authorization`. */
	user = "owner";
	password = PASSWORD;
	private count = 0;
	private challenge = "";

	constructor(
		private readonly scene: RtspScene,
		readonly connection: RtspConnection,
	) {
		connection.room(scene.now, this.stream);
	}

	/** Sends text, and returns what comes back. */
	send(text: string | Uint8Array): string {
		this.connection.feed(this.scene.now, typeof text === "string" ? utf8Encode(text) : text, this.stream);
		return this.stream.text();
	}

	/** Sends a request without credentials. */
	bare(method: string, target = URL, ...fields: string[]): string {
		return this.send(this.text(method, target, fields));
	}

	/** Sends a request with the credentials of {@link user}. */
	ask(method: string, target = URL, ...fields: string[]): string {
		return this.send(this.text(method, target, [this.authorization(method, target), ...fields]));
	}

	/** The text of a request with credentials. */
	authorized(method: string, target = URL, ...fields: string[]): string {
		return this.text(method, target, [this.authorization(method, target), ...fields]);
	}

	text(method: string, target: string, fields: readonly string[], body = ""): string {
		const length = body === "" ? [] : [`Content-Length: ${body.length}`];
		return `${[`${method} ${target} RTSP/1.0`, `CSeq: ${++this.count}`, ...fields, ...length].join("\r\n")}\r\n\r\n${body}`;
	}

	/** Sets a session up. @returns its identifier */
	setup(transport = TCP, url = `${URL}/trackID=0`): string {
		return sessionOf(this.ask("SETUP", url, transport));
	}

	/** Sets a session up and plays it. @returns its identifier */
	play(transport = TCP, url = URL): string {
		const id = this.setup(transport, `${url}/trackID=0`);
		this.ask("PLAY", url, `Session: ${id}`);
		return id;
	}

	private authorization(method: string, target: string): string {
		[this.challenge] = this.scene.authenticator.challenges(this.scene.now, "rtsp");
		return `Authorization: ${digestFor(this.challenge, method, target, this.user, this.password)}`;
	}
}

export function sessionOf(answer: string): string {
	return /\r\nSession: ([0-9a-f]+)/.exec(answer)?.[1] ?? "";
}

/** The status of the first response in a text. */
export function statusOf(answer: string): number {
	return Number(/^RTSP\/1\.0 (\d+)/.exec(answer)?.[1] ?? 0);
}
