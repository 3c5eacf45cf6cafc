import type { Admission, Role } from "../access/role";
import { toJson } from "../base/json";
import { formOf } from "../http/http-form";
import type { HttpReply, HttpRequest } from "../http/http-request";
import { parametersOf, type RouteTable } from "../http/http-server";
import { NO_STORE } from "../http/response-head";
import { StoreError } from "../ports/store";
import type { Headers } from "../wire/text-message";
import { backFrom, wantsHtml } from "./browser-request";
import { CAMERA_FIELD } from "./form";
import { MESSAGES } from "./messages";
import { type OtherCamera, otherCameraPage } from "./other-camera-page";
import type { Page } from "./page";
import type { Visitor } from "./page-header";
import { faultPage } from "./refusal";

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
	/** It failed: a message for people, and a status (400 by default). */
	| { readonly fault: string; readonly status?: number };

/** The body of an answer that has nothing to report. */
export const DONE_BODY = Object.freeze({ done: true });
/** The answer of an operation that succeeded and has nothing to report. */
export const DONE: ApiAnswer = Object.freeze({});

/** What the OpenAPI document says about an operation. */
export interface ApiDescription {
	readonly method: "GET" | "POST";
	/** With parameters in braces: `/api/v1/cameras/{id}/name`. */
	readonly path: string;
	readonly need: Role;
	/** One sentence for the OpenAPI document. */
	readonly about: string;
	readonly fields?: readonly ApiField[];
	/** Parameters after the question mark. @default none */
	readonly query?: readonly ApiField[];
	/** When it is answered 409, for the OpenAPI document. @default never */
	readonly conflict?: string;
	/** The media type of the answer. @default `application/json` */
	readonly type?: string;
}

/** One operation of the HTTP API, which the forms on the pages use as well. */
export interface ApiOperation<Context> extends ApiDescription {
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
		if (form === undefined) return fail(request, reply, 400, MESSAGES.wrong.form);
		const meant = form.get(CAMERA_FIELD);
		if (meant !== undefined && meant !== this.host.id) {
			if (!wantsHtml(request)) return fail(request, reply, 409, MESSAGES.wrong.camera);
			const page = otherCameraPage(form, this.host.otherCamera(request, meant), backFrom(request));
			return page.replyWith(reply, 409, NO_STORE);
		}
		form.delete(CAMERA_FIELD);
		const answer = this.answer(operation, form, request);
		if ("fault" in answer) return fail(request, reply, answer.status ?? 400, answer.fault);
		const headers = answer.renew === true ? [...NO_STORE, ...this.host.renewed(request)] : NO_STORE;
		if (operation.method === "POST" && wantsHtml(request)) {
			if (answer.page === undefined) reply.redirect(backFrom(request), headers);
			else answer.page(this.host.visitor(request)).replyWith(reply, 200, headers);
		} else reply.send(200, "application/json", toJson(answer.body ?? DONE_BODY), headers);
	}

	private answer(
		operation: ApiOperation<Context>,
		form: ReadonlyMap<string, string>,
		request: HttpRequest<Admission>,
	): ApiAnswer {
		try {
			return operation.run(this.context, form, request, parametersOf(operation.path, request.path) ?? []);
		} catch (error) {
			if (error instanceof StoreError) return { fault: MESSAGES.wrong.notStored(error.message), status: 507 };
			throw error;
		}
	}
}

function fail(request: HttpRequest<Admission>, reply: HttpReply, status: number, message: string): void {
	if (wantsHtml(request)) faultPage(message, backFrom(request)).replyWith(reply, status, NO_STORE);
	else reply.send(status, "application/json", toJson({ error: message }), NO_STORE);
}
