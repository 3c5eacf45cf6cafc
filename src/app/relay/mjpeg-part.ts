import type { Admission } from "../../access/role";
import { MJPEG_TYPE } from "../../camera/mjpeg-part";
import { canonicalIp } from "../../core/ip-address";
import type { StreamOutbox } from "../../core/stream";
import type { Millis } from "../../core/time";
import type { HttpConnection } from "../../http/http-connection";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { HOPS_FIELD, parseHops, refusalOfHops, writeHops } from "../../relay/hops";
import type { RelayedContent, RelayRefusal } from "../../relay/relayed-content";
import type { UpstreamListener } from "../../relay/upstream";
import { MESSAGES } from "../../web/messages";
import { RELAY_MESSAGES } from "../../web/relay-messages";
import { fieldOf, type Headers } from "../../wire/text-message";
import type { Metric, Part, SiteRequest } from "../part";
import { contentRequestOf } from "./content-request";
import { isContent, readServer } from "./content-sources";
import { MjpegUpstream, type MjpegUpstreamHost } from "./mjpeg-upstream";
import { originWay } from "./origin-guard";
import { RelayGate, RelayHttpLogin, viewerNameOf } from "./relay-gate";
import type { ContentRequest, RelayServices } from "./relay-services";
import type { ContentServer } from "./relay-site";
import { RelayedMjpegViewer } from "./relayed-mjpeg-viewer";
import { isThisMachine } from "./this-machine";

/** How soon a viewer that found no room should try again. */
const RETRY: Headers = Object.freeze([["Retry-After", "10"] as const]);

/** Relays Motion JPEG over HTTP: the interface to the IP network and that to the access network (REP-9, REP-14). */
export class MjpegPart implements Part, ContentServer, MjpegUpstreamHost {
	readonly feed: MjpegUpstreamHost["feed"];
	readonly hop: string;
	readonly basic: boolean;
	readonly certificate: string;
	private readonly gate: RelayGate;
	/** The upstream of each content, by its key. */
	private readonly upstreams = new Map<string, MjpegUpstream>();

	constructor(private readonly relay: RelayServices) {
		const { host, node, hop } = relay;
		const { sourceBasic, sourceCertificate } = node.settings;
		this.hop = hop;
		this.basic = sourceBasic;
		this.certificate = sourceCertificate;
		const utc = (): Millis | undefined => host.clock.utc();
		this.feed = { pump: node.pump, network: host.network, resolver: host.resolver, random: host.random, utc };
		this.gate = new RelayGate({ utc, checkTicket: relay.checkTicket });
		relay.upstreams.set("http", (content, listener) => this.makeUpstream(content, listener));
		relay.access.gate.other = new RelayHttpLogin(this.gate, (request) => {
			const found = relay.find(this.requestOf(request));
			return isContent(found) ? found : undefined;
		});
		relay.site.contents = this;
	}

	metrics(): readonly Metric[] {
		let [delivered, missed] = [0, 0];
		for (const { group } of this.upstreams.values()) {
			delivered += group.delivered;
			missed += group.missed;
		}
		return [
			["relay_mjpeg_upstreams", "gauge", "Motion JPEG streams from origins", this.upstreams.size],
			[
				"relay_mjpeg_delivered",
				"gauge",
				"Pictures sent to viewers of the Motion JPEG streams that are open",
				delivered,
			],
			["relay_mjpeg_missed", "gauge", "Pictures that these viewers missed because they were slow", missed],
		];
	}

	/** @see ContentServer */
	handle(request: SiteRequest, connection: HttpConnection<Admission>, out: StreamOutbox): boolean {
		const asked = this.requestOf(request);
		const found = this.relay.find(asked);
		const isForeign = asked.proxied !== "";
		// What no content is called may be a page.
		if (!isForeign && !isContent(found) && found.status === 404) return false;
		const isAdmitted = isForeign
			? this.admitForeign(request, found, connection)
			: this.relay.access.gate.admit(request, "pictures", connection);
		if (!isAdmitted) return true;
		if (!connection.admit(request.visitor?.role === "owner"))
			connection.error(503, RELAY_MESSAGES.crowded, [...RETRY, ...NO_STORE]);
		else if (!isContent(found)) this.refuse(connection, found);
		else if (request.method !== "GET") connection.error(405, "", [["Allow", "GET"]]);
		else this.serve(request, found, connection, out);
		return true;
	}

	/** @see MjpegUpstreamHost */
	closed(upstream: MjpegUpstream): void {
		const { key } = upstream.content;
		if (this.upstreams.get(key) === upstream) this.upstreams.delete(key);
	}

