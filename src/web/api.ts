import { backFrom, formOf, wantsHtml } from "./http-form";
import type { HttpReply, HttpRequest, HttpServer } from "./http-server";
import type { Page } from "./page";
import type { Headers } from "./response-head";
import type { Role } from "./role";

/** A field of a form or a member of a JSON object that an operation takes. */
export interface ApiField {
	readonly name: string;
	readonly type: "string" | "number" | "boolean";
	readonly about: string;
	readonly example: string | number | boolean;
	readonly needed?: boolean;
}

/** What an operation answers: an object, or what is wrong. */
export type ApiAnswer =
	| { readonly body: unknown; readonly page?: () => Page }
	| { readonly fault: string; readonly status?: number };

/** All is done, and there is nothing to say. */
export const DONE: ApiAnswer = Object.freeze({ body: Object.freeze({ done: true }) });

/** One operation of the interface for programs, which forms on pages use as well. */
export interface ApiOperation {
	readonly method: "GET" | "POST";
	/** With parameters in braces: `/api/v1/cameras/{id}/name`. */
	readonly path: string;
	readonly need: Role;
	/** One sentence for the OpenAPI document. */
	readonly about: string;
	readonly fields?: readonly ApiField[];
	/** An example of the answer. @default that of {@link DONE} */
	readonly example?: unknown;
	/** Why the camera, as it is, may not be able to do it, in words: the answer is 409. @default never */
	readonly conflict?: string;
	/** @param form what was sent; of a GET: nothing @param parameters the values of those in braces */
	readonly run: (form: ReadonlyMap<string, string>, request: HttpRequest, parameters: readonly string[]) => ApiAnswer;
}

const NO_STORE: Headers = Object.freeze([["Cache-Control", "no-store"]]);
const NOTHING: ReadonlyMap<string, string> = new Map();

/** Serves an operation: JSON to programs; a person's browser is sent back to the page that its form was on. */
export function serveOperation(server: HttpServer, operation: ApiOperation): void {
	const { method, path, need } = operation;
	const brace = path.indexOf("{");
	const pattern = brace < 0 ? path : `${path.slice(0, brace)}*`;
	const handler = (request: HttpRequest, reply: HttpReply): void => {
		const parameters = parametersOf(path, request.path);
		if (parameters === undefined) return reply.error(404, "There is no such page.");
		const form = method === "GET" ? NOTHING : request.message.body.length === 0 ? NOTHING : formOf(request);
		if (form === undefined) return fail(request, reply, 400, "This is neither a form nor a JSON object.");
		const answer = operation.run(form, request, parameters);
		if ("fault" in answer) fail(request, reply, answer.status ?? 400, answer.fault);
		else if (method === "POST" && wantsHtml(request)) {
			if (answer.page === undefined) reply.redirect(backFrom(request));
			else answer.page().replyWith(reply, 200, NO_STORE);
		} else reply.send(200, "application/json", JSON.stringify(answer.body), NO_STORE);
	};
	server.route(method, pattern, handler, need);
}

function fail(request: HttpRequest, reply: HttpReply, status: number, words: string): void {
	if (wantsHtml(request)) reply.error(status, words);
	else reply.send(status, "application/json", JSON.stringify({ error: words }), NO_STORE);
}

/** The segments of a path that stand for those in braces; `undefined` when it is another path. */
function parametersOf(pattern: string, path: string): string[] | undefined {
	const wanted = pattern.split("/");
	const given = path.split("/");
	if (wanted.length !== given.length) return undefined;
	const parameters: string[] = [];
	for (let i = 0; i < wanted.length; i++) {
		if (wanted[i][0] === "{") parameters.push(given[i]);
		else if (wanted[i] !== given[i]) return undefined;
	}
	return parameters;
}
