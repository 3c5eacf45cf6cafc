import { isLocalName } from "../base/host-label";
import { ipKind } from "./ip-address";

/**
 * Tells whether an address with this host may be handed to somebody on the Internet: it is a public IP address, or a domain name
 * that is not only for one machine or one home network.
 * @param host as in a URL, in lower case: IPv6 addresses in brackets
 */
export function isPublicHost(host: string): boolean {
	const kind = ipKind(host[0] === "[" ? host.slice(1, -1) : host);
	return kind === undefined ? host.includes(".") && !isLocalName(host) : kind === "public";
}
