import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../../../src/app/part";
import type { Site } from "../../../src/app/site";
import type { HttpReply } from "../../../src/http/http-request";
import { NO_STORE, REVALIDATED } from "../../../src/http/response-head";
import { TextBody } from "../../../src/http/text-source";
import { type ApiAnswer, type ApiOperation, done } from "../../../src/web/api";
import type { DemoNetwork } from "./demo-network";
import { NetworkJournal } from "./network-journal";
import { NETWORK_MESSAGES } from "./network-messages";
import { NetworkObserver } from "./network-observer";
import {
	NETWORK_PATH,
	NETWORK_SCRIPT_PATH,
	NETWORK_STYLE_PATH,
	networkBody,
	networkPage,
	TURN_PATH,
} from "./network-page";
import { NETWORK_SCRIPT } from "./network-script";
import { NETWORK_STYLE } from "./network-style";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: NETWORK_PATH, label: NETWORK_MESSAGES.nav, need: "viewer" as const }),
]);

const ROUTES: readonly Route<NetworkPart>[] = Object.freeze([
	get("/", (_part: NetworkPart, _request, reply) => reply.redirect(NETWORK_PATH)),
	get(NETWORK_PATH, (part: NetworkPart, request, reply) => part.show(request, reply)),
	get(NETWORK_STYLE_PATH, (part: NetworkPart, _request, reply) =>
		reply.text(200, "text/css; charset=utf-8", part.style, REVALIDATED),
	),
	get(NETWORK_SCRIPT_PATH, (part: NetworkPart, _request, reply) =>
		reply.text(200, "text/javascript; charset=utf-8", part.script, REVALIDATED),
	),
]);

const OPERATIONS: readonly ApiOperation<NetworkPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/network",
		need: "viewer",
		about: "The devices of the demo, what goes between them, and what has happened.",
		run: (part: NetworkPart) => ({ body: part.state }),
	}),
	Object.freeze({
		method: "POST",
		path: TURN_PATH,
		need: "owner",
		about: "Cuts something off, or plugs it in again.",
		fields: Object.freeze([
			Object.freeze({ name: "power", type: "string", about: "on or off", example: "off", needed: true }),
		]),
		run: (part: NetworkPart, form: ReadonlyMap<string, string>, _request: SiteRequest, [id]: readonly string[]) =>
			part.turn(id, form.get("power") ?? ""),
	}),
]);

/** The page that draws the network of the demo, and on which things are cut off and plugged in (ONE-11). */
export class NetworkPart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly style = new TextBody([NETWORK_STYLE]);
	readonly script = new TextBody([NETWORK_SCRIPT]);
	readonly observer: NetworkObserver;
	private readonly journal: NetworkJournal;

	constructor(
		private readonly network: DemoNetwork,
		private readonly site: Site,
	) {
		this.journal = new NetworkJournal(network);
		this.observer = new NetworkObserver(network, this.journal);
		site.changes.watch("network", (request) => networkBody(this.observer.view, this.site.visitor(request).owner));
		// Open pages follow at once, and else each second.
		this.journal.added = () => site.changes.refresh();
		this.observer.passed = () => site.changes.refresh();
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		networkPage(this.observer.view, this.site.visitor(request)).replyWith(reply, 200, NO_STORE);
	}

	/** The answer to `GET /api/v1/network`. */
	get state(): unknown {
		const { home, router, servers, away, flows, switches, events } = this.observer.view;
		const devices = [...home, router, ...servers, ...away];
		return {
			devices,
			flows,
			switches: switches.map(({ id, kind, name, isOn }) => ({ id, kind, name, isOn })),
			events,
		};
	}

	/** Turns something off or on. */
	turn(id: string, power: string): ApiAnswer {
		if (power !== "on" && power !== "off") return { fault: NETWORK_MESSAGES.wrongPower, field: "power" };
		const what = this.network.turn(id, power === "on");
		if (what === undefined) return { fault: NETWORK_MESSAGES.wrong, status: 404 };
		const { wasCut, wasRestored } = NETWORK_MESSAGES.switches[what.kind];
		return done(what.isOn ? wasRestored(what.name) : wasCut(what.name));
	}
}
