import { type Admission, isSessionOf, type Need, streamSessionOf } from "../../access/role";
import { fromHex, toHex } from "../../base/hex";
import { toJson } from "../../base/json";
import { utf8Decode } from "../../base/text";
import { formatEndpoint } from "../../core/ip-address";
import { secondsOf } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { acceptWebSocket, UpgradableServer } from "../../http/upgradable-server";
import type { WebSocket, WebSocketSink } from "../../http/web-socket";
import { parseRendezvous, type RendezvousAddress } from "../../peer/rendezvous-address";
import { readCallData, writeCallData } from "../../peer/signal/call-data";
import { SIGNAL_MESSAGE_MAX } from "../../peer/signal/signal-message";
import { GUEST_ID_OCTETS } from "../../peer/tunnel/tunnel-contract";
import type { WebRtc } from "../../ports/web-rtc";
import { WATCH_MESSAGES } from "../../web/watch-messages";
import { watchPage } from "../../web/watch-page";
import type { HttpUrl } from "../../wire/http-url";
import { Camera } from "../camera/camera";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { unitsOf } from "../stream/live-units";
import {
	type BrowserCall,
	type CallHost,
	describeCall,
	type WatchCredentials,
	type WatchVerdict,
} from "./browser-call";
import type { LivePictures } from "./browser-live";
import { CallDesk, type CallerLine } from "./call-desk";
import type { PeerExtra, PeerServices } from "./peer-part-services";
import { rendezvousUrls, watchUrlOf } from "./rendezvous-urls";
import { type SignalAccount, SignalLine } from "./signal-line";
import { guestLinksOf } from "./tunnel-door-part";
import { WATCH_PAGE, watchFiles, watchRoute } from "./watch-pages";

/** The subprotocol of calls to a device itself. */
const CALL_PROTOCOL = "watch.porthole";
/** Octets of the secret of a visitor of the device's own page. */
const SECRET_OCTETS = 32;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: WATCH_PAGE, label: WATCH_MESSAGES.nav, need: "viewer" as const, isRare: true }),
]);

const ROUTES: readonly Route<never>[] = Object.freeze([
	watchRoute("viewer"),
	get("/watch/signal", (part: BrowserPart, request, reply) => part.accept(request, reply), "viewer"),
]);

const FILES = watchFiles("viewer");

/**
 * Answers calls of browsers to a device, where the host has WebRTC.
 * @param open returns it; `undefined`: there is none
 * @param missing is logged then
 */
export function browserCalls(open: () => WebRtc | undefined, missing: string): PeerExtra {
	return (services) => {
		const webRtc = open();
		if (webRtc !== undefined) return new BrowserPart(services, webRtc);
		if (services.rendezvous !== "") services.node.host.log.write("warn", "peer", missing);
		return {};
	};
}

/** Lets browsers watch a device directly, without anything being installed: by its own page, and by that of a rendezvous server. */
class BrowserPart implements Part {
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly navigation: readonly NavigationLink[];
	readonly watch = watchPage(true);
	private readonly desk: CallDesk;
	private readonly lines: SignalLine[] = [];
	private home = "";
	private visitors = 0;

	constructor(
		private readonly peers: PeerServices,
		webRtc: WebRtc,
	) {
		const { node } = peers;
		// Where it is the only way, it should be found.
		this.navigation = peers.rendezvous === "" ? [] : NAVIGATION;
		// Before the first connection, as parts are made with their device.
		node.site.server = new UpgradableServer<Admission, Need>(node.site.server.settings, node.site);
		this.desk = new CallDesk(node.pump, webRtc, node.identity.id, this.callHost());
		node.access.credentials.listen({
			sessionsEnded: () => this.desk.close(),
			sessionEnded: (session) => {
				for (const call of this.desk.open) if (isSessionOf(call.session, session)) call.close();
			},
		});
	}

	start(): void {
		const address = parseRendezvous(this.peers.rendezvous);
		if (address === undefined) return;
		this.home = this.peers.keys().home;
		// At every instance, as a browser may be at any of them.
		for (const urls of rendezvousUrls(this.peers.rendezvousWeb, address)) this.lines.push(this.openLine(address, urls));
	}

	/** The home may be another one. */
	refresh(): void {
		if (this.lines.length === 0) return;
		const { home } = this.peers.keys();
		if (home === this.home) return;
		this.home = home;
		this.desk.close();
		for (const line of this.lines) line.restart();
	}

	leave(done: () => void): void {
		for (const line of this.lines) line.close();
		this.desk.close();
		done();
	}

	/** A visitor of the own page calls. */
	accept(request: SiteRequest, reply: HttpReply): void {
		const options = { protocols: [CALL_PROTOCOL], anyOrigin: false, messageMax: SIGNAL_MESSAGE_MAX };
		acceptWebSocket(request, reply, options, () => this.visitor(request));
	}

	status(): Record<string, unknown> {
		const servers = this.lines.filter(({ isReady }) => isReady).length;
		return { browsers: { ...this.desk.counters, open: this.desk.open.length, servers } };
	}

	metrics(): readonly Metric[] {
		const { counters, open } = this.desk;
		return [
			["browser_calls", "gauge", "Browsers that are connected directly, or about to be", open.length],
			["browser_calls_total", "counter", "Calls of browsers that were answered", counters.calls],
			["browser_calls_connected_total", "counter", "Calls of browsers that found a path", counters.connected],
			["browser_calls_refused_total", "counter", "Calls of browsers that were refused", counters.refused],
		];
	}

