import { toHex } from "../../base/hex";
import { maskCredentials } from "../../base/mask-credentials";
import type { Endpoint } from "../../core/endpoint-table";
import type { EventSink } from "../../core/event-ring";
import { canonicalIp, formatEndpoint } from "../../core/ip-address";
import type { EndReason } from "../../core/stream";
import { type Millis, secondsOf } from "../../core/time";
import type { LogLevel } from "../../ports/log";
import type { Stream, StreamSink } from "../../ports/net";
import { isOfOtherMachine } from "../../relay/allow-list";
import { looksLikeRelayTicket } from "../../relay/relay-ticket";
import type { RelayedContent, RelayProtocol } from "../../relay/relayed-content";
import type { JudgedRequest } from "../../relay/transparent/judgement";
import { type LiveUrl, LiveUrls, type LiveUrlsOwner } from "../../relay/transparent/live-urls";
import { renamedRequest } from "../../relay/transparent/renamed-request";
import { TakenConnection } from "../../relay/transparent/taken-connection";
import type {
	FateSink,
	OwnedConnection,
	PassReason,
	TakenConnectionOwner,
} from "../../relay/transparent/taken-connection-owner";
import type { Notice } from "../../web/notices";
import { TRANSPARENT_MESSAGES } from "../../web/transparent-messages";
import type { Metric, Part } from "../part";
import { isContent } from "./content-sources";
import type { ContentRequest, ContentSource, RelayServices } from "./relay-services";
import { SeldomLines } from "./seldom-lines";
import { TakenStream } from "./taken-stream";
import { isThisMachine } from "./this-machine";
import { ticketedContent } from "./ticketed-content";
import { TransparentPort, type TransparentPortOwner } from "./transparent-port";

/** The beginning of the path by which taken viewers ask for a content. */
const TAKEN = "taken/";
/** Octets of the name of a URL. */
const ID_LENGTH = 12;

interface HandOver {
	readonly taken: TakenStream;
	readonly handle: { remove(): void };
	readonly request: JudgedRequest;
	readonly url: LiveUrl;
	readonly bytes: Uint8Array;
}

/** What belongs to a taken connection. */
interface Taken {
	readonly connection: TakenConnection;
	readonly stream: TakenStream;
	readonly handle: { remove(): void };
	/** What the monitor has accepted. */
	url: LiveUrl | undefined;
}

/**
 * The transparent mode (REP-1): takes the connections of the access network to any origin, hands those who ask for live streams over
 * to the relay's servers, which answer as the origin, and passes everything else untouched.
 */
