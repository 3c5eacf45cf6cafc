import type { Admission } from "../../access/role";
import type { StreamOutbox } from "../../core/stream";
import type { Millis } from "../../core/time";
import { fieldOf, type Headers, type TextMessage } from "../../wire/text-message";
import type { RtspRefusal } from "../rtsp-refusal";
import type { RtspSession, SessionCarrier } from "./rtsp-session";

/** The connection of an exchange. */
export interface ExchangeCarrier extends SessionCarrier {
	readonly remoteAddress: string;
	readonly localAddress: string;
	/** Whether it uses TLS. */
	readonly secure: boolean;
	/** For interleaved media. */
	readonly out: StreamOutbox;
	/** The token of the viewer link that its last request with one had; empty: none. */
	link: string;
	/** The pass with which it was admitted, and how; absent: it was not. */
	passed?: { readonly pass: string; readonly admission: Admission } | undefined;
	/** Whether media can be sent on the channels 0 and 1. */
	readonly hasFreeChannels: boolean;
	/** Sends the response. Called once for each exchange. */
	respond(
		now: Millis,
		exchange: RtspExchange,
		status: number,
		detail: string,
		fields: Headers,
		body?: Uint8Array,
	): void;
}

const NONE: Headers = Object.freeze([]);

/** One request on its way to its response, which is given in the call that brings it or later. */
export class RtspExchange {
	/** Whether it was answered, or nobody waits for it any more. */
	isOver = false;
	/** The user; `undefined`: nobody has logged in. */
	admission: Admission | undefined;
	/** The content that its URL names; empty: none. */
	content = "";
	/** The session that the response names. */
	session: RtspSession | undefined;
	/** As it stood in the request. */
	readonly cseq: string;

	constructor(
		readonly carrier: ExchangeCarrier,
		readonly message: TextMessage,
		readonly since: Millis,
	) {
		this.cseq = fieldOf(message, "cseq") ?? "";
	}

	get method(): string {
		return this.message.method;
	}

	/** Returns the first value of a field. @param name in lower case */
	field(name: string): string | undefined {
		return fieldOf(this.message, name);
	}

	/** Answers. @returns false when nobody waits for it any more */
	answer(now: Millis, status: number, fields: Headers = NONE, body?: Uint8Array): boolean {
		return this.respond(now, status, "", fields, body);
	}

	/** Refuses. @returns false when nobody waits for it any more */
	refuse(now: Millis, { status, message }: RtspRefusal, fields: Headers = NONE): boolean {
		return this.respond(now, status, message, fields);
	}

	private respond(now: Millis, status: number, detail: string, fields: Headers, body?: Uint8Array): boolean {
		if (this.isOver) return false;
		this.isOver = true;
		this.carrier.respond(now, this, status, detail, fields, body);
		return true;
	}
}
