import type { AccessRequest, Authentication } from "../../access/authentication";
import type { Authenticator } from "../../access/authenticator";
import type { Admission } from "../../access/role";
import { type Millis, secondsOf } from "../../core/time";
import { looksLikeRelayTicket } from "../../relay/relay-ticket";
import type { RelayedContent } from "../../relay/relayed-content";
import type { OtherLogin } from "../../web/login-gate";
import type { SiteRequest } from "../part";
import type { RelayServices } from "./relay-services";

/** Somebody who watches a content that needs no login. */
const ANYBODY: Admission = Object.freeze({ role: "viewer", proof: "pass", until: 0 });

/** What a {@link RelayGate} needs of its relay. */
export interface RelayGateHost extends Pick<RelayServices, "checkTicket"> {
	/** The date in milliseconds since 1970; `undefined` while it is not known. */
	utc(): Millis | undefined;
}

/**
 * Admits the viewers of a relay to one content: by a ticket of its origin, or without anything where the table says so (REP-12). All
 * others log in at the relay's own accounts, which this class knows nothing of.
 */
export class RelayGate {
	constructor(private readonly host: RelayGateHost) {}

	/**
	 * Returns how a viewer is admitted to a content; `undefined`: by an account of the relay, or not at all.
	 * @param link the ticket as the URL has it (`link=`); `undefined`: none
	 * @param http true: for one request; false: for a session of the connection, which players go on with by URLs without the ticket
	 * @param lasts true: the request belongs to a session that has begun, which does not end with the ticket
	 */
	admit(content: RelayedContent, link: string | undefined, http: boolean, lasts = false): Admission | undefined {
		if (link !== undefined && looksLikeRelayTicket(link)) {
			const ticket = this.host.checkTicket(link, content, secondsOf(this.host.utc()), lasts);
			// Over HTTP a proof by link would begin a session with all contents.
			const proof = http ? "pass" : "link";
			if (ticket !== undefined)
				return { role: "viewer", proof, until: ticket.until, relayViewer: ticket.viewer, relayTicket: ticket.id };
		}
		return content.needsLogin ? undefined : ANYBODY;
	}
}

/** The {@link RelayGate} as a way to log in at the relay's pages. */
export class RelayHttpLogin implements OtherLogin {
	/** @param contentOf finds the content that a request asks for; `undefined`: it asks for something else */
	constructor(
		private readonly gate: RelayGate,
		private readonly contentOf: (request: SiteRequest) => RelayedContent | undefined,
	) {}

	authenticate(request: SiteRequest): Authentication | undefined {
		const { method } = request;
		if (method !== "GET" && method !== "HEAD") return undefined;
		const content = this.contentOf(request);
		const admission = content && this.gate.admit(content, request.query.get("link"), true);
		return admission && { outcome: "granted", admission };
	}

	/** Offers nothing: a client without a ticket logs in with an account. */
	offer(): void {}
}

/** The {@link RelayGate} in front of the relay's accounts, for its RTSP server. */
export class RelayRtspLogin implements Pick<Authenticator, "authenticate"> {
	/** @param contentOf finds the content that a request asks for; `undefined`: it asks for something else */
	constructor(
		private readonly gate: RelayGate,
		private readonly accounts: Pick<Authenticator, "authenticate">,
		private readonly contentOf: (request: AccessRequest) => RelayedContent | undefined,
	) {}

	authenticate(request: AccessRequest): Authentication {
		const { method, credentials } = request;
		const content = this.contentOf(request);
		const begins = method === "DESCRIBE" || method === "SETUP";
		const admission = content && this.gate.admit(content, credentials.link, false, !begins);
		if (admission !== undefined) return { outcome: "granted", admission };
		return this.accounts.authenticate(request);
	}
}

/** Whom a metering record names: the ticket's viewer, the account, or nobody. @see MeteredViewer.viewer */
export function viewerNameOf(admission: Admission | undefined): string {
	const { relayViewer, role, proof } = admission ?? {};
	if (relayViewer !== undefined) return relayViewer;
	if (proof === "link") return "link";
	return role !== undefined && proof !== "pass" && proof !== "neighbour" ? role : "";
}
