import type { Admission, Need } from "../access/role";
import { MJPEG_TYPE } from "../camera/mjpeg-part";
import type { UpnpDevice } from "../fleet/upnp-device";
import type { HttpRequest as AnyRequest, HttpReply } from "../http/http-request";
import type { RouteTable } from "../http/http-server";
import { NO_STORE } from "../http/response-head";
import { TextBody } from "../http/text-source";
import { cameraPage, rateOf } from "../web/camera-page";
import { fleetPage } from "../web/fleet-page";
import { MESSAGES } from "../web/messages";
import { SCRIPT } from "../web/page-script";
import { type Audience, PageStore } from "../web/page-store";
import { STYLESHEET } from "../web/page-style";
import { portalPage } from "../web/portal-page";
import { settingsPage } from "../web/settings-page";
import type { Headers } from "../wire/text-message";
import type { Camera } from "./camera";
import { audienceOf, cameraView, portalView, settingsView, visitorOf } from "./camera-views";
import type { CameraWeb } from "./camera-web";
import { metrics } from "./metrics";

type HttpRequest = AnyRequest<Admission>;

interface PageRoute {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly need: Need;
	readonly run: (routes: CameraRoutes, request: HttpRequest, reply: HttpReply) => void;
}

const CACHED: Headers = Object.freeze([["Cache-Control", "private, no-cache"]]);

/** A table of the module, so that it costs no memory on a device. */
const ROUTES: readonly PageRoute[] = Object.freeze([
	page("/", (routes, request, reply) => routes.first(request, reply)),
	page("/portal", (routes, request, reply) => routes.portal(request, reply)),
	page("/camera", (routes, request, reply) => routes.own(request, reply)),
	page("/settings", (routes, request, reply) => routes.settings(request, reply), "owner"),
	page("/fleet", (routes, request, reply) => routes.fleet(request, reply), "owner"),
	page("/stream.mjpeg", (routes, request, reply) => routes.stream(request, reply)),
	page("/snapshot.jpg", (routes, request, reply) => routes.snapshot(request, reply)),
	page("/metrics", (routes, _request, reply) => routes.metrics(reply)),
	page("/login", (_routes, _request, reply) => reply.redirect("/")),
	page("/porthole.css", (routes, _request, reply) => reply.text(200, "text/css; charset=utf-8", routes.style, CACHED)),
	page("/porthole.js", (routes, _request, reply) =>
		reply.text(200, "text/javascript; charset=utf-8", routes.script, CACHED),
	),
	page("/description.xml", (routes, request, reply) => routes.describe(request, reply), "anyone"),
	act("/login", (routes, request, reply) => routes.web.access.login(request, reply), "anyone"),
	act("/logout", (routes, _request, reply) => routes.web.access.logout(reply), "viewer"),
]);

function page(path: string, run: PageRoute["run"], need: Need = "viewer"): PageRoute {
	return Object.freeze({ method: "GET", path, need, run });
}

function act(path: string, run: PageRoute["run"], need: Need): PageRoute {
	return Object.freeze({ method: "POST", path, need, run });
}

/** The pages and pictures of a camera (IMG-14 … IMG-16). What changes something is in `camera-api.ts`. */
export class CameraRoutes implements RouteTable<Admission, Need> {
	readonly style = new TextBody([STYLESHEET]);
	readonly script = new TextBody([SCRIPT]);
	private readonly pages = new PageStore();
	/** Of the passes that the pages bear. */
	private turn = 0;

	constructor(
		private readonly camera: Camera,
		readonly web: CameraWeb,
		private readonly presence: UpnpDevice,
	) {}

	get entries(): readonly PageRoute[] {
		return ROUTES;
	}

	run(index: number, request: HttpRequest, reply: HttpReply): void {
		ROUTES[index].run(this, request, reply);
	}

	/** What pages show has changed. */
	changed(): void {
		this.pages.changed();
	}

	first(request: HttpRequest, reply: HttpReply): void {
		if (this.camera.fleet.self.representative) this.portal(request, reply);
		else this.own(request, reply);
	}

	settings(request: HttpRequest, reply: HttpReply): void {
		settingsPage(settingsView(this.camera, request)).reply(reply);
	}

	fleet(request: HttpRequest, reply: HttpReply): void {
		fleetPage(this.camera.keeper.view, visitorOf(request)).reply(reply);
	}

	portal(request: HttpRequest, reply: HttpReply): void {
		// Where a camera has several LAN addresses, links depend on the network that the visitor is in.
		const lan = this.camera.addresses.lanAddress(request.remoteAddress);
		this.page(`portal ${lan}`, request, reply, (audience) => portalPage(portalView(this.camera, request), audience));
	}

	own(request: HttpRequest, reply: HttpReply): void {
		const rate = rateOf(request.query);
		this.page(`camera ${rate}`, request, reply, () => cameraPage(cameraView(this.camera, request), rate));
	}

	private page(
		name: string,
		request: HttpRequest,
		reply: HttpReply,
		generate: (audience: Audience) => ReturnType<typeof cameraPage>,
	): void {
		const { credentials } = this.camera;
		const turn = credentials.tickets.turn(credentials.moment(request.now).seconds);
		if (turn !== this.turn) this.pages.changed();
		this.turn = turn;
		const audience = audienceOf(this.camera, request);
		const { session } = visitorOf(request);
		// The passes of a page end with the session that it was made for.
		const until = credentials.tickets.turn(request.visitor?.until ?? 0);
		this.pages
			.get(`${name} ${audience} ${request.visitor?.role} ${session} ${until}`, () => generate(audience))
			.reply(reply);
	}

	stream(request: HttpRequest, reply: HttpReply): void {
		const asked = request.query.get("fps");
		const rate = asked === undefined ? 0 : Number(asked);
		if (!(rate >= 0 && rate <= 1000)) return reply.error(400, MESSAGES.wrong.rate);
		const { live } = this.web;
		if (live.full) {
			return reply.error(503, MESSAGES.refused.viewers, [["Retry-After", "10"], ...NO_STORE]);
		}
		const far = !this.camera.addresses.isNeighbour(request.remoteAddress);
		const viewer = live.watch(rate === 0 ? 0 : 1000 / rate, far);
		reply.stream(200, [["Content-Type", MJPEG_TYPE], ...NO_STORE], viewer);
	}

	snapshot(request: HttpRequest, reply: HttpReply): void {
		this.web.snapshots.ask(request.now, reply);
		this.camera.pump.ran(this.web.snapshots);
	}

	metrics(reply: HttpReply): void {
		reply.send(200, "text/plain; version=0.0.4; charset=utf-8", metrics(this.camera), NO_STORE);
	}

	/** The UPnP description is for any neighbour, as whoever asks for it can't log in; for nobody else. */
	describe(request: HttpRequest, reply: HttpReply): void {
		const { camera } = this;
		const near = camera.settings.presence && camera.addresses.isNeighbour(request.remoteAddress);
		if (request.visitor === undefined && !near) return this.web.access.challenge(request, reply);
		const text = this.presence.description(camera.fleet.self.name || "camera", camera.host.model);
		reply.send(200, 'text/xml; charset="utf-8"', text);
	}
}
