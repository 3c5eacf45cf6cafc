import type { Millis } from "../../core/time";
import type { Stream, StreamSink } from "../../ports/net";
import { HOPS_FIELD, parseHops, writeHops } from "../../relay/hops";
import type { RelayedContent } from "../../relay/relayed-content";
import { ForeignNetwork } from "../../relay/transparent/foreign-network";
import { TakenAddressTable } from "../../stream/address/taken-address-table";
import type { RtspExchange } from "../../stream/control/rtsp-exchange";
import type { RtspServerHost } from "../../stream/control/rtsp-server";
import type { RtspSession } from "../../stream/control/rtsp-session";
import { type RtspTarget, TRACK } from "../../stream/control/rtsp-target";
import { SessionKeeper } from "../../stream/distribution/session-keeper";
import { ProcessingUnits } from "../../stream/units/processing-units";
import { UdpReachability } from "../../stream/units/udp-reachability";
import { parseRtspUrl } from "../../wire/rtsp-url";
import type { Headers } from "../../wire/text-message";
import { emptyDistribution } from "../stream/live-distribution";
import { DatagramService } from "../stream/make-distribution";
import { RtspPart, type RtspPartNeeds } from "../stream/rtsp-part";
import { originQueryOf } from "./content-request";
import { originWay } from "./origin-guard";
import { RelayGate, RelayRtspLogin } from "./relay-gate";
import type { RelayServices } from "./relay-services";
import { RtspContents } from "./rtsp-contents";
import { isThisMachine } from "./this-machine";

/** A relay asks no gateway for ports. */
const NO_GATEWAY: RtspPartNeeds["gateway"] = {
	want: () => {
		throw new RangeError("a relay has no gateway");
	},
	listen: () => {},
};
const NO_MAPPING: RtspPartNeeds["fleet"] = Object.freeze({ self: Object.freeze({ externalPort: 0 }) });

/** Relays RTSP: the interface to the IP network and that to the access network (REP-9, REP-14). */
export class RtspRelayPart extends RtspPart implements RtspServerHost {
	readonly contents: RtspContents;
	private readonly login: RelayRtspLogin;
	/** What the request asks for that is handled just now. */
	private asked: RelayedContent | undefined;

	constructor(private readonly relay: RelayServices) {
		const { node, host, access } = relay;
		const { network, random, clock, log } = host;
		const { pump } = node;
		const { connections, connectionsPerAddress } = RtspPart.limits(node);
		const reachability = new UdpReachability();
		const isOurs = (address: string): boolean => isThisMachine(relay, address);
		const table = new TakenAddressTable(isOurs, host.sendsAsOthers);
		const paths = new ProcessingUnits(new ForeignNetwork(network, isOurs), pump, random, table, log);
		const distribution = emptyDistribution(
			node,
			{ streams: connections, streamsPerClient: connectionsPerAddress },
			{ paths, reachability },
			undefined,
			new SessionKeeper(reachability, undefined, () => 0),
		);
		super(
			node,
			{ access, gateway: NO_GATEWAY, fleet: NO_MAPPING },
			new DatagramService(distribution, paths, reachability),
			"/",
		);
		const gate = new RelayGate({ utc: () => clock.utc(), checkTicket: relay.checkTicket });
		this.login = new RelayRtspLogin(gate, access.authenticator, () => this.asked);
		const { sourceTransport: framing, sourceCertificate: certificate, sourceBasic: basic } = node.settings;
		this.contents = new RtspContents(relay, distribution, (content) => ({
			pump,
			...originWay(relay, content),
			random,
			hop: relay.hop,
			framing,
			certificate,
			basic,
		}));
		distribution.add(this.contents.playable);
		relay.doors.set("rtsp", (stream) => this.accept(stream));
	}

	override get authenticator(): RtspServerHost["authenticator"] {
		// It is asked for before there is a login.
		return { authenticate: (request) => this.login.authenticate(request) };
	}

	/** A relay on the Internet needs no port that is shared: its contents by HTTP have the port of its pages. @see Part */
	override share(_stream: Stream, pages: StreamSink): StreamSink {
		return pages;
	}

	/** @see RtspServerHost */
	targetOf(exchange: RtspExchange, target: RtspTarget): RtspTarget {
		const { contents } = this;
		const url = parseRtspUrl(exchange.message.target);
		const isOurs =
			url === undefined || isThisMachine(this.relay, url.host) || exchange.carrier.localAddress === url.host;
		const proxied = isOurs ? "" : url.authority;
		const path = target.isDefault ? "" : target.content;
		const query = queryOf(exchange.message.target);
		const hops = parseHops(exchange.field(HOPS_FIELD.toLowerCase()));
		const request = { protocol: "rtsp", path, query, proxied } as const;
		let content = contents.find(request, hops);
		// Each RTSP request has a whole URL, and this relay may have names and addresses that it does not know.
		if (proxied !== "" && contents.content(content) === undefined) {
			content = contents.find({ ...request, proxied: "" }, hops);
			if (contents.content(content) === undefined) content = contents.find(request, hops);
		}
		this.asked = contents.content(content);
		// Where the query is part of the content, the URLs that the viewer goes on with must have it.
		const base =
			query !== "" && target.base !== "" && content.endsWith(query) ? `${target.base}?${query}` : target.base;
		return { ...target, content, base };
	}

	/** @see RtspServerHost */
	describedBy(key: string): Headers {
		const content = this.contents.content(key);
		if (content === undefined) return [];
		return [[HOPS_FIELD, writeHops(this.relay.monitor.hopsOf(content), this.relay.hop)]];
	}

	override ended(now: Millis, session: RtspSession, reason: string): void {
		const viewer = this.contents.playable.viewer(session.stream);
		if (viewer !== undefined && viewer.session.fault === "") viewer.reason = reason;
		super.ended(now, session, reason);
	}
}

/** The query of a request's URL that belongs to the origin. A track, or a slash, may follow it. */
function queryOf(target: string): string {
	const mark = target.indexOf("?");
	if (mark < 0) return "";
	let query = target.slice(mark + 1);
	if (query.endsWith(`/${TRACK}`)) query = query.slice(0, -TRACK.length - 1);
	if (query.endsWith("/")) query = query.slice(0, -1);
	return originQueryOf(query)
		.split("&")
		.filter((part) => !part.startsWith("fps="))
		.join("&");
}
