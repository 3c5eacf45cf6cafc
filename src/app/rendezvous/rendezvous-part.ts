import { toHex } from "../../base/hex";
import { formatEndpoint, ipFamily } from "../../core/ip-address";
import type { Path } from "../../core/path";
import type { Handle } from "../../core/pump";
import { plausibleUtc, type Seconds, secondsOf } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import type { TurnServer } from "../../peer/candidate";
import type { Leg } from "../../peer/rendezvous/server/leg";
import { MatchingServer } from "../../peer/rendezvous/server/matching-server";
import { TURN_LIFE, TurnIssuer } from "../../peer/rendezvous/server/turn-issuer";
import { AddressServer, PLAIN_ANSWER } from "../../peer/stun/address-server";
import type { NetFailure, UdpPeer } from "../../ports/net";
import type { RendezvousSettings } from "../../settings/rendezvous-schema";
import type { ApiOperation } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import type { Notice } from "../../web/notices";
import { RENDEZVOUS_MESSAGES } from "../../web/rendezvous-messages";
import { rendezvousPage } from "../../web/rendezvous-page";
import { INDICATION, REQUEST } from "../../wire/stun";
import { StunReader } from "../../wire/stun-reader";
import type { Node } from "../node";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { Site } from "../site";
import { LegTable } from "./leg-table";
import { matchingMetrics } from "./matching-metrics";
import type { RendezvousHost } from "./rendezvous-host";
import type { MessageLegs } from "./rendezvous-services";
import { loadServerKey, type ServerKey } from "./server-key";
import { ServerSocket } from "./server-socket";
import { TurnLookup } from "./turn-lookup";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/rendezvous", label: RENDEZVOUS_MESSAGES.name, need: "viewer" as const }),
]);

const ROUTES: readonly Route<RendezvousPart>[] = Object.freeze([
	get("/", (_part: RendezvousPart, _request, reply) => reply.redirect("/rendezvous")),
	get("/rendezvous", (part: RendezvousPart, request, reply) => part.show(request, reply)),
]);

const OPERATIONS: readonly ApiOperation<RendezvousPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/rendezvous",
		need: "owner",
		about: "The setting for devices, how many are registered, and what this server has done since its start.",
		run: (part: RendezvousPart) => ({ body: part.state }),
	}),
]);

/** The UDP sockets of a rendezvous server with the two servers behind them: for addresses (P2P-1), and for matching (P2P-2 … P2P-4). */
export class RendezvousPart implements Part, MessageLegs {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly key: ServerKey;
	/** Absent: this server matches nobody. */
	readonly matching: MatchingServer | undefined;
	/** Keep-alives that want no answer. */
	keepAlives = 0;
	private readonly settings: RendezvousSettings;
	private readonly legs = new LegTable();
	private readonly addresses: AddressServer;
	/** For a server without discovery. */
	private readonly plain = new AddressServer();
	private readonly turn: TurnLookup | undefined;
	private readonly handle: Handle<MatchingServer, undefined> | undefined;
	/** The main socket, then the other three of discovery if there are any. @see DiscoveryAddresses */
	private readonly sockets: ServerSocket[] = [];
	/** The main socket of the other family. */
	private other: ServerSocket | undefined;
	private readonly isIpv6: boolean;
	private readonly message = new StunReader();
	private readonly issuer: TurnIssuer | undefined;
	private readonly answersPlain: boolean;
	private host = "";
	/** The setting that the log has. */
	private told = "";

	/** @param homes those that may use this server; absent: all */
	constructor(
		private readonly node: Node<RendezvousSettings> & { readonly host: RendezvousHost },
		private readonly site: Site,
		private readonly homes: ReadonlySet<string> | undefined,
	) {
		const { settings, host, pump } = node;
		this.settings = settings;
		const { ciphers, random, registry, edge } = host;
		this.key = loadServerKey(ciphers, node.memory, settings.rendezvousKey);
		const { only, keepalive } = settings;
		this.answersPlain = only === "all" || only === "address" || (only === "keepalive" && keepalive === "answering");
		this.addresses = new AddressServer(discoveryOf(settings));
		this.isIpv6 = settings.discoveryAddresses.includes(":");
		if (settings.turn !== "") this.turn = new TurnLookup(pump, host.resolver, settings.turn);
		if (only !== "all" && only !== "matching") return;
		const { privateKey } = this.key;
		const turn = this.turn === undefined ? undefined : new TurnIssuer(settings.turnSecret, this.turn.places);
		this.issuer = turn;
		const utc = () => this.date;
		this.matching = new MatchingServer({
			...{ ciphers, random, privateKey, registry, edge, turn, homes, utc },
			capacity: settings.registrations,
			lifetime: settings.registrationTime,
			keepAlive: keepalive,
			now: () => node.now,
			woken: () => this.handle?.called(),
			send: (leg, bytes, start, end) => this.send(leg, bytes, start, end),
		});
		this.handle = pump.add(this.matching, undefined);
	}

