import type { BodySink } from "../../src/http/body-sink";
import type { HttpConnection } from "../../src/http/http-connection";
import { HttpServer } from "../../src/http/http-server";
import type { HttpServerSettings } from "../../src/http/http-server-settings";
import type { HttpSite } from "../../src/http/http-site";
import { FakeStream } from "./fake-stream";
import { HTTP_LIMITS } from "./http-limits";

/** Encodes text as Latin-1. */
export const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** A server with a clock that the test sets, and one client of it at a time. */
export class HttpPeer {
	now = 0;
	readonly failures: string[] = [];
	readonly server: HttpServer<string, string>;
	connection!: HttpConnection<string>;
	stream = new FakeStream();

	constructor(settings: Partial<HttpServerSettings> = {}, site: Partial<HttpSite<string, string>> = {}) {
		this.server = new HttpServer<string, string>(
			{ ...HTTP_LIMITS, ...settings },
			{
				now: () => this.now,
				utc: () => undefined,
				failed: ({ path }, error) => this.failures.push(`${path}: ${error}`),
				...site,
			},
		);
	}

	/** Opens a connection; the one before is left alone. @param room octets that the client takes at first */
	open(room = 1 << 20): this {
		const connection = this.server.accept(this.now, "10.0.0.1", "192.168.0.11", 8000);
		if (connection === undefined) throw new Error("refused");
		this.connection = connection;
		this.stream = new FakeStream(room);
		this.connection.room(this.now, this.stream);
		return this;
	}

	/** The client sends; @returns what the server has sent since */
	send(text: string | Uint8Array, step = Infinity): string {
		const bytes = typeof text === "string" ? octets(text) : text;
		for (let at = 0; at < bytes.length; at += step) {
			this.connection.feed(this.now, bytes.subarray(at, Math.min(bytes.length, at + step)), this.stream);
			this.stream.turns(this.now, this.connection);
		}
		return this.stream.text();
	}

	/** Time passes, up to each deadline in turn. @returns what the server has sent since */
	wait(span: number): string {
		const until = this.now + span;
		while (this.connection.deadline <= until) {
			this.now = Math.max(this.now, this.connection.deadline);
			this.connection.expire(this.now, this.stream);
		}
		this.now = until;
		return this.stream.text();
	}
}

/** Records a body and the calls. */
export class RecordingSink implements BodySink {
	body = "";
	calls = "";
	/** Whether it wants more after each piece. */
	wants = true;

	take(_now: number, bytes: Uint8Array, start: number, end: number): boolean {
		this.calls += "t";
		this.body += Buffer.from(bytes.slice(start, end)).toString("latin1");
		return this.wants;
	}

	end(): void {
		this.calls += "e";
	}

	abort(): void {
		this.calls += "a";
	}
}
