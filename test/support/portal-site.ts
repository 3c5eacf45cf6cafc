import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SharpThumbnailer } from "../../hosts/node/sources/sharp-thumbnailer";
import { Frame } from "../../src/media/frame";
import { SCRIPT } from "../../src/web/page-script";
import { STYLESHEET } from "../../src/web/page-style";
import { portalJson, portalPage } from "../../src/web/portal-page";
import type { PortalCamera, PortalView } from "../../src/web/portal-view";
import { viewPage } from "../../src/web/view-page";
import { VIEW_SCRIPT } from "../../src/web/view-script";
import { SHOWN_HOME } from "./shown-pages";
import { StreetPictures } from "./street-pictures";

/** What a browser has sent. */
export interface Received {
	readonly path: string;
	readonly form: URLSearchParams;
}

/** The navigation of a camera; none of its pages but the portal is here. */
const LINKS = [
	["/portal", "Cameras"],
	["/camera", "This camera"],
	["/settings", "Settings"],
	["/fleet", "Fleet"],
	["/fleet/devices", "Devices"],
].map(([path, label]) => ({ path, url: path, label }));

/**
 * A portal with as many cameras as a test wants, all on one machine: the real page, style and script, and pictures of a street.
 * `/connections` is the page of `porthole view`.
 */
export class PortalSite {
	/** What the portal shows; {@link changed} tells open pages. */
	view: PortalView;
	/** Whether changes are sent; otherwise they are refused, as when too many pages are open. */
	hasChanges = true;
	/** Whether pictures are made as small as they are asked for. */
	scales = true;
	/** How often the list of cameras was asked for. */
	polls = 0;
	/** Requests of pictures, by their path and width. */
	readonly shots: string[] = [];
	readonly forms: Received[] = [];
	private readonly listeners = new Set<ServerResponse>();
	private readonly sockets = new Set<Socket>();
	private ended = 0;
	private readonly server: Server;
	private readonly small = new Map<string, Uint8Array>();

	private constructor(
		cameras: readonly PortalCamera[],
		private readonly pictures: readonly Uint8Array[],
	) {
		const visitor = { owner: true, session: true, links: LINKS, device: "Camera 1" };
		this.view = { visitor, cameras, notices: [], sealed: true, address: "http://198.51.100.7:8080/" };
		this.server = createServer((request, response) => void this.answer(request, response));
		this.server.on("connection", (socket) => {
			this.sockets.add(socket);
			socket.on("close", () => {
				this.sockets.delete(socket);
				this.ended += octetsOf(socket);
			});
		});
	}

	/** Whether a page is being told of changes. */
	get isFollowed(): boolean {
		return this.listeners.size > 0;
	}

	/** Opens it with so many cameras, of which each third is upstairs. */
	static async open(count: number): Promise<PortalSite> {
		const street = await StreetPictures.paint("street", 1);
		const pictures = [];
		for (let i = 0; i < 4; i++) pictures.push(await street.at(Date.UTC(2026, 10, 27, 12) + i * 700));
		const cameras = Array.from({ length: count }, (_, i): PortalCamera => portalCamera(i));
		const site = new PortalSite(cameras, pictures);
		await new Promise<void>((done) => site.server.listen(0, "127.0.0.1", done));
		return site;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	/** Octets that went both ways since the start, with all heads. */
	get octets(): number {
		return [...this.sockets].reduce((sum, socket) => sum + octetsOf(socket), this.ended);
	}

	/** Tells open pages of what {@link view} has become. */
	changed(): void {
		for (const listener of this.listeners) this.tell(listener);
	}

	/** Ends the connections by which pages are told of changes. */
	cut(): void {
		for (const listener of this.listeners) listener.destroy();
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}

	private tell(listener: ServerResponse): void {
		listener.write(`event: cameras\ndata: ${JSON.stringify(portalJson(this.view, "lan"))}\n\n`);
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { pathname: path, searchParams: query } = new URL(request.url ?? "/", this.url);
		if (request.method === "POST") {
			let text = "";
			for await (const chunk of request) text += chunk;
			this.forms.push({ path, form: new URLSearchParams(text) });
			return this.send(response, "application/json", JSON.stringify({ done: true, message: "Adding…" }));
		}
		if (path === "/porthole.css") return this.send(response, "text/css", STYLESHEET);
		if (path === "/porthole.js") return this.send(response, "text/javascript", SCRIPT);
		if (path.endsWith("/snapshot.jpg")) {
			this.shots.push(`${path} ${query.get("width")}`);
			return this.send(response, "image/jpeg", await this.picture(Number(query.get("width"))));
		}
		if (path === "/api/v1/cameras") {
			this.polls++;
			return this.send(response, "application/json", JSON.stringify(portalJson(this.view, "lan")));
		}
		if (path === "/api/v1/changes" && this.hasChanges) {
			response.writeHead(200, { "Content-Type": "text/event-stream" }).write("retry: 500\n\n");
			this.listeners.add(response);
			const beat = setInterval(() => response.write("event: beat\ndata: 0\n\n"), 2000);
			response.on("close", () => {
				clearInterval(beat);
				this.listeners.delete(response);
			});
			return this.tell(response);
		}
		if (path === "/view.js") return this.send(response, "text/javascript", VIEW_SCRIPT);
		if (path === "/connections") return this.send(response, "text/html", viewPage(SHOWN_HOME).body.parts.join(""));
		if (path === "/" || path === "/portal")
			return this.send(response, "text/html", portalPage(this.view, "lan").body.parts.join(""));
		response.writeHead(path === "/api/v1/changes" ? 503 : 404).end();
	}

	private async picture(width: number): Promise<Uint8Array> {
		const number = this.shots.length % this.pictures.length;
		const whole = this.pictures[number];
		if (!this.scales || !(width < 640)) return whole;
		const name = `${width} ${number}`;
		const known = this.small.get(name);
		if (known !== undefined) return known;
		const frame = new Frame(whole, 0, whole.length, 0, 0, undefined);
		const made = await new Promise<Uint8Array | undefined>((done) => new SharpThumbnailer().make(frame, width, done));
		this.small.set(name, made ?? whole);
		return made ?? whole;
	}

	private send(response: ServerResponse, type: string, body: string | Uint8Array): void {
		const octets = Buffer.from(body);
		const length = octets.length;
		response
			.writeHead(200, { "Content-Type": type, "Content-Length": length, "Cache-Control": "no-store" })
			.end(octets);
	}
}

function octetsOf({ bytesRead, bytesWritten }: Socket): number {
	return bytesRead + bytesWritten;
}

/** A camera of the portal; the first is the one that serves it. */
export function portalCamera(i: number, change: Partial<PortalCamera> = {}): PortalCamera {
	return {
		id: i.toString(16).padStart(16, "0"),
		boot: 1,
		name: `Camera ${i + 1}`,
		lanUrl: `/${i}/`,
		internetUrl: "",
		representative: i === 0,
		self: i === 0,
		page: `/${i}/`,
		ticket: "",
		pass: i === 0 ? "" : "p",
		health: "ok",
		group: i % 3 === 2 ? "Upstairs" : "",
		lanRtsp: `rtsp://192.168.0.${10 + i}:8554/live`,
		...change,
	};
}