	/** The setting for devices; empty: they can't register here. */
	get setting(): string {
		const { settings, matching } = this;
		const host = settings.hostName || this.host;
		if (matching === undefined || host === "") return "";
		const place = ipFamily(host) === undefined ? `${host}:${settings.udpPort}` : formatEndpoint(host, settings.udpPort);
		return `${toHex(this.key.publicKey)}@${place}`;
	}

	/** Makes credentials of the TURN server, good for a day; `undefined`: there is none. @param user tells users apart */
	turnFor(user: string): TurnServer | undefined {
		return this.issuer?.issue(false, (this.date ?? 0) + TURN_LIFE, user);
	}

	start(): void {
		const { udpPort, discoveryAddresses, discoveryPort } = this.settings;
		const two = discoveryAddresses === "" ? ["0.0.0.0"] : discoveryAddresses.split(",");
		for (const address of two) {
			for (const port of two.length > 1 ? [udpPort, discoveryPort] : [udpPort]) {
				const via = this.sockets.length;
				this.sockets.push(this.listen(address, port, (bytes, peer) => this.received(via, bytes, peer)));
			}
		}
		this.other = this.listen(this.isIpv6 ? "0.0.0.0" : "::", udpPort, (bytes, peer) => this.receivedOther(bytes, peer));
		this.turn?.start();
	}

	pathsChanged(paths: readonly Path[]): void {
		this.host = paths.length > 0 ? paths[0].address : "";
		const { setting } = this;
		if (setting !== "" && setting !== this.told) {
			this.told = setting;
			this.node.host.log.write("info", "rendezvous", `the setting for devices is --rendezvous ${setting}`);
		}
	}

	stop(): void {
		this.handle?.remove();
		this.turn?.close();
		for (const socket of this.sockets) socket.close();
		this.other?.close();
	}

	open(address: string, port: number, send: (bytes: Uint8Array, start: number, end: number) => void): Leg {
		return this.legs.open(address, port, send);
	}

	close(leg: Leg): void {
		this.legs.close(leg);
	}

	receive(leg: Leg, bytes: Uint8Array): void {
		if (!this.message.read(bytes)) return;
		if (this.match(leg)) return;
		const length = this.answersPlain ? this.plain.respondTo(this.message, leg) : 0;
		if (length > 0) this.legs.send(leg, this.plain.bytes, 0, length);
	}

	/** Answers with the server's page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const visitor = this.site.visitor(request);
		rendezvousPage({
			visitor,
			notices: visitor.owner ? this.site.notices() : [],
			setting: this.setting,
			facts: this.facts(),
		}).reply(reply);
	}

	/** The answer to `GET /api/v1/rendezvous`. */
	get state(): Record<string, unknown> {
		const { matching, legs, keepAlives, settings, setting } = this;
		const answered = this.addresses.answered + this.plain.answered;
		const ignored = this.addresses.ignored + this.plain.ignored;
		return {
			setting,
			serves: settings.only,
			devices: matching?.table.size ?? 0,
			homes: matching?.table.homeCount ?? 0,
			connections: legs.size,
			counters: { ...matching?.counters, keepAlives, addresses: answered, ignored },
		};
	}

	facts(): readonly Fact[] {
		const text = RENDEZVOUS_MESSAGES;
		const { settings, matching, node } = this;
		const facts: Fact[] = [[text.serves, text.kinds[settings.only]]];
		if (matching === undefined) return facts;
		const { table, counters } = matching;
		const { registry, edge = "" } = node.host;
		facts.push(
			[text.openTo, this.homes === undefined ? text.anyHome : text.someHomes(this.homes.size)],
			[text.devices, `${table.size}`],
			[text.homes, `${table.homeCount}`],
			[text.connections, `${this.legs.size}`],
			[text.refreshes, `${counters.registered + counters.refreshed}`],
			[text.introductions, `${counters.introduced}`],
			[text.refused, `${counters.refused}`],
			[text.turn, settings.turn || text.noTurn],
			[text.store, registry === undefined ? text.noStore : text.instance(edge)],
		);
		return facts;
	}

