import { utf8Decode, utf8Encode } from "../base/text";
import { MJPEG_TYPE } from "../camera/mjpeg-part";
import { MjpegViewer } from "../camera/mjpeg-viewer";
import { Snapshots } from "../camera/snapshots";
import type { Presence } from "../fleet/presence";
import { FrameHub } from "../media/frame-hub";
import type { Listener, NetFailure, Stream, StreamSink } from "../ports/net";
import { cameraPage, rateOf } from "../web/camera-page";
import { fleetPage } from "../web/fleet-page";
import { type HttpReply, type HttpRequest, HttpServer } from "../web/http-server";
import { etagOf } from "../web/page";
import { SCRIPT } from "../web/page-script";
import { type Audience, PageStore } from "../web/page-store";
import { STYLESHEET } from "../web/page-style";
import { portalJson, portalPage } from "../web/portal-page";
import { settingsPage } from "../web/settings-page";
import { fieldOf } from "../wire/http-message";
import { parseForm } from "../wire/http-target";
import type { Camera } from "./camera";
import { cameraView, portalView, settingsView, statusJson } from "./camera-views";
import { SourceGate } from "./source-gate";
import { StreamBinding } from "./stream-binding";

/** A listening port that could not be had is tried again after this many milliseconds. */
const RETRY = 5000;

/** A camera's web server: its listening ports, routes, pages and pictures (IMG-14 … IMG-19). */
export class CameraWeb {
	readonly server: HttpServer;
	readonly hub: FrameHub;
	private readonly gate: SourceGate;
	private readonly snapshots: Snapshots;
	private readonly pages = new PageStore();
	private readonly ports = new Map<number, Door>();
	private readonly streams = new Set<StreamBinding>();

	constructor(
		private readonly camera: Camera,
		private readonly presence: Presence,
	) {
		const { pump, host, settings } = camera;
		this.server = new HttpServer(
			{ connections: settings.connections, connectionsPerAddress: settings.connectionsPerAddress },
			() => host.clock.utc(),
		);
		this.gate = new SourceGate(
			host.source,
			(frame) => this.hub.push(pump.now(), frame),
			() => {
				if (this.gate.words !== undefined) host.log.write("warn", "camera", this.gate.words);
				this.changed();
			},
		);
		this.hub = new FrameHub({
			wanted: () => this.gate.wanted(),
			unwanted: (now) => {
				this.gate.unwanted(now);
				pump.ran(this.gate);
			},
		});
		this.snapshots = new Snapshots(this.hub, () => this.gate.words);
		pump.add(this.gate, undefined);
		pump.add(this.snapshots, undefined);
		this.addRoutes();
	}

	/** What is wrong with the pictures, in words. */
	get trouble(): string | undefined {
		return this.gate.words;
	}

	/** Opens the port inside the LAN. */
	start(): void {
		this.open(this.camera.settings.httpPort);
	}

	/** This camera is reached from the Internet at this internal port; in the layout `same` it is another one (IMG-6). */
	mapped(internalPort: number): void {
		this.open(internalPort);
	}

	/** Closes everything. */
	stop(): void {
		for (const door of this.ports.values()) door.close();
		for (const stream of [...this.streams]) stream.abort();
		this.gate.stop();
		this.hub.clear();
	}

	/** What pages show has changed. */
	changed(): void {
		this.pages.changed();
	}

	/** A connection came in. */
	accept(stream: Stream): StreamSink | undefined {
		const { pump } = this.camera;
		const connection = this.server.accept(pump.now(), stream.remoteAddress, stream.localAddress, stream.localPort);
		if (connection === undefined) return undefined;
		const binding = new StreamBinding(pump, connection, (over) => this.streams.delete(over));
		this.streams.add(binding);
		return binding.attach(stream);
	}

	private open(port: number): void {
		if (!this.ports.has(port)) this.ports.set(port, new Door(this.camera, this, port));
	}

