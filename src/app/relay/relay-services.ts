import type { Seconds } from "../../core/time";
import type { Stream, StreamSink } from "../../ports/net";
import type { Metering } from "../../relay/metering";
import type { RelayTicket } from "../../relay/relay-ticket";
import type { RelayedContent, RelayOrigin, RelayProtocol, RelayRefusal } from "../../relay/relayed-content";
import type { SessionMonitor } from "../../relay/session-monitor";
import type { UpstreamMaker } from "../../relay/upstream";
import type { RelaySettings } from "../../settings/relay-schema";
import type { AccessPart } from "../access/access-part";
import type { Node } from "../node";
import type { RelayHost } from "./relay-host";
import type { RelaySite } from "./relay-site";

/** What a viewer asks a relay for. */
export interface ContentRequest {
	readonly protocol: RelayProtocol;
	/** The path of the URL without the slash at its beginning, decoded: `garage`, `origin/192.0.2.7:8554/live`. */
	readonly path: string;
	/** The query of the URL as sent, without the parameters `link` and `pass`; empty: none. It belongs to the origin. @see originQueryOf */
	readonly query: string;
	/** Host and port in a URL that names another server than this relay: a proxy request; empty: none (REP-1). */
	readonly proxied: string;
}

/** Finds the contents of this relay: one of several sources, asked in order. */
export interface ContentSource {
	/** @returns `undefined`: it does not know the content; a refusal ends the search */
	find(request: ContentRequest): RelayedContent | RelayRefusal | undefined;
	/** The contents that may be shown to the owner. Embedded URLs and proxy requests are not among them until somebody watches. */
	contents(): readonly RelayedContent[];
}

/** What the parts of a relay share. A part takes from it only what it uses. */
export interface RelayServices {
	readonly node: Node<RelaySettings>;
	readonly host: RelayHost;
	readonly site: RelaySite;
	readonly access: AccessPart;
	/** The relay's name, as keys and records have it. */
	readonly name: string;
	/** The relay's identity in lists of hops (REP-11). @see drawHop */
	readonly hop: string;
	readonly monitor: SessionMonitor;
	readonly metering: Metering;
	/** How the upstream of each protocol is made; the part that serves a protocol puts it here when it is made. */
	readonly upstreams: Map<RelayProtocol, UpstreamMaker>;
	/**
	 * Serves a viewer's connection as if it had come to the port of that protocol; the part that serves a protocol puts it here. By them
	 * viewers of the transparent mode come in, whose requests name contents by `/taken/…`.
	 */
	readonly doors: Map<RelayProtocol, (stream: Stream) => StreamSink | undefined>;
	/** The table, the fleets that this relay is registered with, URLs that contain the origin's, in this order. */
	readonly sources: ContentSource[];
	/** Finds a content: asks the sources in order. @returns a refusal where none knows it */
	find(request: ContentRequest): RelayedContent | RelayRefusal;
	/** All origins that it reports to, by name. */
	readonly origins: Map<string, RelayOrigin>;
	/** An origin says that its owner has revoked viewer links: what was admitted by their tickets ends. @param origin its name */
	revokeLinks(origin: string, links: readonly string[]): void;
	/**
	 * Checks a viewer's ticket offline (REP-12).
	 * @param seconds since 1970; `undefined`: the date is not known, so no ticket is good
	 * @param lasts true: for a session that began before the ticket ended. @default false
	 */
	checkTicket(
		text: string,
		content: RelayedContent,
		seconds: Seconds | undefined,
		lasts?: boolean,
	): RelayTicket | undefined;
}
