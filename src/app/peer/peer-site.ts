import type { Need } from "../../access/role";
import type { HttpReply } from "../../http/http-request";
import { peerOfAddress } from "../../peer/peer-address";
import { LoginGate } from "../../web/login-gate";
import type { OtherCamera } from "../../web/other-camera-page";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { Part, SiteRequest } from "../part";
import { type HomePage, PortalPart } from "../portal/portal-part";
import { type PortalLocator, Site } from "../site";
import { PeerPortal } from "./peer-portal";

/** The end of the host names under which a viewer's program offers devices: `0123456789abcdef.localhost`. @see RFC 6761 §6.3 */
const LOCAL_NAMES = ".localhost";

/**
 * The pages of a device as they are served through tunnels: those of its {@link Site}, with connections, limits and a gate of their
 * own, and with links to other devices that lead to where the visitor's program offers them.
 */
export class PeerSite extends Site {
	private readonly peerPortal: PeerPortal;

	/** @param admitted a request has brought a viewer link that is valid, or its session @default nobody wants to know */
	constructor(
		private readonly appliance: Appliance<ApplianceSettings>,
		admitted?: (address: string, link: string) => void,
	) {
		const { access } = appliance;
		const gate = new TunnelGate(admitted, access.authenticator, {
			hint: "view",
			isOurName: (name) => name.endsWith(LOCAL_NAMES) || access.isOurName(name),
			sessionEnded: (session, until) => access.credentials.loggedOut(session, until),
		});
		super(appliance, gate, access.credentials);
		access.credentials.listen(this);
		const { fleetPart, gateway, parts } = appliance;
		this.peerPortal = new PeerPortal(appliance, this, fleetPart, access.credentials, gateway, homeOf(parts));
		this.portal = this.peerPortal;
		gate.other = access.gate.other;
		for (const part of parts) this.serve(part instanceof PortalPart ? this.peerPortal : part);
		const { site } = appliance;
		// Pages of all visitors come from there.
		if (site.portal !== undefined) site.portal = new VisitorsPortal(site.portal, this.peerPortal);
	}

	/** It has no port. */
	override start(): void {}

	override pathsChanged(): void {}

	/** Those of all visitors. */
	override visitor(request: SiteRequest) {
		return this.appliance.site.visitor(request);
	}

	override notices() {
		return this.appliance.site.notices();
	}
}

/** The gate of all pages, which tells whose viewer link each visitor has. */
class TunnelGate extends LoginGate {
	constructor(
		private readonly admitted: ((address: string, link: string) => void) | undefined,
		...login: ConstructorParameters<typeof LoginGate>
	) {
		super(...login);
	}

	override admit(request: SiteRequest, asked: Need | undefined, reply: HttpReply): boolean {
		const isAdmitted = super.admit(request, asked, reply);
		const link = request.visitor?.link;
		if (link !== undefined) this.admitted?.(request.remoteAddress, link);
		return isAdmitted;
	}
}

/** Leads visitors to the portal and to other cameras by the way that they came. */
class VisitorsPortal implements PortalLocator {
	constructor(
		private readonly others: PortalLocator,
		private readonly peers: PortalLocator,
	) {}

	portalUrl(request: SiteRequest): string {
		return this.of(request).portalUrl(request);
	}

	otherCamera(request: SiteRequest, id: string): OtherCamera | undefined {
		return this.of(request).otherCamera(request, id);
	}

	json(request: SiteRequest): unknown {
		return this.of(request).json(request);
	}

	private of({ remoteAddress }: SiteRequest): PortalLocator {
		return peerOfAddress(remoteAddress) === undefined ? this.others : this.peers;
	}
}

/** The device's own page. */
function homeOf(parts: readonly Part[]): Part & HomePage {
	for (const part of parts) if (!(part instanceof PortalPart) && hasPage(part)) return part;
	return { navigation: [{ path: "/portal", label: "", need: "viewer" }], show() {} };
}

function hasPage(part: Part): part is Part & HomePage {
	const { show } = part as { show?: (request: SiteRequest, reply: HttpReply) => void };
	return typeof show === "function" && part.navigation !== undefined && part.navigation.length > 0;
}