	private addRoutes(): void {
		const { camera, server } = this;
		const portal = (request: HttpRequest, reply: HttpReply) => this.portal(request, reply);
		const own = (request: HttpRequest, reply: HttpReply) => this.own(request, reply);
		server.route("GET", "/", (request, reply) => (camera.fleet.self.representative ? portal : own)(request, reply));
		server.route("GET", "/portal", portal);
		server.route("GET", "/camera", own);
		server.route("GET", "/settings", (request, reply) =>
			settingsPage(settingsView(camera, this.audience(request), OWNER)).reply(reply),
		);
		server.route("GET", "/api/v1/cameras", (request, reply) =>
			reply.send(
				200,
				"application/json",
				JSON.stringify(portalJson(portalView(camera, request.remoteAddress, OWNER), this.audience(request))),
				NO_STORE,
			),
		);
		server.route("GET", "/api/v1/status", (_request, reply) =>
			reply.send(200, "application/json", statusJson(camera), NO_STORE),
		);
		server.route("GET", "/stream.mjpeg", (request, reply) => this.stream(request, reply));
		server.route("GET", "/snapshot.jpg", (request, reply) => {
			this.snapshots.ask(request.now, reply);
			camera.pump.ran(this.snapshots);
		});
		this.file("/porthole.css", "text/css; charset=utf-8", STYLESHEET);
		this.file("/porthole.js", "text/javascript; charset=utf-8", SCRIPT);
		if (camera.settings.presence) {
			server.route("GET", "/description.xml", (_request, reply) =>
				reply.send(
					200,
					'text/xml; charset="utf-8"',
					this.presence.description(camera.fleet.self.name || "camera", camera.host.model),
				),
			);
		}
		this.addFleetRoutes();
		server.route("POST", "/api/v1/cameras/*", (request, reply) => this.rename(request, reply));
		server.route("POST", "/api/v1/motion", (request, reply) => this.move(request, reply));
		server.route("POST", "/api/v1/mapping", (request, reply) => {
			const on = formOf(request)?.get("on");
			if (on !== "yes" && on !== "no") return reply.error(400, "Say on=yes or on=no.");
			reply.redirect(backFrom(request));
			camera.setMapping(on === "yes");
		});
	}

	/** The fleet's key is a matter of the house: visitors from the Internet don't see the page. */
	private addFleetRoutes(): void {
		const { camera, server } = this;
		const inside = (request: HttpRequest, reply: HttpReply): boolean => {
			if (this.audience(request) === "lan") return true;
			reply.error(403, "This page is for visitors in the home network.");
			return false;
		};
		server.route("GET", "/fleet", (request, reply) => {
			if (inside(request, reply)) fleetPage(camera.keeper.view, OWNER).reply(reply);
		});
		const act = (path: string, words: string, run: (request: HttpRequest) => boolean) =>
			server.route("POST", path, (request, reply) => {
				if (!inside(request, reply)) return;
				if (run(request)) reply.redirect("/fleet");
				else reply.error(403, words);
			});
		const late = "This is possible for ten minutes after the camera was switched on.";
		act("/api/v1/fleet/key", late, () => camera.keeper.makeKey());
		act("/api/v1/fleet/invite", late, () => camera.keeper.invite());
		act("/api/v1/fleet/join", `That is no join code, or it is too late. ${late}`, (request) =>
			camera.keeper.joinBy(formOf(request)?.get("code") ?? ""),
		);
	}

	private audience(request: HttpRequest): Audience {
		return this.camera.isNear(request.remoteAddress) ? "lan" : "internet";
	}

	private portal(request: HttpRequest, reply: HttpReply): void {
		// Where a camera has several LAN addresses, links depend on the network that the visitor is in.
		const key = `portal ${this.camera.lanAddress(request.remoteAddress)}`;
		this.pages
			.get(key, this.audience(request), (audience) =>
				portalPage(portalView(this.camera, request.remoteAddress, OWNER), audience),
			)
			.reply(reply);
	}

