import type { Admission, Need } from "../../access/role";
import type { StreamHandle } from "../../core/pump";
import type { StreamOutbox } from "../../core/stream";
import type { HttpConnection } from "../../http/http-connection";
import { HttpServer } from "../../http/http-server";
import type { HttpServerOptions } from "../../http/http-server-settings";
import type { HttpSite } from "../../http/http-site";
import type { Stream, StreamSink } from "../../ports/net";
import type { Node } from "../node";
import type { SiteRequest } from "../part";
import { Site, type SiteGate, type SiteSettings } from "../site";
import type { SiteTickets } from "../site-pages";

type Connection = HttpConnection<Admission>;

/** Serves contents by HTTP, beside the pages of the relay. */
export interface ContentServer {
	/**
	 * A request has come, before anything is known about the client.
	 * @param out what the connection's octets leave by, for metering
	 * @returns false: it is for a page of the relay; otherwise it is, or will be, answered
	 */
	handle(request: SiteRequest, connection: Connection, out: StreamOutbox): boolean;
}

/** The pages of a relay, and on the same port the contents that it relays by HTTP. */
export class RelaySite extends Site {
	/** Asked about each request first; absent: there are only pages. */
	contents: ContentServer | undefined;
	private readonly outs = new Map<Connection, StreamOutbox>();

	constructor(node: Node<SiteSettings>, gate: SiteGate, tickets: SiteTickets) {
		super(node, gate, tickets);
		this.server = new RelayHttpServer(this.server.settings, this);
	}

	override accept(stream: Stream): StreamSink | undefined {
		const handle = super.accept(stream) as StreamHandle<Connection> | undefined;
		if (handle !== undefined) this.outs.set(handle.machine, stream);
		return handle;
	}

	override streamGone(handle: StreamHandle<Connection>): void {
		this.outs.delete(handle.machine);
		super.streamGone(handle);
	}

	/** Gives a request to the contents. @returns false: it is for a page */
	give(request: SiteRequest, connection: Connection): boolean {
		const out = this.outs.get(connection);
		if (this.contents === undefined || out === undefined) return false;
		try {
			return this.contents.handle(request, connection, out);
		} catch (error) {
			this.server.failed(request, error, connection);
			return true;
		}
	}
}

/** An HTTP server that asks for contents before it looks for a route: a proxy request has the path of another server. */
class RelayHttpServer extends HttpServer<Admission, Need> {
	constructor(
		settings: HttpServerOptions,
		private readonly relay: RelaySite & HttpSite<Admission, Need>,
	) {
		super(settings, relay);
	}

	override handle(request: SiteRequest, connection: Connection): void {
		if (this.relay.give(request, connection)) this.counters.requests++;
		else super.handle(request, connection);
	}
}
