import type { Admission, Need } from "../../access/role";
import { Allowance } from "../../base/allowance";
import { networkOf } from "../../core/ip-address";
import { secondsOf } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { acceptWebSocket, UpgradableServer } from "../../http/upgradable-server";
import type { WebSocket, WebSocketSink } from "../../http/web-socket";
import { homeOf, ticketKeyOf } from "../../peer/home-keys";
import { HOME_DIGITS } from "../../peer/peer-registry";
import { peerTicketSecret } from "../../peer/peer-ticket";
import type { Leg } from "../../peer/rendezvous/server/leg";
import { LOGIN_TIME, type SignalClient, type SignalDirectory, SignalHub } from "../../peer/signal/signal-hub";
import { SIGNAL_MESSAGE_MAX } from "../../peer/signal/signal-message";
import { watchPage } from "../../web/watch-page";
import { STUN_MAX, SUCCESS } from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import { GOING_AWAY, POLICY_VIOLATION, UNSUPPORTED_DATA } from "../../wire/websocket-frame";
import { get, type Metric, type Part, type Route, type SiteRequest } from "../part";
import { watchFiles, watchRoute } from "../peer/watch-pages";
import { RENDEZVOUS_PATH, SIGNAL_PROTOCOL, STUN_PROTOCOL } from "../peer/web-socket-transport";
import type { RendezvousExtra, RendezvousServices } from "./rendezvous-services";

/** How many homes that are not known may log in each second: each costs a Diffie-Hellman. */
const HOMES_PER_SECOND = 200;
/** How many of them from one address. */
const HOMES_PER_ADDRESS = 5;
const IPV6_PREFIX = 64;
/** How many keys of homes are kept that no device has registered by UDP. */
const HOMES_MAX = 10_000;

const ROUTES: readonly Route<never>[] = Object.freeze([
	watchRoute("anyone"),
	get(RENDEZVOUS_PATH, (part: WebSocketPart, request, reply) => part.accept(request, reply), "anyone"),
]);

const FILES = watchFiles("anyone");

/** The WebSockets of a rendezvous server. */
export const WEB_SOCKETS: RendezvousExtra = (services) => new WebSocketPart(services);

/**
 * Serves clients that can't use UDP: devices and viewers in networks that block it, with the same messages as by UDP; and
 * browsers, with the page on which they watch and with signals to the devices that they call.
 */
class WebSocketPart implements Part {
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly watch = watchPage(false);
	readonly hub: SignalHub;
	private readonly sockets = new Set<WebSocket>();
	private readonly strangers = new Allowance(HOMES_PER_SECOND, HOMES_PER_ADDRESS);
	/** The keys of homes whose devices have logged in here, oldest first. */
	private readonly homes = new Map<string, Uint8Array>();
	private legs = 0;
	private readonly answer = new StunReader();

	constructor(private readonly server: RendezvousServices) {
		const { site, host } = server;
		site.server = new UpgradableServer<Admission, Need>(site.server.settings, site);
		this.hub = new SignalHub(this.directory(), host.random);
	}

	leave(done: () => void): void {
		for (const socket of this.sockets) socket.close(this.server.node.now, GOING_AWAY, "the server is stopping");
		done();
	}

	status(): Record<string, unknown> {
		const { size, counters } = this.hub;
		return { webSockets: { ...size, ...counters, messages: this.legs } };
	}

	metrics(): readonly Metric[] {
		const { size, counters } = this.hub;
		return [
			["web_socket_legs", "gauge", "WebSockets that carry what else goes by UDP", this.legs],
			["callable_devices", "gauge", "Devices that browsers can call", size.devices],
			["calling_browsers", "gauge", "Browsers that are connected to call devices", size.viewers],
			["signals_total", "counter", "Signals between browsers and devices", counters.signals],
			[
				"signals_refused_total",
				"counter",
				"WebSockets that were ended because of what the client sent",
				counters.refused,
			],
		];
	}

	/** Answers a request for a WebSocket. */
	accept(request: SiteRequest, reply: HttpReply): void {
		if (!this.server.isMatching) return reply.error(404, "This server introduces nobody.");
		const options = {
			protocols: [STUN_PROTOCOL, SIGNAL_PROTOCOL],
			// Nothing depends on cookies: all prove who they are by secrets that no browser sends by itself.
			anyOrigin: true,
			messageMax: SIGNAL_MESSAGE_MAX,
		};
		const { remoteAddress } = request;
		acceptWebSocket(request, reply, options, (protocol) =>
			protocol === STUN_PROTOCOL ? this.carryMessages(remoteAddress) : this.carrySignals(remoteAddress),
		);
	}