	notices(): readonly Notice[] {
		const text = RENDEZVOUS_MESSAGES.notices;
		const notices: Notice[] = [];
		const fault = this.sockets.find((socket) => socket.fault !== "")?.fault ?? "";
		const { udpPort, registrations } = this.settings;
		if (fault !== "") notices.push({ message: text.socket(udpPort, fault), remedy: text.socketRemedy, serious: true });
		const store = this.node.host.registry?.fault ?? "";
		if (store !== "") notices.push({ message: text.store(store), remedy: text.storeRemedy });
		const turn = this.turn?.fault ?? "";
		if (turn !== "") notices.push({ message: text.turn(turn), remedy: text.turnRemedy });
		const isFull = this.matching !== undefined && this.matching.table.size >= registrations;
		if (isFull) notices.push({ message: text.full(registrations), remedy: text.fullRemedy });
		return notices;
	}

	status(): Record<string, unknown> {
		const { matching, setting, settings } = this;
		return { rendezvous: { serves: settings.only, setting, devices: matching?.table.size ?? 0 } };
	}

	metrics(): readonly Metric[] {
		return matchingMetrics(this.matching, [this.addresses, this.plain], this.keepAlives, this.legs.size);
	}

	private listen(address: string, port: number, taker: (bytes: Uint8Array, peer: UdpPeer) => void): ServerSocket {
		const failed = (why: NetFailure, detail: string): void => {
			// Not every machine has IPv6.
			const level = address === "::" ? "debug" : "warn";
			const place = formatEndpoint(address, port);
			const { portFailed } = this.node.host;
			const isOther = address === (this.isIpv6 ? "0.0.0.0" : "::");
			if (why === "in-use" && portFailed !== undefined && !isOther)
				return portFailed(`UDP port ${port} is in use. Stop the other program or pass --udp-port.`);
			this.node.host.log.write(level, "rendezvous", `UDP socket ${place}: ${why}: ${detail}; trying again`);
			this.node.changed();
		};
		return new ServerSocket(this.node, { address, port }, taker, failed);
	}

	/** A datagram came to the main socket, or to one of those of discovery. */
	private received(via: number, bytes: Uint8Array, peer: UdpPeer): void {
		const { message, sockets, addresses } = this;
		if (this.answersPlain && addresses.answersBare(bytes, peer, via)) {
			sockets[via].reply(peer, addresses.bytes, 0, PLAIN_ANSWER);
			return;
		}
		if (!message.read(bytes)) {
			addresses.ignored++;
			return;
		}
		// Only at the main socket, from which introductions are pushed, or the routers of devices would not let these through.
		if (via === 0 && this.match(peer)) return;
		const length = this.answersPlain ? addresses.respondTo(message, peer, via) : 0;
		if (length > 0) sockets[addresses.via].reply(peer, addresses.bytes, 0, length);
	}

	/** A datagram came to the main socket of the other family, which has no discovery. */
	private receivedOther(bytes: Uint8Array, peer: UdpPeer): void {
		const { message, plain } = this;
		if (!message.read(bytes)) {
			plain.ignored++;
			return;
		}
		if (this.match(peer)) return;
		const length = this.answersPlain ? plain.respondTo(message, peer) : 0;
		if (length > 0) this.other?.reply(peer, plain.bytes, 0, length);
	}

	/** Seconds since 1970; `undefined`: the date is not known. */
	private get date(): Seconds | undefined {
		return secondsOf(plausibleUtc(this.node.host.clock.utc() ?? 0));
	}

	/** Gives the message that was read to the matching server, if it is for it. @returns true: nobody else is to answer */
	private match(leg: Leg): boolean {
		const { message, handle, matching } = this;
		if (message.kind === INDICATION) {
			this.keepAlives++;
			return true;
		}
		if (handle === undefined || matching === undefined || !MatchingServer.isFor(message))
			return message.kind !== REQUEST;
		matching.receive(this.node.now, message, leg);
		handle.called();
		return true;
	}

	private send(leg: Leg, bytes: Uint8Array, start: number, end: number): void {
		if (leg.stream !== undefined) return this.legs.send(leg, bytes, start, end);
		const socket = leg.address.includes(":") === this.isIpv6 ? this.sockets[0] : this.other;
		socket?.send(leg, bytes, start, end);
	}
}

function discoveryOf({ discoveryAddresses, udpPort, discoveryPort }: RendezvousSettings) {
	if (discoveryAddresses === "") return undefined;
	const [one, two] = discoveryAddresses.split(",");
	return { addresses: [one, two] as const, ports: [udpPort, discoveryPort] as const };
}
