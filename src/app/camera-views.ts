import type { Member } from "../fleet/member";
import { DIAGNOSIS_WORDS } from "../gateway/diagnosis";
import type { CameraView } from "../web/camera-page";
import type { HttpRequest } from "../web/http-server";
import type { Audience } from "../web/page-store";
import { type Notice, type PortalCamera, type PortalView, portalJson } from "../web/portal-page";
import type { Camera } from "./camera";

/** Where a visitor comes from: links lead through the LAN, or through the Internet gateway. */
export function audienceOf(camera: Camera, request: HttpRequest): Audience {
	return camera.whereabouts.isNear(request.remoteAddress) ? "lan" : "internet";
}

/** Gathers what the portal shows to a visitor (IMG-14); its links let him in at the other cameras too. */
export function portalView(camera: Camera, request: HttpRequest): PortalView {
	const { fleet, whereabouts, doorkeeper } = camera;
	const { self } = fleet;
	const { role } = request;
	const moment = doorkeeper.moment(request.now);
	const own: PortalCamera = {
		id: camera.identity.id,
		name: self.name || "this camera",
		lanUrl: url(whereabouts.lanAddress(request.remoteAddress), self.httpPort),
		internetUrl: url(whereabouts.externalHost, self.externalPort),
		representative: self.representative,
		self: true,
		pass: "",
	};
	const others = fleet.registry.sorted().map((member) => ({
		id: member.id,
		name: member.name || member.address,
		lanUrl: url(member.address, member.httpPort),
		internetUrl: url(outsideOf(camera, member), member.externalPort),
		representative: member.representative,
		self: false,
		pass: role === undefined ? "" : doorkeeper.passes.issue(role, member.id, moment),
	}));
	return { cameras: [own, ...others], notices: notices(camera) };
}

/** What is known of all cameras, for programs and for a portal that is open. */
export function camerasJson(camera: Camera, request: HttpRequest): unknown {
	return portalJson(portalView(camera, request), audienceOf(camera, request));
}

/** Gathers what the camera's own page shows. */
export function cameraView(camera: Camera, request: HttpRequest): CameraView {
	const { fleet, host, whereabouts } = camera;
	const audience = audienceOf(camera, request);
	const { self } = fleet;
	const status = camera.gateway.status();
	const representative = self.representative ? undefined : fleet.registry.representative();
	const portal =
		representative === undefined
			? ""
			: audience === "lan"
				? url(representative.address, representative.httpPort)
				: url(outsideOf(camera, representative), representative.externalPort);
	const outside = url(whereabouts.externalHost, self.externalPort);
	return {
		id: camera.identity.id,
		name: self.name || "Camera",
		// Every camera has the portal too, for the time in which there is no representative.
		portalUrl: portal || "/portal",
		canMove: host.motion.panLimit > 0 || host.motion.tiltLimit > 0,
		mapping: camera.mapping,
		notices: notices(camera),
		facts: [
			["From the Internet", outside || "not reachable"],
			["In the home network", url(whereabouts.lanAddress(), self.httpPort) || "no address"],
			["Role", self.representative ? "representative" : "managed"],
			["Fleet", fleet.sealed ? "sealed by a key" : "open: any device in the home network is trusted"],
			["Router", status.name || (status.by === "" ? "none found" : `answers to ${status.by}`)],
			["Pictures", host.source.description],
			["Identity", camera.identity.id],
		],
		extra: host.extra ?? "",
	};
}

/** What is known of a camera, for programs. */
export function statusJson(camera: Camera): unknown {
	const { fleet, web, whereabouts } = camera;
	const { self } = fleet;
	return {
		id: camera.identity.id,
		name: self.name,
		model: camera.host.model,
		representative: self.representative,
		mapping: camera.isMapping,
		externalUrl: url(whereabouts.externalHost, self.externalPort),
		lanUrl: url(whereabouts.lanAddress(), self.httpPort),
		gateway: camera.gateway.status(),
		notices: notices(camera),
		source: { description: camera.host.source.description, trouble: web.trouble ?? null },
		motion: { pan: camera.host.motion.pan, tilt: camera.host.motion.tilt },
		frames: { taken: web.hub.frames, delivered: web.hub.delivered, missed: web.hub.dropped, viewers: web.hub.watching },
		http: { ...web.server.counters, ...web.access.counters, connections: web.server.connections },
		fleet: {
			sealed: fleet.sealed,
			strangeDatagrams: fleet.ear.strange,
			refusedDatagrams: fleet.ear.refused,
			term: fleet.succession.term,
			heirs: fleet.succession.heirs,
			cameras: fleet.registry
				.sorted()
				.map(({ id, name, address, httpPort, externalPort, externalHost, representative, inTable }) => ({
					id,
					name,
					address,
					httpPort,
					externalPort,
					externalHost,
					representative,
					inTable: inTable ?? null,
				})),
		},
	};
}

/** What stands in links for a member's gateway. */
function outsideOf(camera: Camera, member: Member): string {
	return camera.settings.hostName || member.externalHost || camera.whereabouts.externalHost;
}

function notices(camera: Camera): Notice[] {
	const list: Notice[] = camera.isMapping
		? camera.gateway.status().diagnoses.map((diagnosis) => ({ ...DIAGNOSIS_WORDS[diagnosis] }))
		: [];
	const { trouble } = camera.web;
	if (trouble !== undefined) list.push({ words: "This camera gives no pictures.", remedy: trouble });
	return list;
}

function url(host: string, port: number): string {
	return host === "" || port === 0 ? "" : `http://${host}${port === 80 ? "" : `:${port}`}/`;
}