	private carryMessages(address: string): WebSocketSink {
		const { legs } = this.server;
		let leg: Leg | undefined;
		let open: WebSocket | undefined;
		return {
			opened: (socket) => {
				open = socket;
				this.sockets.add(socket);
				this.legs++;
				leg = legs.open(address, socket.remotePort, (bytes, start, end) => {
					// The server signs answers to known clients only: those are not dropped for strangers.
					if (this.answer.read(bytes.subarray(start, end)) && isKnown(this.answer)) socket.trusted?.();
					socket.send(bytes, start, end);
				});
			},
			message: (now, bytes, start, end, isText) => {
				if (leg === undefined) return;
				if (isText || end - start > STUN_MAX) return open?.close(now, UNSUPPORTED_DATA, "not a STUN message");
				legs.receive(leg, bytes.subarray(start, end));
			},
			closed: () => {
				if (open !== undefined) this.sockets.delete(open);
				if (leg === undefined) return;
				this.legs--;
				legs.close(leg);
				leg = undefined;
			},
		};
	}

	private carrySignals(address: string): WebSocketSink {
		const { pump } = this.server.node;
		let client: SignalClient | undefined;
		let open: WebSocket | undefined;
		return {
			opened: (socket) => {
				open = socket;
				this.sockets.add(socket);
				const wire = {
					address,
					sendText: (text: string) => socket.sendText(text),
					known: () => socket.trusted?.(),
					close: (code: number, reason: string) => socket.close(pump.now(), code, reason),
				};
				client = this.hub.open(pump.now(), wire);
				pump.after(LOGIN_TIME, () => client?.overdue());
			},
			message: (now, bytes, start, end, isText) => {
				if (isText) client?.receive(now, bytes.subarray(start, end));
				else open?.close(now, POLICY_VIOLATION, "not a signal");
			},
			closed: () => {
				if (open !== undefined) this.sockets.delete(open);
				client?.gone();
				client = undefined;
			},
		};
	}

	private directory(): SignalDirectory {
		const { server: services } = this;
		const { settings, host } = services.node;
		return {
			stunPort: settings.only === "all" || settings.only === "address" ? settings.udpPort : 0,
			utc: () => secondsOf(host.clock.utc()),
			turn: (user) => services.turn(user),
			keyOf: (user, homeKey, address, done) => this.keyOf(user, homeKey, address, done),
		};
	}

	private keyOf(
		user: string,
		homeKey: Uint8Array | undefined,
		address: string,
		done: (key: Uint8Array | undefined) => void,
	): void {
		const { server: services } = this;
		// Both `d:<home>:…` and `p.<home>.…` have it there.
		const home = user.slice(2, 2 + HOME_DIGITS);
		const isTicket = user.startsWith("p.");
		const finish = (key: Uint8Array | undefined): void => {
			if (key === undefined || !isTicket) done(key);
			else done(peerTicketSecret(ticketKeyOf(key), user));
		};
		if (!services.admits(home)) return done(undefined);
		services.accountKey(home, address, (key) => {
			if (key !== "none") return finish(key);
			const known = this.homes.get(home);
			if (known !== undefined || homeKey === undefined || homeOf(homeKey) !== home) return finish(known);
			// A home has a network of IPv6 of that size.
			const source = networkOf(address, address.includes(":") ? IPV6_PREFIX : 32) ?? address;
			const agreed = this.strangers.take(services.node.now, source) ? services.agree(homeKey) : undefined;
			if (agreed !== undefined) this.remember(home, agreed);
			finish(agreed);
		});
	}

	/** The home's devices may be connected here, and registered nowhere. */
	private remember(home: string, key: Uint8Array): void {
		for (const oldest of this.homes.keys()) {
			if (this.homes.size < HOMES_MAX) break;
			this.homes.delete(oldest);
		}
		this.homes.set(home, key);
	}
}

/** Whether an answer is to somebody who has proved a key. */
function isKnown(answer: StunReader): boolean {
	return answer.kind === SUCCESS && (answer.hasIntegrity || answer.hasIntegrity256);
}
