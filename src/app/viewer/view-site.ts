import { toHex } from "../../base/hex";
import { toJson } from "../../base/json";
import { equalInConstantTime, sha256 } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply, HttpRequest } from "../../http/http-request";
import { HttpServer } from "../../http/http-server";
import type { Gate, HttpRefusal, HttpSite } from "../../http/http-site";
import { NO_STORE, REVALIDATED } from "../../http/response-head";
import type { Stream, StreamSink } from "../../ports/net";
import { cookieOf, hostOf, wantsHtml } from "../../web/browser-request";
import { ICON_SVG } from "../../web/logo";
import { SCRIPT } from "../../web/page-script";
import { STYLESHEET } from "../../web/page-style";
import { errorPage, renderRefusal } from "../../web/refusal";
import { VIEW_MESSAGES } from "../../web/view-messages";
import { type ShownHome, VIEW_HOST, viewPage } from "../../web/view-page";
import { VIEW_SCRIPT } from "../../web/view-script";
import type { Headers } from "../../wire/text-message";
import { StaticText } from "../static-text";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** The path of what the page shows, for programs. */
export const VIEW_STATE = "/api/v1/view";

/** How many connections there may be at a time. */
const CONNECTIONS = 32;
/** The cookie of a browser that has brought the pass. */
const COOKIE = "porthole-view";

/** What a {@link ViewSite} needs of its viewer. */
export interface ViewSiteHost {
	readonly pump: Pump;
	/** The date in milliseconds since 1970; `undefined` while it is not known. */
	utc(): Millis | undefined;
	/** What is shown now. */
	shown(): ShownHome;
}

/** Who may see a resource: everybody on this machine, or who has the pass. */
type ViewNeed = "anyone" | "pass";

/**
 * The pages of `porthole view` itself, under a host name of their own (ONE-1): they are another origin than those of the cameras, whose
 * scripts can't read them, and no path is taken from a camera. They show addresses with the pass of the pairing, so they want that pass
 * once: other users of this machine can connect to its ports as well.
 */
export class ViewSite implements HttpSite<true, ViewNeed>, Gate<true, ViewNeed> {
	/** @see HttpSite */
	readonly gate = this;
	private readonly server: HttpServer<true, ViewNeed>;
	private readonly pass: Uint8Array;
	private readonly cookie: string;

	/** @param pass of the pairing; empty: there is none, and nothing to hide */
	constructor(
		private readonly host: ViewSiteHost,
		pass: string,
	) {
		this.pass = sha256(utf8Encode(pass));
		this.cookie = pass === "" ? "" : toHex(sha256(utf8Encode(`view ${pass}`)));
		const style = new StaticText("text/css; charset=utf-8", STYLESHEET, undefined);
		const script = new StaticText("text/javascript; charset=utf-8", SCRIPT, undefined);
		const own = new StaticText("text/javascript; charset=utf-8", VIEW_SCRIPT, undefined);
		this.server = new HttpServer<true, ViewNeed>({ connections: CONNECTIONS, connectionsPerAddress: CONNECTIONS }, this)
			.route("GET", "/", (request, reply) => this.show(request, reply), "pass")
			.route("GET", VIEW_STATE, (_request, reply) => this.tell(reply), "pass")
			.route("GET", "/porthole.css", (request, reply) => style.reply(request, reply), "anyone")
			.route("GET", "/porthole.js", (request, reply) => script.reply(request, reply), "anyone")
			.route("GET", "/view.js", (request, reply) => own.reply(request, reply), "anyone")
			.route(
				"GET",
				"/icon.svg",
				(_request, reply) => reply.send(200, "image/svg+xml", ICON_SVG, REVALIDATED),
				"anyone",
			);
	}

	/** Serves a connection to it. @returns `undefined`: there are too many */
	accept(stream: Stream): StreamSink | undefined {
		const { pump } = this.host;
		const { remoteAddress, localAddress, localPort } = stream;
		const connection = this.server.accept(pump.now(), remoteAddress, localAddress, localPort);
		if (connection === undefined) return undefined;
		const handle = pump.addStream(connection);
		connection.late = handle;
		return handle.attach(stream);
	}

	/** @see Gate */
	admit(request: HttpRequest<true>, need: ViewNeed | undefined, reply: HttpReply): boolean {
		// A connection may go on with another name: that of a page of somebody else (DNS rebinding).
		if (hostOf(request) !== VIEW_HOST) {
			reply.error(421, VIEWER_MESSAGES.otherHost);
			return false;
		}
		if (this.hasPass(request)) request.visitor = true;
		if (request.visitor === true || need === "anyone") return true;
		reply.error(403, VIEW_MESSAGES.needsPass);
		return false;
	}

	/** @see HttpSite */
	now(): Millis {
		return this.host.pump.now();
	}

	/** @see HttpSite */
	utc(): Millis | undefined {
		return this.host.utc();
	}

	/** @see HttpSite */
	refuse(refusal: HttpRefusal, _request: HttpRequest | undefined, reply: HttpReply): void {
		renderRefusal(refusal, reply);
	}

	/** @see HttpSite */
	error(
		status: number,
		message: string,
		headers: Headers,
		request: HttpRequest<true> | undefined,
		reply: HttpReply,
	): boolean {
		if (request === undefined || status < 400) return false;
		if (wantsHtml(request)) errorPage(status, message, [], undefined).replyWith(reply, status, headers);
		else reply.send(status, "application/json", toJson({ error: message }), headers);
		return true;
	}

	private hasPass(request: HttpRequest<true>): boolean {
		if (this.cookie === "") return true;
		const link = request.query.get("link");
		if (link !== undefined && this.isPass(link, this.pass)) return true;
		const cookie = cookieOf(request, COOKIE);
		return cookie !== undefined && this.isPass(cookie, sha256(utf8Encode(this.cookie)));
	}

	private isPass(given: string, wanted: Uint8Array): boolean {
		return equalInConstantTime(sha256(utf8Encode(given)), 0, wanted, 0, wanted.length);
	}

	/** The pass goes out of the address line, and of the history of the browser. */
	private show(request: HttpRequest<true>, reply: HttpReply): void {
		if (request.query.has("link") && this.cookie !== "") {
			reply.redirect("/", [
				["Set-Cookie", `${COOKIE}=${this.cookie}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax`],
				...NO_STORE,
			]);
		} else viewPage(this.host.shown()).replyWith(reply, 200, NO_STORE);
	}

	private tell(reply: HttpReply): void {
		reply.send(200, "application/json", toJson(this.host.shown()), NO_STORE);
	}
}
