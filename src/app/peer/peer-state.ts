import { formatEndpoint } from "../../core/ip-address";
import type { HomeKeys } from "../../peer/home-keys";
import type { PeerPath } from "../../peer/peer-path";
import { deviceRefusalText, PEER_MESSAGES } from "../../web/peer-messages";
import type { ShownLink } from "../../web/peer-page";
import type { EndpointLink } from "./endpoint-link";
import type { UdpPeerEndpoint } from "./peer-endpoint";

/** Peer to peer of a device, as its page and programs are shown it. */
export interface ShownPeer {
	readonly endpoint: UdpPeerEndpoint;
	/** The setting of the rendezvous servers; empty: there are none. */
	readonly rendezvous: string;
	/** The device's identity, and its name; empty: it has none yet. */
	readonly id: string;
	readonly deviceName: string;
	readonly isPortal: boolean;
	/** The port that the gateway maps to the socket; 0: none. */
	readonly mappedPort: number;
	keys(): HomeKeys;
}

/** What programs get of the state of peer to peer. */
export function peerState(part: ShownPeer): Record<string, unknown> {
	const { presence, natKind, natText, addresses, open } = part.endpoint;
	const { server } = presence?.service ?? {};
	const { mapped } = addresses.nat;
	return {
		rendezvous: part.rendezvous !== "",
		server: server === undefined ? null : formatEndpoint(server.address, server.port),
		state: presence?.registration.state ?? "off",
		refusal: presence?.registration.refusal ?? 0,
		home: part.rendezvous === "" ? null : part.keys().home,
		portal: part.isPortal,
		nat: natText,
		natKind,
		symmetric: addresses.isSymmetric,
		publicAddress: mapped === undefined ? null : formatEndpoint(mapped.address, mapped.port),
		candidates: addresses.candidates.map(({ kind, address, port }) => ({ kind, address, port })),
		mappedPort: part.mappedPort,
		keepAlive: presence === undefined ? 0 : presence.keepAlives.interval / 1000,
		links: [...open].map((link) => ({ peer: link.peer, name: link.introduction?.name ?? "", ...pathOf(link.path) })),
	};
}

/** What the page shows of the registration. */
export function registrationTerms(part: ShownPeer): readonly (readonly [string, string])[] {
	const { terms, states, unknown, seconds, portal } = PEER_MESSAGES;
	const { presence } = part.endpoint;
	const { state = "off", refusal = 0 } = presence?.registration ?? {};
	const server = presence?.service.server;
	const list: (readonly [string, string])[] = [
		[terms.state, refusal !== 0 && state === "trying" ? deviceRefusalText(refusal) : states[state]],
		[terms.server, server === undefined ? unknown : formatEndpoint(server.address, server.port)],
		[terms.device, [part.deviceName || part.id, ...(part.isPortal ? [portal] : [])].join(". ")],
	];
	if (state === "registered" && presence !== undefined)
		list.push([terms.keepAlive, seconds(Math.round(presence.keepAlives.interval / 1000))]);
	return list;
}

/** The identifiers by which the operator of a server knows this home and device. */
export function identifierTerms(part: ShownPeer): readonly (readonly [string, string])[] {
	const { homeId, deviceId } = PEER_MESSAGES.terms;
	return [
		[homeId, part.keys().home],
		[deviceId, part.id],
	];
}

/** What the page shows of the NAT and the addresses. */
export function natTerms(part: ShownPeer): readonly (readonly [string, string])[] {
	const { terms, unknown, none } = PEER_MESSAGES;
	const { addresses, natText } = part.endpoint;
	const { mapped } = addresses.nat;
	const hosts = addresses.candidates.filter(({ kind }) => kind === "host");
	const port = part.mappedPort;
	return [
		[terms.nat, natText || unknown],
		[terms.publicAddress, mapped === undefined ? unknown : formatEndpoint(mapped.address, mapped.port)],
		[terms.local, hosts.map(({ address, port }) => formatEndpoint(address, port)).join(", ") || none],
		[terms.mapped, port === 0 ? none : `${port}`],
	];
}

/** What the page shows of a viewer who is connected. @param pairing its name; empty: not known */
export function shownLink({ path, introduction, peer }: EndpointLink, pairing = ""): ShownLink {
	const name = introduction?.name || pairing || PEER_MESSAGES.viewer;
	if (path === undefined) return { name, id: peer, way: "", address: "", roundTrip: 0 };
	const address = formatEndpoint(path.address, path.port);
	return { name, id: peer, way: PEER_MESSAGES.paths[path.kind], address, roundTrip: path.roundTrip };
}

function pathOf(path: PeerPath | undefined): Record<string, unknown> {
	if (path === undefined) return { path: null };
	const { kind, address, port, roundTrip } = path;
	return { path: kind, address: formatEndpoint(address, port), roundTrip };
}
