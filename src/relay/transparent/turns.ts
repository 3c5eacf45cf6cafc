import type { Octets } from "../../core/time";
import {
	HTTP_REQUESTS,
	HTTP_RESPONSES,
	REQUEST_LIMITS,
	RTSP_FROM_SERVER,
	RTSP_MESSAGES,
	type TextLimits,
	type TextMessage,
} from "../../wire/text-message";
import { TextMessageReader } from "../../wire/text-message-reader";
import type { RelayProtocol } from "../relayed-content";

/** The largest head, and the largest answer that is looked at as a whole: a session description. */
export const HELD_MAX: Octets = 16_384;
/** Bodies pass, of any length. */
const REQUESTS: TextLimits = Object.freeze({ ...REQUEST_LIMITS, body: Infinity });
const ANSWERS: TextLimits = Object.freeze({ ...REQUESTS, head: HELD_MAX });

/** Follows the requests and answers of a connection while they take turns. Every method returns false where it can't be followed. */
export class Turns {
	private readonly requests: TextMessageReader;
	private readonly answers: TextMessageReader;

	constructor(readonly protocol: RelayProtocol) {
		const isHttp = protocol === "http";
		this.requests = new TextMessageReader(isHttp ? HTTP_REQUESTS : RTSP_MESSAGES, REQUESTS);
		this.answers = new TextMessageReader(isHttp ? HTTP_RESPONSES : RTSP_FROM_SERVER, ANSWERS);
	}

	/** The request whose head is complete, and the answer. */
	get request(): TextMessage {
		return this.requests.message;
	}

	get answer(): TextMessage {
		return this.answers.message;
	}

	/** Whether the request is complete with its body. */
	get isAsked(): boolean {
		return this.requests.done;
	}

	/** Whether the answer is complete. */
	get isAnswered(): boolean {
		return this.answers.done && this.answers.message.status >= 200;
	}

	/** The next request follows. */
	next(): void {
		this.requests.next();
	}

	/** Reads `bytes` from `start` on as a head. @returns where it ends; 0: more is needed; -1: it can't be followed */
	readHead(bytes: Uint8Array, start: number): number {
		const { requests } = this;
		let at = start;
		while (at < bytes.length && !requests.headDone) {
			const taken = requests.feed(bytes, at);
			if (taken === 0) break;
			at += taken;
		}
		if (requests.headDone) return requests.message.status === 0 ? at : -1;
		return requests.fault === undefined && at === bytes.length ? 0 : -1;
	}

	/** Follows a piece of a request's body. */
	readBody(bytes: Uint8Array): boolean {
		const { requests } = this;
		let at = 0;
		while (at < bytes.length && !requests.done) {
			const taken = requests.feed(bytes, at);
			if (taken === 0) break;
			at += taken;
		}
		return at === bytes.length && requests.fault === undefined;
	}

	/** The answer to the current request follows. */
	expectAnswer(): void {
		this.answers.next();
		this.answers.bodiless = this.requests.message.method === "HEAD";
	}

	/** Follows a piece of an answer, and interim ones before it. */
	follow(bytes: Uint8Array, start = 0): boolean {
		const { answers } = this;
		let at = start;
		while (at < bytes.length) {
			if (this.isAnswered) return false;
			if (answers.done) this.expectAnswer();
			const taken = answers.feed(bytes, at);
			if (taken === 0) return false;
			at += taken;
		}
		return answers.fault === undefined;
	}

	/**
	 * Reads an answer from `start` on as far as it is needed to judge it: over HTTP its head, over RTSP all of it.
	 * @returns where that ends; 0: more is needed; -1: it can't be followed
	 */
	readAnswer(bytes: Uint8Array, start: number): number {
		const { answers } = this;
		const isHttp = this.protocol === "http";
		let at = start;
		for (;;) {
			if (isHttp ? answers.headDone : answers.done) return at;
			if (at === bytes.length) return bytes.length < HELD_MAX ? 0 : -1;
			const taken = answers.feed(bytes, at);
			if (taken === 0 || answers.fault !== undefined) return -1;
			if (!isHttp) answers.collect(bytes);
			at += taken;
		}
	}
}