	private makeUpstream(content: RelayedContent, listener: UpstreamListener): MjpegUpstream {
		const feed = { ...this.feed, ...originWay(this.relay, content) };
		const upstream = new MjpegUpstream({ ...this.upstreamHost, feed }, content, listener);
		this.upstreams.set(content.key, upstream);
		return upstream;
	}

	private get upstreamHost(): MjpegUpstreamHost {
		const { feed, hop, basic, certificate } = this;
		return { feed, hop, basic, certificate, closed: (upstream) => this.closed(upstream) };
	}

	private requestOf(request: SiteRequest): ContentRequest {
		return contentRequestOf(request, (authority) => this.isOurs(authority, request.localPort));
	}

	/** Whether the authority of an absolute URL is this relay. */
	private isOurs(authority: string, localPort: number): boolean {
		const server = readServer(authority, 80);
		return server?.port === localPort && isThisMachine(this.relay, server.host);
	}

	/** Admits a client that took the relay for a proxy: the names and cookies of other servers are none of our pages' business. */
	private admitForeign(request: SiteRequest, found: RelayedContent | RelayRefusal, reply: HttpReply): boolean {
		const { method, message, remoteAddress: address, now, query } = request;
		const admission = isContent(found) ? this.gate.admit(found, query.get("link"), true) : undefined;
		if (admission !== undefined) {
			request.visitor = admission;
			return true;
		}
		const authorization = fieldOf(message, "proxy-authorization");
		const result = this.relay.access.authenticator.authenticate({
			method,
			target: message.target,
			address,
			credentials: { authorization },
			now,
		});
		if (result.outcome === "granted") {
			request.visitor = result.admission;
			return true;
		}
		if (result.outcome === "throttled") {
			reply.error(429, MESSAGES.refused.guesses, [["Retry-After", `${result.retryAfter}`], ...NO_STORE]);
			return false;
		}
		const challenges = result.challenges.map((value) => ["Proxy-Authenticate", value] as const);
		reply.error(407, RELAY_MESSAGES.logIn, [...challenges, ...NO_STORE]);
		return false;
	}

	/** Asks the monitor for the content, and lets the viewer watch it. */
	private serve(request: SiteRequest, content: RelayedContent, reply: HttpReply, out: StreamOutbox): void {
		const { monitor, hop } = this.relay;
		const hops = parseHops(fieldOf(request.message, "porthole-hops"));
		const loop = refusalOfHops(hops, hop);
		if (loop !== undefined || hops === undefined) return this.refuse(reply, loop);
		monitor.ask(request.now, content, hops, (now, refusal) => {
			// Its client may have left while it waited; then it does not join.
			if (reply.answered) return;
			if (refusal === undefined) this.watch(now, request, content, reply, out);
			else this.refuse(reply, refusal);
		});
	}

	private watch(now: Millis, request: SiteRequest, content: RelayedContent, reply: HttpReply, out: StreamOutbox): void {
		const { monitor, metering, hop, node } = this.relay;
		const upstream = this.upstreams.get(content.key);
		if (upstream === undefined) return this.refuse(reply, undefined);
		const { visitor, remoteAddress } = request;
		const ended = (at: Millis, one: RelayedMjpegViewer, reason: string): void => {
			metered.end(at, reason);
			monitor.leave(at, content, one);
		};
		const { relayTicket: ticket = "" } = visitor ?? {};
		const viewer = new RelayedMjpegViewer(upstream, out, () => node.now, ended, ticket);
		const metered = metering.begin(
			now,
			{
				content: content.content,
				origin: content.origin,
				protocol: "http",
				framing: "tcp",
				viewer: viewerNameOf(visitor),
				ticket,
				address: canonicalIp(remoteAddress) ?? remoteAddress,
				hops: upstream.hops.length,
			},
			content,
			viewer,
		);
		monitor.join(now, content, viewer);
		const fields: Headers = [["Content-Type", MJPEG_TYPE], [HOPS_FIELD, writeHops(upstream.hops, hop)], ...NO_STORE];
		reply.stream(200, fields, viewer);
	}

	private refuse(reply: HttpReply, refusal: RelayRefusal | undefined): void {
		const { status, message } = refusal ?? { status: 502, message: RELAY_MESSAGES.gone };
		const fields: (readonly [string, string])[] = [...NO_STORE];
		if (status === 503) fields.push(...RETRY);
		// A client can't log in at the origin from here. @see RFC 9110 §11.6.1
		if (status === 401) fields.push(["WWW-Authenticate", 'Origin realm="origin"']);
		const sentence = message.slice(0, 1).toUpperCase() + message.slice(1);
		reply.error(status, sentence.endsWith(".") ? sentence : `${sentence}.`, fields);
	}
}
