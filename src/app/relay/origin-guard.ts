import { formatEndpoint } from "../../core/ip-address";
import type { Network } from "../../ports/net";
import type { Resolver } from "../../ports/resolver";
import { isOfOtherMachine } from "../../relay/allow-list";
import { GuardedNetwork } from "../../relay/guarded-network";
import { isNamedByViewer } from "../../relay/named-content";
import { PinnedResolver } from "../../relay/pinned-resolver";
import type { RelayedContent, RelayOrigin } from "../../relay/relayed-content";
import { parseHttpSource } from "../../wire/http-source-url";
import { parseUrl } from "../../wire/http-url";
import { parseSourceUrl } from "../../wire/rtsp-source-url";
import { isContent } from "./content-sources";
import type { RelayServices } from "./relay-services";
import { isThisMachine } from "./this-machine";

/** How the origin of a content is reached. */
export interface OriginWay {
	readonly network: Network;
	readonly resolver: Resolver;
}

/** What {@link offeredWay} needs, and {@link originWay}. */
type Machine = Pick<RelayServices, "node" | "host">;
type GuardNeeds = Machine & Pick<RelayServices, "origins" | "find">;

/**
 * Returns the way to the origin of a content, which goes nowhere else, whatever a name resolves to or the origin redirects to: for a
 * content that a viewer has named to that server and others that the table allows; for one of the table nowhere on this machine but to the
 * server that the table names; for one that an origin has named: {@link offeredWay}.
 */
export function originWay(relay: GuardNeeds, content: RelayedContent): OriginWay {
	const { node, host } = relay;
	const { address, origin, isOffered } = content;
	const resolver = address === undefined ? host.resolver : new PinnedResolver(address, node.pump);
	if (isOffered === true) return offeredWay(relay, relay.origins.get(origin));
	const server = serverOf(content);
	const isServer = (name: string, port: number): boolean => server?.host === name && server.port === port;
	const isNamed = isNamedByViewer(content);
	return wayOf(relay, resolver, (name, port, isOurs) => {
		if (!isNamed) return !isOurs || isServer(name, port);
		return !isOurs && (isServer(name, port) || isAllowed(relay, content, name, port));
	});
}

/**
 * Returns the way to servers that an origin has named: nowhere on this machine, unless the origin is here, too.
 * @param origin `undefined`: it is not known any more
 */
export function offeredWay(relay: Machine, origin: RelayOrigin | undefined): OriginWay {
	const base = origin === undefined ? undefined : parseUrl(origin.url);
	const isHere = base !== undefined && (isThisMachine(relay, base.host) || isLoopback(base.host));
	return wayOf(relay, relay.host.resolver, (_name, _port, isOurs) => !isOurs || isHere);
}

function wayOf(
	relay: Machine,
	resolver: Resolver,
	mayReach: (name: string, port: number, isOurs: boolean) => boolean,
): OriginWay {
	const { node, host } = relay;
	const isOurs = (address: string): boolean => isThisMachine(relay, address);
	const guarded = new GuardedNetwork(host.network, resolver, node.pump, { isOurs, mayReach });
	return { network: guarded, resolver: guarded };
}

/** Whether the table allows viewers to name a server. */
function isAllowed({ find }: GuardNeeds, { protocol }: RelayedContent, name: string, port: number): boolean {
	return isContent(find({ protocol, path: `origin/${formatEndpoint(name, port)}/`, query: "", proxied: "" }));
}

function isLoopback(host: string): boolean {
	return host.includes(":") || /^[0-9.]+$/.test(host) ? !isOfOtherMachine(host) : false;
}

function serverOf({ protocol, url }: RelayedContent): { readonly host: string; readonly port: number } | undefined {
	return protocol === "rtsp" ? parseSourceUrl(url) : parseHttpSource(url)?.url;
}
