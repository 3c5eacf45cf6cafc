import type { Member } from "../../fleet/member";
import type { PortalCamera } from "../../web/portal-view";
import { fieldOf } from "../../wire/text-message";
import type { SiteRequest } from "../part";
import { PortalPart } from "../portal/portal-part";

/**
 * The portal for visitors who come through tunnels: links to other cameras lead to the visitor's own program, which opens tunnels to them
 * (ONE-6). It offers each under its identity: `http://0123456789abcdef.localhost:8088/`.
 */
export class PeerPortal extends PortalPart {
	protected override viewOf(member: Member, request: SiteRequest): PortalCamera {
		const view = super.viewOf(member, request);
		const url = `http://${member.id}.localhost${portOf(request)}/`;
		return { ...view, lanUrl: url, internetUrl: url, page: view.pass === "" ? `${url}device` : `/to/${member.id}` };
	}
}

/** The port by which the visitor's program was asked, with its colon; empty: the default one. */
function portOf({ message }: SiteRequest): string {
	const host = fieldOf(message, "host") ?? "";
	const colon = host.indexOf(":", host.indexOf("]") + 1);
	const port = colon < 0 ? "" : host.slice(colon);
	for (let i = 1; i < port.length; i++) {
		const code = port.charCodeAt(i);
		if (code < 48 || code > 57) return "";
	}
	return port.length > 1 && port.length <= 6 ? port : "";
}
