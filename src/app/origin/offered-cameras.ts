import type { Moment } from "../../access/access-tokens";
import type { Tickets } from "../../access/tickets";
import { formatEndpoint } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import type { Fleet } from "../../fleet/fleet";
import type { Member } from "../../fleet/member";
import type { OfferedCamera } from "../../relay/registration-answer";
import { hostOf } from "../../web/browser-request";
import type { Audience } from "../../web/page-store";
import type { FleetService } from "../../wire/fleet-service";
import { CONTROL_KIND, NAS_KIND } from "../../wire/nas-service";
import type { Node } from "../node";
import type { SiteRequest } from "../part";
import { urlOf } from "../url-of";

/** The kind of the service by which members of a fleet find those that take registrations of relays. */
export const RELAYS_KIND = "relays";

/** A camera of the fleet, for people and tickets. */
export interface FleetCamera {
	readonly id: string;
	readonly name: string;
}

/** What {@link OfferedCameras} depends on. */
export interface OfferedCamerasNeeds {
	readonly node: Node;
	readonly site: { audience(request: SiteRequest): Audience };
	readonly fleet: { readonly fleet: Fleet; outsideOf(member: Member): string };
	readonly access: {
		readonly credentials: {
			readonly tickets: Tickets;
			readonly record: { readonly revoked: string };
			moment(now: Millis): Moment;
		};
	};
}

/** One member, or this device, as a relay reaches it. */
interface Place {
	readonly id: string;
	readonly name: string;
	/** Inside and outside; empty: not known. */
	readonly lanHost: string;
	readonly host: string;
	readonly services: readonly FleetService[];
}

/** The cameras of the fleet as its relays get them: by the LAN, or by the ports on the gateway, with passes for their pictures. */
export class OfferedCameras {
	/** @param isCamera whether this device is one */
	constructor(
		private readonly needs: OfferedCamerasNeeds,
		private readonly isCamera: boolean,
	) {}

	/** The cameras of the fleet, this one first. */
	cameras(): readonly FleetCamera[] {
		const { fleet } = this.needs.fleet;
		const { id } = this.needs.node.identity;
		const own = this.isCamera ? [{ id, name: fleet.self.name || id }] : [];
		const others = fleet.registry.sorted().filter(isCamera);
		return own.concat(others.map(({ id, name, address }) => ({ id, name: name || address })));
	}

	/** The cameras with the URLs by which the relay that asks can get their pictures. */
	offer(request: SiteRequest): readonly OfferedCamera[] {
		const isLan = this.needs.site.audience(request) === "lan";
		return this.places(request).map((place) => {
			const { id, name, services } = place;
			const host = isLan ? place.lanHost : place.host;
			const pass = this.passFor(id, request.now);
			return {
				id,
				name,
				http: urlFor(services, "http", "/stream.mjpeg", host, isLan, pass),
				rtsp: urlFor(services, "rtsp", "/live", host, isLan, pass),
				h264: urlFor(services, "rtsp", "/h264", host, isLan, pass),
			};
		});
	}

	/** The other members that take registrations, as the relay that asks reaches their pages. */
	members(request: SiteRequest): readonly string[] {
		const isLan = this.needs.site.audience(request) === "lan";
		const list: string[] = [];
		for (const member of this.needs.fleet.fleet.registry.sorted()) {
			if (member.isFromTable || member.service(RELAYS_KIND) === undefined) continue;
			const { address, httpPort, externalPort, secure } = member;
			const url = isLan ? urlOf(address, httpPort, secure) : urlOf(this.outside(request, member), externalPort, secure);
			if (url !== "") list.push(url);
		}
		return list;
	}

	private places(request: SiteRequest): readonly Place[] {
		const { node, fleet } = this.needs;
		const { self, registry } = fleet.fleet;
		const list: Place[] = [];
		if (this.isCamera) {
			const { id } = node.identity;
			const http = {
				kind: "http",
				port: self.httpPort,
				externalPort: self.externalPort,
				path: "/",
				secure: self.secure,
			};
			list.push({
				id,
				name: self.name || id,
				lanHost: node.addresses.lanAddress(request.remoteAddress),
				host: this.outside(request, undefined),
				services: [http, ...self.otherServices],
			});
		}
		for (const member of registry.sorted()) {
			// No pass goes to an address that only the router's table has.
			if (!isCamera(member) || member.isFromTable) continue;
			const { id, name, address, services } = member;
			list.push({ id, name: name || address, lanHost: address, host: this.outside(request, member), services });
		}
		return list;
	}

	/** The host that leads the relay to a member from the Internet: what it has come by itself, rather than what a router says. */
	private outside(request: SiteRequest, member: Member | undefined): string {
		const { node, fleet } = this.needs;
		const { hostName } = node.settings;
		return (
			hostName || hostOf(request) || (member === undefined ? node.addresses.externalHost : fleet.outsideOf(member))
		);
	}

	private passFor(camera: string, now: Millis): string {
		const { credentials } = this.needs.access;
		return credentials.tickets.issue("pictures", camera, credentials.moment(now), Infinity);
	}
}

/** Neither a NAS nor a control host has pictures of its own. */
function isCamera({ services }: Member): boolean {
	return services.every(({ kind }) => kind !== NAS_KIND && kind !== CONTROL_KIND);
}

function urlFor(
	services: readonly FleetService[],
	kind: "http" | "rtsp",
	path: string,
	host: string,
	isLan: boolean,
	pass: string,
): string {
	const service = services.find((service) => service.kind === kind);
	const port = isLan ? service?.port : service?.externalPort;
	if (service === undefined || port === undefined || port === 0 || host === "") return "";
	const bare = host.startsWith("[") ? host.slice(1, -1) : host;
	const query = pass === "" ? "" : `?pass=${pass}`;
	return `${kind}${service.secure ? "s" : ""}://${formatEndpoint(bare, port)}${path}${query}`;
}