	private own(request: HttpRequest, reply: HttpReply): void {
		this.pages
			.get(`camera ${rateOf(request.query)}`, this.audience(request), (audience) =>
				cameraPage(cameraView(this.camera, audience, OWNER), rateOf(request.query)),
			)
			.reply(reply);
	}

	private stream(request: HttpRequest, reply: HttpReply): void {
		const asked = request.query.get("fps");
		const rate = asked === undefined ? 0 : Number(asked);
		if (!(rate >= 0 && rate <= 1000)) return reply.error(400, "fps is a number of pictures a second.");
		const { pump } = this.camera;
		const viewer = new MjpegViewer(this.hub, rate === 0 ? 0 : 1000 / rate, () => pump.now());
		reply.stream(200, [["Content-Type", MJPEG_TYPE], ...NO_STORE], viewer);
	}

	private file(path: string, type: string, text: string): void {
		const bytes = utf8Encode(text);
		const etag = etagOf(bytes);
		this.server.route("GET", path, (_request, reply) =>
			reply.send(200, type, bytes, [
				["ETag", etag],
				["Cache-Control", "no-cache"],
			]),
		);
	}

	private rename(request: HttpRequest, reply: HttpReply): void {
		const [, , , , id, what, more] = request.path.split("/");
		const name = formOf(request)?.get("name")?.trim();
		if (what !== "name" || more !== undefined) return reply.error(404, "There is no such page.");
		if (name === undefined || !this.camera.rename(id, name)) {
			return reply.error(400, "A name has 1 to 48 letters, and the camera has to be there.");
		}
		reply.redirect(backFrom(request));
	}

	private move(request: HttpRequest, reply: HttpReply): void {
		const { motion } = this.camera.host;
		const form = formOf(request);
		const pan = Number(form?.get("pan") ?? "0");
		const tilt = Number(form?.get("tilt") ?? "0");
		if (form === undefined || Number.isNaN(pan) || Number.isNaN(tilt))
			return reply.error(400, "pan and tilt are degrees.");
		if (form.get("home") !== undefined) motion.moveTo(0, 0);
		else motion.moveTo(motion.pan + pan, motion.tilt + tilt);
		reply.redirect(backFrom(request));
	}
}

const OWNER = Object.freeze({ owner: true, session: true });

const NO_STORE: readonly (readonly [string, string])[] = Object.freeze([["Cache-Control", "no-store"]]);

/** One listening port; as a machine of the pump it opens itself again after a failure. */
class Door {
	deadline = Infinity;
	private listener: Listener | undefined;

	constructor(
		private readonly camera: Camera,
		private readonly web: CameraWeb,
		private readonly port: number,
	) {
		camera.pump.add(this, undefined);
		this.expire();
	}

	expire(): void {
		this.deadline = Infinity;
		this.listener = this.camera.host.network.listen({ port: this.port }, this);
	}

	opened(): void {
		this.camera.host.log.write("info", "web", `listening on port ${this.port}`);
	}

	accepted(stream: Stream): StreamSink | undefined {
		return this.web.accept(stream);
	}

	failed(why: NetFailure, detail: string): void {
		const { host, pump } = this.camera;
		const remedy = why === "in-use" ? "; another program has it: stop that, or choose another --http-port" : "";
		host.log.write("error", "web", `port ${this.port}: ${why}: ${detail}${remedy}; trying again`);
		this.listener?.close();
		this.deadline = pump.now() + RETRY;
		pump.ran(this);
	}

	close(): void {
		this.camera.pump.remove(this);
		this.listener?.close();
	}
}

function formOf(request: HttpRequest): Map<string, string> | undefined {
	return parseForm(utf8Decode(request.message.body));
}

/** The page of ours that a form was on. */
function backFrom(request: HttpRequest): string {
	const referer = fieldOf(request.message, "referer") ?? "";
	const own = `http://${fieldOf(request.message, "host")}/`;
	return referer.startsWith(own) ? referer.slice(own.length - 1) : "/";
}
