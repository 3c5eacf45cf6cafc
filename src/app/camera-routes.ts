import { MJPEG_TYPE } from "../camera/mjpeg-part";
import type { Presence } from "../fleet/presence";
import { cameraPage, rateOf } from "../web/camera-page";
import { fleetPage } from "../web/fleet-page";
import type { HttpHandler, HttpReply, HttpRequest } from "../web/http-server";
import { etagOf } from "../web/page";
import { SCRIPT } from "../web/page-script";
import { type Audience, PageStore } from "../web/page-store";
import { STYLESHEET } from "../web/page-style";
import { portalPage } from "../web/portal-page";
import type { Headers } from "../web/response-head";
import { settingsPage } from "../web/settings-page";
import type { Camera } from "./camera";
import { audienceOf, cameraView, portalView, settingsView, visitorOf } from "./camera-views";
import type { CameraWeb } from "./camera-web";
import { metrics } from "./metrics";

const NO_STORE: Headers = Object.freeze([["Cache-Control", "no-store"]]);

/** The pages and pictures of a camera (IMG-14 … IMG-16). What changes something is in `camera-api.ts`. */
export class CameraRoutes {
	private readonly pages = new PageStore();
	/** Of the passes that the pages bear. */
	private turn = 0;

	constructor(
		private readonly camera: Camera,
		private readonly web: CameraWeb,
		presence: Presence,
	) {
		const { server, access } = web;
		const portal: HttpHandler = (request, reply) => this.portal(request, reply);
		const own: HttpHandler = (request, reply) => this.own(request, reply);
		const first: HttpHandler = (...visit) => (camera.fleet.self.representative ? portal : own)(...visit);
		server.route("GET", "/", first, "viewer");
		server.route("GET", "/portal", portal, "viewer");
		server.route("GET", "/camera", own, "viewer");
		server.route("GET", "/settings", (request, reply) => settingsPage(settingsView(camera, request)).reply(reply));
		server.route("GET", "/fleet", (request, reply) =>
			fleetPage(camera.keeper.view, visitorOf(camera, request)).reply(reply),
		);
		server.route("GET", "/stream.mjpeg", (request, reply) => this.stream(request, reply), "viewer");
		server.route("GET", "/snapshot.jpg", (request, reply) => this.snapshot(request, reply), "viewer");
		server.route(
			"GET",
			"/metrics",
			(_request, reply) => reply.send(200, "text/plain; version=0.0.4; charset=utf-8", metrics(camera), NO_STORE),
			"viewer",
		);
		server.route("GET", "/login", (_request, reply) => reply.redirect("/"), "viewer");
		server.route("POST", "/login", (request, reply) => access.login(request, reply), "anyone");
		server.route("POST", "/logout", (_request, reply) => access.logout(reply), "viewer");
		this.file("/porthole.css", "text/css; charset=utf-8", STYLESHEET);
		this.file("/porthole.js", "text/javascript; charset=utf-8", SCRIPT);
		if (camera.settings.presence) this.describe(presence);
	}

	/** What pages show has changed. */
	changed(): void {
		this.pages.changed();
	}

	private portal(request: HttpRequest, reply: HttpReply): void {
		// Where a camera has several LAN addresses, links depend on the network that the visitor is in.
		const lan = this.camera.whereabouts.lanAddress(request.remoteAddress);
		this.page(`portal ${lan}`, request, reply, (audience) => portalPage(portalView(this.camera, request), audience));
	}

	private own(request: HttpRequest, reply: HttpReply): void {
		const rate = rateOf(request.query);
		this.page(`camera ${rate}`, request, reply, () => cameraPage(cameraView(this.camera, request), rate));
	}

	private page(
		name: string,
		request: HttpRequest,
		reply: HttpReply,
		generate: (audience: Audience) => ReturnType<typeof cameraPage>,
	): void {
		const turn = this.camera.doorkeeper.passes.turn(this.camera.doorkeeper.moment(request.now));
		if (turn !== this.turn) this.pages.changed();
		this.turn = turn;
		const audience = audienceOf(this.camera, request);
		const { session } = visitorOf(this.camera, request);
		this.pages.get(`${name} ${audience} ${request.role} ${session}`, () => generate(audience)).reply(reply);
	}

	private stream(request: HttpRequest, reply: HttpReply): void {
		const asked = request.query.get("fps");
		const rate = asked === undefined ? 0 : Number(asked);
		if (!(rate >= 0 && rate <= 1000)) return reply.error(400, "fps is a number of pictures a second.");
		const { live } = this.web;
		if (live.full) {
			const words = "As many people are watching as this camera allows at a time. Try again in a moment.";
			return reply.error(503, words, [["Retry-After", "10"], ...NO_STORE]);
		}
		const far = !this.camera.whereabouts.isNeighbour(request.remoteAddress);
		const viewer = live.watch(rate === 0 ? 0 : 1000 / rate, far);
		reply.stream(200, [["Content-Type", MJPEG_TYPE], ...NO_STORE], viewer);
	}

	private snapshot(request: HttpRequest, reply: HttpReply): void {
		this.web.snapshots.ask(request.now, reply);
		this.camera.pump.ran(this.web.snapshots);
	}

	/** Serves text that lies in flash on a device: encoded for who has not got it yet, and not kept. */
	private file(path: string, type: string, text: string): void {
		const headers: Headers = [
			["ETag", etagOf(text)],
			["Cache-Control", "no-cache"],
		];
		this.web.server.route("GET", path, (_request, reply) => reply.send(200, type, text, headers), "viewer");
	}

	/** The UPnP description is for any neighbour, as whoever asks for it can't log in; for nobody else. */
	private describe(presence: Presence): void {
		const { camera } = this;
		const handler: HttpHandler = (request, reply) => {
			if (request.role === undefined && !camera.whereabouts.isNeighbour(request.remoteAddress))
				return reply.error(401, "Log in first.", [["WWW-Authenticate", 'Cookie realm="Porthole"']]);
			const text = presence.description(camera.fleet.self.name || "camera", camera.host.model);
			reply.send(200, 'text/xml; charset="utf-8"', text);
		};
		this.web.server.route("GET", "/description.xml", handler, "anyone");
	}
}
