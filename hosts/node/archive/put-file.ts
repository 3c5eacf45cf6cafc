import { createReadStream } from "node:fs";
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { pipeline } from "node:stream";

/** How long the other side may be silent, in milliseconds. */
const SILENCE = 60_000;
/** How long a server has to say that it wants the file, in milliseconds; then it gets it. */
const PATIENCE = 2000;
/** The longest body of an answer that is looked at, in octets. */
const ANSWER_MAX = 2000;

/** The answer to a request. */
export interface ArchiveAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Its first octets as text. */
	readonly text: string;
}

/** A request, perhaps with a file as its body. */
export interface ArchiveRequest {
	readonly method: string;
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	/** Path of the file that is sent, and its length in octets. */
	readonly file?: { readonly path: string; readonly size: number };
	readonly signal: AbortSignal;
}

/**
 * Makes one request. A file is read as it is sent; its length is known beforehand, which S3 needs.
 * @throws {Error} when there is no answer, or the file can't be read
 */
export function send({ method, url, headers, file, signal }: ArchiveRequest): Promise<ArchiveAnswer> {
	const request = url.protocol === "https:" ? secureRequest : plainRequest;
	return new Promise((resolve, reject) => {
		const length = file === undefined ? 0 : file.size;
		// A server that refuses the file says so before it is sent.
		const expect = file === undefined ? {} : { Expect: "100-continue" };
		const all = { ...headers, ...expect, "Content-Length": length };
		// A connection each: recordings end minutes apart.
		const out = request(url, { method, headers: all, signal, timeout: SILENCE, agent: false });
		let isAnswered = false;
		out.on("timeout", () => out.destroy(new Error("no answer")));
		out.on("error", reject);
		out.on("response", (answer) => {
			isAnswered = true;
			let text = "";
			answer.setEncoding("utf8");
			answer.on("data", (piece: string) => {
				if (text.length < ANSWER_MAX) text += piece.slice(0, ANSWER_MAX);
			});
			answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
			answer.on("error", reject);
		});
		if (file === undefined) {
			out.end();
			return;
		}
		let isSending = false;
		const sendFile = (): void => {
			if (isSending || isAnswered || out.destroyed) return;
			isSending = true;
			pipeline(createReadStream(file.path, { end: Math.max(0, file.size - 1) }), out, (error) => {
				// A server may answer before it has the whole file, and close.
				if (error && !isAnswered) reject(error);
			});
		};
		out.on("continue", sendFile);
		// Not all servers know of it. @see RFC 9110 §10.1.1
		setTimeout(sendFile, PATIENCE).unref();
		out.flushHeaders();
	});
}
