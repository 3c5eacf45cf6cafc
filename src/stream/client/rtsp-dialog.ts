import type { ClientLogin, LoginVerdict } from "../../access/client-login";
import { VERSION } from "../../base/version";
import type { StreamOutbox } from "../../core/stream";
import { challengesOf } from "../../wire/http-challenge";
import { formatRtspUrl } from "../../wire/rtsp-source-url";
import type { RtspUrl } from "../../wire/rtsp-url";
import { RtspWriter } from "../../wire/rtsp-writer";
import { fieldOf, type TextMessage } from "../../wire/text-message";

/** How often a request is repeated with another login. */
const LOGINS_MAX = 3;
/** What a server may ask of a client. @see RFC 2326 §10 */
const FROM_SERVER: readonly string[] = Object.freeze([
	...["OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE", "REDIRECT", "TEARDOWN"],
]);
const USER_AGENT = `Porthole/${VERSION}`;

interface Asked {
	readonly method: string;
	readonly url: string;
	/** Names and values. */
	readonly fields: readonly string[];
	readonly body: Uint8Array | undefined;
}

/**
 * The requests of an RTSP client on one connection, one after another, with session and login.
 * @see RFC 2326 §6, §12.17, §12.37
 */
export class RtspDialog {
	/** The session, once there is one. */
	session = "";
	/** The method of the request that waits for its answer; empty: none does. */
	waiting = "";
	private readonly writer = new RtspWriter(4096);
	private cseq = 0;
	private asked: Asked | undefined;
	private logins = 0;

	/** @param always names and values that each request has besides its own */
	constructor(
		private readonly login: ClientLogin,
		private readonly always: readonly string[] = [],
	) {}

	/**
	 * Sends a request.
	 * @param fields names and values
	 * @returns false when there is no room for it, as the server has taken nothing for long
	 */
	ask(out: StreamOutbox, method: string, url: RtspUrl, fields: readonly string[], body?: Uint8Array): boolean {
		this.asked = { method, url: formatRtspUrl(url), fields, body };
		this.waiting = method;
		return this.send(out, this.asked);
	}

	/** Sends a request whose answer is of no interest, if there is room. */
	tell(out: StreamOutbox, method: string, url: RtspUrl): void {
		this.send(out, { method, url: formatRtspUrl(url), fields: [], body: undefined });
	}

	/** Answers a request of the server, if there is room. */
	respond(out: StreamOutbox, request: TextMessage): void {
		const status = FROM_SERVER.includes(request.method) ? 200 : 501;
		this.writer.response(status, fieldOf(request, "cseq") ?? "").end();
		this.write(out);
	}

	/** An answer came that is not 401. @returns the method of the request; empty: none was sent */
	answered(status: number): string {
		const method = this.waiting;
		this.waiting = "";
		this.logins = 0;
		if (status < 300) this.login.accepted();
		return method;
	}

	/** The answer 401 came: sends the request again where the login allows it. @returns `retry`: it was sent */
	challenged(out: StreamOutbox, message: TextMessage): LoginVerdict {
		this.waiting = "";
		const verdict = this.logins++ < LOGINS_MAX ? this.login.challenged(challengesOf(message)) : "wrong";
		if (verdict !== "retry" || this.asked === undefined) return verdict;
		this.waiting = this.asked.method;
		return this.send(out, this.asked) ? "retry" : "unsupported";
	}

	private send(out: StreamOutbox, { method, url, fields, body }: Asked): boolean {
		const { writer } = this;
		writer.request(method, url, ++this.cseq).field("User-Agent", USER_AGENT);
		const login = this.login.authorization(method, url);
		if (login !== undefined) writer.field("Authorization", login);
		if (this.session !== "") writer.field("Session", this.session);
		const { always } = this;
		for (let i = 0; i + 1 < always.length; i += 2) writer.field(always[i], always[i + 1]);
		for (let i = 0; i + 1 < fields.length; i += 2) writer.field(fields[i], fields[i + 1]);
		if (body === undefined) {
			writer.end();
			return this.write(out);
		}
		writer.field("Content-Length", `${body.length}`).end();
		if (out.room < writer.length + body.length || !this.write(out)) return false;
		out.write(body, 0, body.length);
		return true;
	}

	private write(out: StreamOutbox): boolean {
		const { writer } = this;
		if (writer.overflowed || out.room < writer.length) return false;
		out.write(writer.bytes, 0, writer.length);
		return true;
	}
}
