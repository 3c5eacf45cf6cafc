import { ipFamily } from "../../core/ip-address";
import type { Member } from "../../fleet/member";
import type { HttpReply } from "../../http/http-request";
import { portalPage } from "../../web/portal-page";
import type { PortalCamera, PortalView } from "../../web/portal-view";
import { IPV6_KIND, readIpv6Path } from "../../wire/ipv6-service";
import type { SiteRequest } from "../part";
import { PortalPart } from "../portal/portal-part";
import { urlOf } from "../url-of";
import type { DualStackAddresses } from "./dual-stack-addresses";

/** Where a device is reached by IPv6. */
export interface Ipv6Place {
	readonly address: string;
	readonly port: number;
	/** Whether the router lets the Internet in. */
	readonly isOpen: boolean;
}

/** The portal for visitors of both families: a visitor by IPv6 is led to the others by IPv6 (IMG-32). */
export class Ipv6Portal extends PortalPart {
	/** @param own where this device is reached by IPv6; `undefined`: nowhere */
	constructor(
		private readonly addresses: DualStackAddresses,
		private readonly own: () => Ipv6Place | undefined,
		...portal: ConstructorParameters<typeof PortalPart>
	) {
		super(...portal);
	}

	override show(request: SiteRequest, reply: HttpReply): void {
		if (!isIpv6(request)) return super.show(request, reply);
		const name = `portal by IPv6 ${this.wayOf(request).isTrusted}`;
		this.site.page(name, request, reply, (audience) => portalPage(this.view(request), audience));
	}

	protected override view(request: SiteRequest): PortalView {
		const view = super.view(request);
		if (!isIpv6(request)) return view;
		const { secure } = this.cameras.fleet.self;
		const cameras = view.cameras.map((camera) => {
			return camera.self ? this.placed(camera, this.own(), secure, request) : camera;
		});
		return { ...view, cameras };
	}

	protected override viewOf(...args: Parameters<PortalPart["viewOf"]>): PortalCamera {
		const [member, request] = args;
		const camera = super.viewOf(...args);
		return isIpv6(request) ? this.placed(camera, this.ipv6Of(member), member.secure, request) : camera;
	}

	/** A device with the links for a visitor who comes by IPv6. */
	private placed(
		camera: PortalCamera,
		place: Ipv6Place | undefined,
		isSecure: boolean,
		{ remoteAddress }: SiteRequest,
	): PortalCamera {
		const isNear = this.addresses.isNear(remoteAddress);
		const isReached = place !== undefined && (isNear || place.isOpen);
		// In the LAN, IPv4 leads to a camera that has no IPv6.
		const url = isReached ? urlOf(place.address, place.port, isSecure) : isNear ? camera.lanUrl : "";
		const health = camera.health === "unreachable" && place?.isOpen === true ? "ok" : camera.health;
		// A cookie of this host is not sent to another: a ticket lets the visitor in, and is made when the link is followed.
		const there = url === "" ? "" : camera.pass === "" ? `${url}device` : `/to/${camera.id}`;
		const page = camera.self ? camera.page : there;
		return { ...camera, lanUrl: url, internetUrl: url, page, health };
	}

	/** Where a member is; only in a network of ours, so that nobody can have tickets sent elsewhere. */
	private ipv6Of(member: Member): Ipv6Place | undefined {
		for (const { kind, path, port, externalPort } of member.services) {
			const address = kind === IPV6_KIND ? readIpv6Path(path) : "";
			if (address !== "" && this.addresses.isInIpv6Network(address))
				return { address, port, isOpen: externalPort !== 0 };
		}
		return undefined;
	}
}

function isIpv6(request: SiteRequest): boolean {
	return ipFamily(request.remoteAddress) === 6;
}
