import type { Admission, Role } from "../access/role";
import { toJson } from "../base/json";
import { formOf } from "../http/http-form";
import type { HttpReply, HttpRequest } from "../http/http-request";
import { parametersOf, type RouteTable } from "../http/http-server";
import { NO_STORE } from "../http/response-head";
import type { Headers } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { faultPage } from "./fault-page";
import { MESSAGES } from "./messages";
import type { Page } from "./page";

/** A field of a form or a member of a JSON object that an operation takes. */
export interface ApiField {
	readonly name: string;
	readonly type: "string" | "number";
	readonly about: string;
	readonly example: string | number;
	readonly needed?: boolean;
}

/** What an operation answers: an object, {@link DONE_BODY} if absent; or what is wrong. `renew`: sessions have ended, but not the visitor's own. */
export type ApiAnswer =
	| { readonly body?: unknown; readonly page?: () => Page; readonly renew?: boolean }
	| { readonly fault: string; readonly status?: number };

/** The answer where there is nothing else to say. */
export const DONE_BODY = Object.freeze({ done: true });
/** All is done. */
export const DONE: ApiAnswer = Object.freeze({});

/** One operation of the interface for programs, which forms on pages use as well. */
export interface ApiOperation<Context> {
	readonly method: "GET" | "POST";
	/** With parameters in braces: `/api/v1/cameras/{id}/name`. */
	readonly path: string;
	readonly need: Role;
	/** One sentence for the OpenAPI document. */
	readonly about: string;
	readonly fields?: readonly ApiField[];
	/** An example of the answer. @default {@link DONE_BODY} */
	readonly example?: unknown;
	/** Why the camera, as it is, may not be able to do it: the answer is 409. @default never */
	readonly conflict?: string;
	/**
	 * Does it, for what the operations are about: a camera.
	 * @param form what was sent; of a GET: nothing
	 * @param parameters the values of those in braces
	 */
	readonly run: (
		context: Context,
		form: ReadonlyMap<string, string>,
		request: HttpRequest<Admission>,
		parameters: readonly string[],
	) => ApiAnswer;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Serves operations: JSON to programs; a person's browser is sent back to the page that its form was on. */
export class Api<Context> implements RouteTable<Admission, Role> {
	constructor(
		readonly entries: readonly ApiOperation<Context>[],
		private readonly context: Context,
		private readonly renewed: (request: HttpRequest<Admission>) => Headers,
	) {}

	run(index: number, request: HttpRequest<Admission>, reply: HttpReply): void {
		const operation = this.entries[index];
		const bare = operation.method === "GET" || request.message.body.length === 0;
		const form = bare ? NOTHING : formOf(request);
		if (form === undefined) return fail(request, reply, 400, MESSAGES.wrong.form);
		const parameters = parametersOf(operation.path, request.path) ?? [];
		const answer = operation.run(this.context, form, request, parameters);
		if ("fault" in answer) return fail(request, reply, answer.status ?? 400, answer.fault);
		const headers = answer.renew === true ? [...NO_STORE, ...this.renewed(request)] : NO_STORE;
		if (operation.method === "POST" && wantsHtml(request)) {
			if (answer.page === undefined) reply.redirect(backFrom(request), headers);
			else answer.page().replyWith(reply, 200, headers);
		} else reply.send(200, "application/json", toJson(answer.body ?? DONE_BODY), headers);
	}
}

function fail(request: HttpRequest<Admission>, reply: HttpReply, status: number, message: string): void {
	if (wantsHtml(request)) faultPage(message, backFrom(request)).replyWith(reply, status, NO_STORE);
	else reply.send(status, "application/json", toJson({ error: message }), NO_STORE);
}
