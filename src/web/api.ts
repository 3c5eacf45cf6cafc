import type { Admission, Need, Role } from "../access/role";
import { toHex } from "../base/hex";
import { toJson } from "../base/json";
import { sha256 } from "../base/sha256";
import { formOf } from "../http/http-form";
import type { HttpReply, HttpRequest } from "../http/http-request";
import { parametersOf, type RouteTable } from "../http/http-server";
import { NO_STORE } from "../http/response-head";
import { StoreError } from "../ports/store";
import type { Headers } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { BODY_HASH, CAMERA_FIELD, TARGET_DEVICE } from "./form";
import { MESSAGES } from "./messages";
import { type OtherCamera, otherCameraPage } from "./other-camera-page";
import type { Page } from "./page";
import type { Visitor } from "./page-header";

/** A parameter of an operation: a field of a form, or a member of a JSON object. */
export interface ApiField {
	readonly name: string;
	readonly type: "string" | "number";
	/** What it means and which values it takes, for the OpenAPI document. */
	readonly about: string;
	readonly example: string | number;
	/** @default false */
	readonly needed?: boolean;
}

/** What an operation answers. */
export type ApiAnswer =
	| {
			/** @default {@link DONE_BODY} */
			readonly body?: unknown;
			/** The page for a browser. @default a redirect to the page of its form */
			readonly page?: (visitor: Visitor) => Page;
			/** Whether the operation may have ended the sessions; the user's own is then renewed. @default false */
			readonly renew?: boolean;
	  }
	/** It failed: a message for people, a status (400 by default), and the parameter that is wrong, beside which the message is shown. */
	| { readonly fault: string; readonly status?: number; readonly field?: string };

/** The body of an answer that has nothing to report. */
export const DONE_BODY = Object.freeze({ done: true });
/** The answer of an operation that succeeded and has nothing to report. */
export const DONE: ApiAnswer = Object.freeze({});

/** The answer of an operation that succeeded, with a sentence for people that is shown beside the form's button. */
export function done(message: string): ApiAnswer {
	return { body: { done: true, message } };
}

/** What the OpenAPI document says about an operation or a resource. */
export interface ApiDescription {
	readonly method: "GET" | "POST";
	/** With parameters in braces: `/api/v1/cameras/{id}/name`. */
	readonly path: string;
	readonly need: Need;
	/** One sentence for the OpenAPI document. */
	readonly about: string;
	readonly fields?: readonly ApiField[];
	/** Parameters after the question mark. @default none */
	readonly query?: readonly ApiField[];
	/** When it is answered 409, for the OpenAPI document. @default never */
	readonly conflict?: string;
	/** The media type of the answer. @default `application/json` */
	readonly type?: string;
	/** Other statuses with their meanings, besides those that all operations may answer. @default none */
	readonly refusals?: readonly (readonly [status: number, about: string])[];
}

/** One operation of the HTTP API, which the forms on the pages use as well. */
export interface ApiOperation<Context> extends ApiDescription {
	readonly need: Role;
	/**
	 * Carries it out. A change that the owner asks for is stored before it is used: a `StoreError` is answered 507.
	 * @param context what the operation acts on
	 * @param form the parameters; empty for GET
	 * @param parameters the values of the path's parameters
	 */
	readonly run: (
		context: Context,
		form: ReadonlyMap<string, string>,
		request: HttpRequest<Admission>,
		parameters: readonly string[],
	) => ApiAnswer;
}

/** What operations need from the site that serves them. */
export interface ApiHost {
	/** The identity of this camera. */
	readonly id: string;
	/** Finds another camera for a user; `undefined` while it is not known. */
	otherCamera(request: HttpRequest<Admission>, id: string): OtherCamera | undefined;
	/** Returns the fields that renew the session of a user who has just ended all sessions. */
	renewed(request: HttpRequest<Admission>): Headers;
	/** Returns what pages need to know about the user. */
	visitor(request: HttpRequest<Admission>): Visitor;
}

/** Serves operations: answers programs with JSON, and redirects browsers to the page that their form was on. */
export class Api<Context> implements RouteTable<Admission, Role> {
	constructor(
		readonly entries: readonly ApiOperation<Context>[],
		private readonly context: Context,
		private readonly host: ApiHost,
	) {}

	run(index: number, request: HttpRequest<Admission>, reply: HttpReply): void {
		const operation = this.entries[index];
		const bare = operation.method === "GET" || request.message.body.length === 0;
		const form = bare ? new Map<string, string>() : formOf(request);
		if (form === undefined) return fail(request, reply, { fault: MESSAGES.wrong.form });
		const { query } = request;
		const sum = query.get(BODY_HASH);
		if (sum !== undefined && sum !== toHex(sha256(request.message.body)))
			return fail(request, reply, { fault: MESSAGES.wrong.form });
		const meant = form.get(CAMERA_FIELD) ?? query.get(TARGET_DEVICE);
		if (meant !== undefined && meant !== this.host.id) {
			if (!wantsHtml(request))
				return fail(request, reply, { fault: MESSAGES.wrong.camera, status: 409, field: CAMERA_FIELD });
			const page = otherCameraPage(form, this.host.otherCamera(request, meant), backFrom(request));
			return page.replyWith(reply, 409, NO_STORE);
		}
		form.delete(CAMERA_FIELD);
		const answer = carryOut(operation, this.context, form, request);
		if ("fault" in answer) return fail(request, reply, answer);
		const headers = answer.renew === true ? [...NO_STORE, ...this.host.renewed(request)] : NO_STORE;
		if (operation.method === "POST" && wantsHtml(request)) {
			if (answer.page === undefined) reply.redirect(backFrom(request), headers);
			else answer.page(this.host.visitor(request)).replyWith(reply, 200, headers);
		} else reply.send(200, "application/json", toJson(answer.body ?? DONE_BODY), headers);
	}
}

/** Carries an operation out; a failure of the store is its answer. @param context what it acts on */
export function carryOut<Context>(
	operation: ApiOperation<Context>,
	context: Context,
	form: ReadonlyMap<string, string>,
	request: HttpRequest<Admission>,
): ApiAnswer {
	try {
		return operation.run(context, form, request, parametersOf(operation.path, request.path) ?? []);
	} catch (error) {
		if (error instanceof StoreError) return { fault: MESSAGES.wrong.notStored(error.message), status: 507 };
		throw error;
	}
}

function fail(
	request: HttpRequest<Admission>,
	reply: HttpReply,
	{ fault, status = 400, field }: Extract<ApiAnswer, { readonly fault: string }>,
): void {
	if (wantsHtml(request)) reply.error(status, fault);
	else reply.send(status, "application/json", toJson({ error: fault, field }), NO_STORE);
}