export class TransparentPart
	implements Part, ContentSource, TakenConnectionOwner, LiveUrlsOwner, TransparentPortOwner, EventSink<HandOver>
{
	readonly node;
	readonly hop: string;
	readonly monitor;
	/** Connections so far: taken; refused by a limit; handed over to the relay; passed, and how many of these were encrypted; without an origin. */
	readonly counters = { taken: 0, refused: 0, relayed: 0, passed: 0, encrypted: 0, unreachable: 0 };
	private readonly urls: LiveUrls;
	private readonly connections = new Map<OwnedConnection, Taken>();
	/** How many there are of each viewer's address, those included that were handed over. */
	private readonly byAddress = new Map<string, number>();
	private open = 0;
	private readonly lines = new SeldomLines();
	private ports: TransparentPort[] = [];
	private fault = "";

	constructor(private readonly relay: RelayServices) {
		this.node = relay.node;
		this.hop = relay.hop;
		this.monitor = relay.monitor;
		this.urls = new LiveUrls(this);
		relay.sources.push(this);
	}

	start(): void {
		const { transparentPort: port } = this.node.settings;
		if (port !== 0) this.ports = [new TransparentPort(this, port, "0.0.0.0"), new TransparentPort(this, port, "::")];
	}

	leave(done: () => void): void {
		for (const port of this.ports) port.close();
		for (const { connection } of [...this.connections.values()]) connection.close(this.node.now);
		done();
	}

	notices(): readonly Notice[] {
		return this.fault === "" ? [] : [{ message: TRANSPARENT_MESSAGES.noPort, remedy: this.fault }];
	}

	status(): Record<string, unknown> {
		const { transparentPort: port } = this.node.settings;
		return port === 0 ? {} : { transparent: { port, open: this.open, liveUrls: this.urls.size, ...this.counters } };
	}

	metrics(): readonly Metric[] {
		if (this.node.settings.transparentPort === 0) return [];
		const { taken, refused, relayed, passed, encrypted, unreachable } = this.counters;
		return [
			["relay_taken", "gauge", "Connections of the transparent mode that are open", this.open],
			["relay_taken_total", "counter", "Connections that were taken on their way to an origin", taken],
			["relay_taken_refused_total", "counter", "Connections to origins that were refused by a limit", refused],
			["relay_taken_relayed_total", "counter", "Taken connections that the relay serves", relayed],
			["relay_taken_passed_total", "counter", "Taken connections that pass untouched", passed],
			["relay_taken_encrypted_total", "counter", "Taken connections that pass because they are encrypted", encrypted],
			["relay_taken_unreachable_total", "counter", "Taken connections whose origin could not be reached", unreachable],
		];
	}

	/** @see ContentSource */
	find({ path, proxied }: ContentRequest): RelayedContent | undefined {
		return proxied === "" && path.startsWith(TAKEN) ? this.urls.find(path.slice(TAKEN.length)) : undefined;
	}

	/** @see ContentSource */
	contents(): readonly RelayedContent[] {
		return [];
	}

	/** @see TransparentPortOwner */
	accept(stream: Stream): StreamSink | undefined {
		const { localAddress, localPort, remoteAddress } = stream;
		const address = canonicalIp(localAddress);
		const mine = this.byAddress.get(remoteAddress) ?? 0;
		const { transparentConnections: most, transparentConnectionsPerAddress: mostOfOne } = this.node.settings;
		if (address === undefined || this.open >= most || mine >= mostOfOne) {
			this.counters.refused++;
			return undefined;
		}
		if (!isOfOtherMachine(address) || isThisMachine(this.relay, address)) {
			// A request for this relay at this port would have it talk to itself.
			this.log("warn", "itself", `${remoteAddress} came to the transparent port itself and was refused`);
			this.counters.refused++;
			return undefined;
		}
		this.counters.taken++;
		this.open++;
		this.byAddress.set(remoteAddress, mine + 1);
		const connection = new TakenConnection(this, this.node.now, address, localPort);
		const handle = this.node.pump.addStream(connection.viewer).attach(stream);
		connection.viewer.out = stream;
		connection.viewer.timer = { called: () => this.node.pump.rearm(handle) };
		const taken = new TakenStream(stream, () => this.gone(connection, remoteAddress));
		taken.target = handle;
		this.connections.set(connection, { connection, stream: taken, handle, url: undefined });
		return taken;
	}

	/** @see TransparentPortOwner */
	portChanged({ address }: TransparentPort, fault: string): void {
		const { transparentPort: port } = this.node.settings;
		if (address === "::") {
			// Many hosts have no IPv6.
			if (fault !== "") this.log("debug", "port6", fault);
			return;
		}
		if (fault === "") this.node.host.log.write("info", "relay", `connections to origins are taken at port ${port}`);
		else if (fault !== this.fault) this.node.host.log.write("error", "relay", fault);
		this.fault = fault;
		this.node.changed();
	}

	/** @see TakenConnectionOwner */
	dial(connection: OwnedConnection): void {
		const { origin, address, port } = connection;
		const { pump } = this.node;
		const { host } = this.relay;
		const handle = pump.addStream(origin);
		// As the viewer itself, so that the origin knows its client, and sends media by UDP to it.
		const localAddress = this.connections.get(connection)?.stream.stream.remoteAddress;
		const source = host.sendsAsOthers && localAddress !== undefined ? { localAddress, transparent: true } : {};
		const stream = host.network.connect({ address, port, ...source }, handle);
		origin.out = stream;
		origin.timer = { called: () => pump.rearm(handle) };
		handle.attach(stream);
	}

	/** @see TakenConnectionOwner */
	ask(now: Millis, connection: OwnedConnection, request: JudgedRequest, answered: FateSink): void {
		this.urls.ask(now, connection, request, (then, fate, url) => {
			this.chosen(connection, url);
			answered(then, fate);
		});
	}

	/** @see TakenConnectionOwner */
	isLive(now: Millis, connection: OwnedConnection, request: JudgedRequest, answered: FateSink): void {
		this.urls.isLive(now, connection, request, (then, fate, url) => {
			this.chosen(connection, url);
			answered(then, fate);
		});
	}

	/** @see TakenConnectionOwner */
	isNotLive(now: Millis, connection: OwnedConnection, request: JudgedRequest, known: boolean): void {
		this.urls.isNotLive(now, connection, request, known);
	}

	/** @see TakenConnectionOwner */
	handOver(connection: OwnedConnection, request: JudgedRequest, bytes: Uint8Array): void {
		const taken = this.connections.get(connection);
		if (taken?.url === undefined) return;
		this.counters.relayed++;
		const { stream, handle, url } = taken;
		const what = maskCredentials(`${request.protocol}://${endpointOf(connection)}${request.target}`);
		this.log("debug", "", `${stream.stream.remoteAddress} asks for ${what}, which is a live stream: it is relayed`);
		// Not within a call of the connection's machine.
		this.node.pump.post(this, { taken: stream, handle, request, url, bytes });
	}

	/** @see TakenConnectionOwner */
	passes(connection: OwnedConnection, why: PassReason): void {
		const endpoint = endpointOf(connection);
		const viewer = this.connections.get(connection)?.stream.stream.remoteAddress ?? "a viewer";
		this.counters.passed++;
		if (why === "encrypted") {
			this.counters.encrypted++;
			this.log(
				"info",
				`encrypted ${endpoint}`,
				`${endpoint}, as ${viewer} asks for it, is encrypted: it passes untouched`,
			);
		} else this.log("debug", "", `${viewer} to ${endpoint}: ${why}, so it passes untouched`);
	}

	/** @see TakenConnectionOwner */
	unreachable(connection: OwnedConnection, why: EndReason): void {
		const endpoint = endpointOf(connection);
		this.counters.unreachable++;
		this.log("warn", `unreachable ${endpoint}`, `${endpoint} can't be reached for a viewer: ${why}`);
	}

	/** @see LiveUrlsOwner */
	ticketed(origin: Endpoint, request: JudgedRequest): RelayedContent | undefined {
		if (!looksLikeRelayTicket(request.link)) return undefined;
		return ticketedContent(this.relay, origin, request, secondsOf(this.node.host.clock.utc()));
	}

	/** Those of the table's rule for the server, if it has one. @see LiveUrlsOwner */
	terms(origin: Endpoint, protocol: RelayProtocol): Pick<RelayedContent, "origin" | "tariff"> {
		const found = this.relay.find({ protocol, path: `origin/${endpointOf(origin)}/`, query: "", proxied: "" });
		return isContent(found) ? { origin: found.origin, tariff: found.tariff } : { origin: "", tariff: undefined };
	}

	/** @see LiveUrlsOwner */
	draw(): string {
		const bytes = new Uint8Array(ID_LENGTH);
		this.node.host.random.fill(bytes);
		return toHex(bytes);
	}

	/** The relay's server of the protocol takes a viewer over. @see EventSink */
	on({ taken, handle, request, url, bytes }: HandOver): void {
		const { stream } = taken;
		handle.remove();
		taken.target = undefined;
		if (taken.isGone) return url.release(this.node.now);
		const sink = this.relay.doors.get(request.protocol)?.(stream);
		if (sink === undefined) {
			stream.abort();
			return url.release(this.node.now);
		}
		taken.target = sink;
		sink.room();
		const query = url.link === "" ? "" : `?link=${encodeURIComponent(url.link)}`;
		const origin = formatEndpoint(stream.localAddress, stream.localPort);
		sink.received(renamedRequest(bytes, request.protocol, origin, `${TAKEN}${url.id}${query}`));
		url.release(this.node.now);
	}

	private chosen(connection: OwnedConnection, url: LiveUrl | undefined): void {
		const taken = this.connections.get(connection);
		if (taken === undefined) return url?.release(this.node.now);
		taken.url?.release(this.node.now);
		taken.url = url;
	}

	private gone(connection: OwnedConnection, address: string): void {
		this.connections.get(connection)?.url?.release(this.node.now);
		this.connections.delete(connection);
		this.open--;
		const left = (this.byAddress.get(address) ?? 1) - 1;
		if (left > 0) this.byAddress.set(address, left);
		else this.byAddress.delete(address);
	}

	/** @param topic the same topic comes once an hour; empty: always */
	private log(level: LogLevel, topic: string, message: string): void {
		if (topic === "" || this.lines.isDue(this.node.now, topic)) this.node.host.log.write(level, "relay", message);
	}
}

function endpointOf({ address, port }: Endpoint): string {
	return formatEndpoint(address, port);
}
