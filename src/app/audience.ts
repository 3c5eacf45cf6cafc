import { addressKind } from "../core/ipv4";
import { hostOf } from "../web/browser-request";
import type { Audience } from "../web/page-store";
import type { Node } from "./node";
import type { SiteRequest } from "./part";

/** Where links for a visitor lead: through the LAN, through the Internet gateway, or through the visitor's tunnels. */
export function audienceOf(node: Node, request: SiteRequest): Audience {
	const { addresses } = node;
	const { remoteAddress } = request;
	if (isTunnelled(remoteAddress)) return "peer";
	// A router stands for a visitor who came by it. A proxy here may stand for one in the LAN, who needs LAN links.
	if (isFar(node, request) && !addresses.isThisMachine(remoteAddress)) return "internet";
	const host = hostOf(request);
	const isLan = addresses.isNear(remoteAddress) || addresses.paths.some(({ address }) => address === host);
	return isLan ? "lan" : "internet";
}

/** Whether a client comes through a tunnel: only tunnels have the virtual addresses of peers. @see addressOfPeer */
export function isTunnelled(address: string): boolean {
	return address.startsWith("fd50:");
}

/** Whether a visitor who asked for a public host may be in another LAN than ours, which must not get our tickets. */
export function isFar({ addresses, settings }: Node, request: SiteRequest): boolean {
	const host = hostOf(request);
	const hostName = settings.hostName.toLowerCase();
	const isPublic = addressKind(host) === "public" || (hostName !== "" && host.startsWith(hostName));
	return (
		isPublic && !addresses.paths.some(({ address }) => address === host) && addresses.mayBeFar(request.remoteAddress)
	);
}