	private openLine(server: RendezvousAddress, urls: readonly HttpUrl[]): SignalLine {
		const { peers } = this;
		const { node, supply } = peers;
		const mark = `r${this.lines.length}-`;
		const guests = guestLinksOf(peers);
		const secretOf = (guest: string): Uint8Array | undefined => {
			const id = fromHex(guest, GUEST_ID_OCTETS);
			return id === undefined ? peers.keys().pinKey : guests.secretOf(id, secondsOf(node.host.clock.utc()));
		};
		const line: SignalLine = new SignalLine(
			{
				host: node.host,
				pump: node.pump,
				resolver: supply.resolver,
				peer: node.identity.id,
				account: () => this.accountAt(server),
				signal: (caller, text) => {
					const data = readCallData(text);
					if (data === undefined) return;
					const { address, stunPort } = line;
					this.desk.receive(mark + caller, data, {
						secretOf,
						servers: stunPort === 0 ? {} : { stun: { address, port: stunPort } },
						send: (answer) => line.send(caller, writeCallData(answer)),
					});
				},
				gone: (caller) => this.desk.gone(mark + caller),
				changed: (fault) => this.lineChanged(fault, line.url),
			},
			urls,
		);
		return line;
	}

	private visitor(request: SiteRequest): WebSocketSink {
		const { node } = this.peers;
		const number = `v${++this.visitors}`;
		const secret = new Uint8Array(SECRET_OCTETS);
		node.host.random.fill(secret);
		let socket: WebSocket | undefined;
		const { stunPort = 0, address = "" } = this.lines.find(({ isReady }) => isReady) ?? {};
		const stun = stunPort === 0 ? undefined : { address, port: stunPort };
		const line: CallerLine = {
			secretOf: () => secret,
			visitor: {
				status: 200,
				isOwner: request.visitor?.role === "owner",
				session: request.visitor === undefined ? "" : streamSessionOf(request.visitor),
			},
			servers: { stun },
			send: (data) => socket?.sendText(writeCallData(data)),
		};
		return {
			opened: (opened) => {
				socket = opened;
				const place = stun === undefined ? "" : `stun:${formatEndpoint(stun.address, stun.port)}`;
				const { id } = node.identity;
				opened.sendText(toJson({ type: "secret", secret: toHex(secret), peer: id, name: this.title, stun: place }));
			},
			message: (_now, bytes, start, end) => {
				const data = readCallData(utf8Decode(bytes, start, end));
				if (data !== undefined) this.desk.receive(number, data, line);
			},
			closed: () => {
				socket = undefined;
				this.desk.gone(number);
			},
		};
	}

	private get title(): string {
		const { fleet, identity } = this.peers.node;
		return fleet.self.name || identity.id;
	}

	private accountAt({ key: server }: RendezvousAddress): SignalAccount | undefined {
		const keys = this.peers.keys();
		const key = keys.accountKey(server);
		if (key === undefined) return undefined;
		const homeKey = toHex(keys.accountPublicKey);
		return { home: keys.home, homeKey, key, name: this.title, kind: this.peers.node.kind };
	}

	private lineChanged(fault: string, url: HttpUrl): void {
		const { host } = this.peers.node;
		// With the setting, the owner knows better by which name browsers come.
		if (fault === "") this.peers.watchUrl = watchUrlOf(url);
		if (fault === "") host.log.write("info", "peer", "browsers can call this device by the rendezvous server");
		else host.log.write("debug", "peer", `browsers can't call this device: ${fault}`);
		this.peers.node.changed();
	}

	private callHost(): CallHost {
		const { node } = this.peers;
		const { addresses, pump, site } = node;
		const pictures = node instanceof Camera ? picturesOf(node) : undefined;
		const title = (): string => this.title;
		return {
			log: node.host.log,
			now: () => pump.now(),
			later: (run) => pump.after(0, run),
			get title() {
				return title();
			},
			kind: node.kind,
			pictures,
			trouble: () => (node instanceof Camera ? node.video.trouble : undefined),
			admit: (address, credentials) => this.admit(address, credentials),
			isNeighbour: (address) => addresses.isNeighbour(address),
			accept: (stream) => site.accept(stream),
			changed: (call) => this.callChanged(call),
		};
		function picturesOf(camera: Camera): LivePictures {
			const units = unitsOf(camera);
			const handle = pump.add(units, undefined);
			return { hub: camera.video.hub, live: camera.video.live, units, unitsCalled: () => handle.called() };
		}
	}

	private admit(address: string, { link, session }: WatchCredentials): WatchVerdict {
		const { access, pump } = this.peers.node;
		const result = access.authenticator.authenticate({
			method: "GET",
			target: "/stream.mjpeg",
			address,
			credentials: { link, session },
			now: pump.now(),
			pictures: true,
		});
		if (result.outcome !== "granted")
			return { status: result.outcome === "throttled" ? 429 : 401, isOwner: false, session: "" };
		const { admission } = result;
		return { status: 200, isOwner: admission.role === "owner", session: streamSessionOf(admission) };
	}

	private callChanged(call: BrowserCall): void {
		const { host } = this.peers.node;
		if (call.isOver) {
			this.desk.remove(call);
			host.log.write("info", "peer", `${describeCall(call)} has left`);
		} else if (!call.isCounted && call.path !== "") {
			call.isCounted = true;
			this.desk.counters.connected++;
			host.log.write("info", "peer", `${describeCall(call)} is connected`);
		}
		this.peers.node.changed();
	}
}
