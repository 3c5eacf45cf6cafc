import { secondsOf } from "../../core/time";
import { GuestLinks } from "../../peer/guest-links";
import type { PathKind } from "../../peer/peer-path";
import type { TunnelService } from "../../peer/tunnel/tunnel-contract";
import { tunnelHost } from "../../peer/tunnel/tunnel-host";
import type { TunnelLimits } from "../../peer/tunnel/tunnel-limits";
import type { PEER_SCHEMA } from "../../settings/peer-schema";
import type { ValuesOf } from "../../settings/schema";
import type { ApiOperation } from "../../web/api";
import type { Fact } from "../../web/camera-page";
import { TUNNEL_MESSAGES } from "../../web/tunnel-messages";
import type { Metric, Part } from "../part";
import type { PeerServices } from "./peer-part-services";
import { PeerSite } from "./peer-site";
import { type ServiceDoor, TunnelDoor } from "./tunnel-door";

/** How many of a device's links may be tunnels, as others come and go. */
const LINKS_SHARE = 3 / 4;
/** The links of hosts without the setting. */
const LINKS = 32;

const OPERATIONS: readonly ApiOperation<TunnelDoorPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/tunnels",
		need: "owner",
		about:
			"The tunnels of viewers to this device: path (lan, ipv6, mapped, punched, relayed) and its address, round trip in milliseconds, seconds since it began, open streams, the name of its pairing where this device made it, packets sent, repeated and lost, bits per second that the path carries now.",
		run: (part: TunnelDoorPart) => ({ body: { tunnels: part.list() } }),
	}),
]);

/** Viewers' tunnels lead to the pages and the RTSP server of this device. */
export class TunnelDoorPart implements Part {
	readonly operations = OPERATIONS;
	private readonly door: TunnelDoor;
	private guests: GuestLinks | undefined;
	private site: PeerSite | undefined;
	private rtsp: ServiceDoor | undefined;

	constructor(
		private readonly peers: PeerServices,
		limits: TunnelLimits,
	) {
		const { node, supply, deviceKey } = peers;
		const { peerLinks = LINKS } = node.settings as Partial<ValuesOf<typeof PEER_SCHEMA>>;
		this.door = new TunnelDoor(
			{
				tunnels: tunnelHost(node.pump, supply.ciphers, limits),
				log: node.host.log,
				get privateKey() {
					return deviceKey.privateKey;
				},
				pinKey: () => peers.keys().pinKey,
				guestSecret: (id) => this.guestLinks().secretOf(id, secondsOf(node.host.clock.utc())),
				door: (service) => this.doorOf(service),
				changed: () => node.changed(),
			},
			Math.min(limits.tunnels, Math.ceil(peerLinks * LINKS_SHARE)),
		);
	}

	start(): void {
		const { node, endpoint } = this.peers;
		// All parts are known now.
		this.site = new PeerSite(node, (address, link) => this.door.admitted(address, link));
		this.peers.viewerName = (below) => this.nameOf(this.door.open.find((each) => each.below === below)?.link ?? "");
		node.access.credentials.listen({
			sessionEnded: (link) => this.door.linkEnded(link),
			sessionsEnded: () => this.door.linkEnded(),
		});
		for (const part of node.parts) if (isStreamServer(part)) this.rtsp = (stream) => part.accept(stream);
		endpoint.accept((link) => this.door.take(link));
	}

	leave(done: () => void): void {
		this.door.close();
		done();
	}

	refresh(): void {
		this.site?.refresh();
	}

	facts(): readonly Fact[] {
		const counts = this.door.byPath();
		if (counts.size === 0) return [];
		const { facts, paths } = TUNNEL_MESSAGES;
		const texts: string[] = [];
		for (const [kind, count] of counts) texts.push(facts.count(count, paths[kind]));
		return [[facts.tunnels, texts.join(", ")]];
	}

	status(): Record<string, unknown> {
		const paths: Partial<Record<PathKind, number>> = {};
		for (const [kind, count] of this.door.byPath()) paths[kind] = count;
		return { tunnels: { ...this.door.counters, open: this.door.open.length, paths } };
	}

	metrics(): readonly Metric[] {
		const { counters, open } = this.door;
		return [
			["tunnels", "gauge", "Tunnels of viewers that are open", open.length],
			...[...this.door.byPath()].map(
				([path, count]): Metric => [
					"tunnels_by_path",
					"gauge",
					"Tunnels that are open, by their paths",
					count,
					[["path", path]],
				],
			),
			["tunnels_total", "counter", "Tunnels that viewers have opened", counters.opened],
			["tunnels_refused_total", "counter", "Tunnels refused: no right to one, or too many", counters.refused],
		];
	}

	/** The tunnels, for the owner. */
	list(): readonly Record<string, unknown>[] {
		const { now } = this.peers.node;
		return this.door.open.map(({ address, isGuest, link, since, streams, path, tunnel }) => ({
			viewer: address,
			pairing: this.nameOf(link),
			guest: isGuest,
			path: path?.kind ?? "",
			address: path?.address ?? "",
			port: path?.port ?? 0,
			seconds: Math.floor((now - since) / 1000),
			streams,
			...tunnel.counters,
		}));
	}

	/** The name of a viewer link in the list of this device; empty: it is not there. */
	private nameOf(link: string): string {
		const { access, now } = this.peers.node;
		return link === "" ? "" : (access.links.find(now, link)?.name ?? "");
	}

	private guestLinks(): GuestLinks {
		this.guests ??= guestLinksOf(this.peers);
		return this.guests;
	}

	private doorOf(service: TunnelService): ServiceDoor | undefined {
		const { site } = this;
		if (service === "rtsp") return this.rtsp;
		return site === undefined ? undefined : (stream) => site.accept(stream);
	}
}

/** The guest links to a device; they end when the owner ends all logins. */
export function guestLinksOf({ node, deviceKey }: PeerServices): GuestLinks {
	return new GuestLinks(deviceKey.privateKey, () => node.access.credentials.tokens.name);
}

/** The RTSP part, which only some devices have. */
function isStreamServer(part: Part): part is Part & { accept: ServiceDoor } {
	const { area, accept } = part as { area?: string; accept?: ServiceDoor };
	return area === "stream" && typeof accept === "function";
}
