import { DIAGNOSIS_WORDS } from "../gateway/diagnosis";
import type { CameraView } from "../web/camera-page";
import type { Audience } from "../web/page-store";
import type { Notice, PortalCamera, PortalView } from "../web/portal-page";
import type { Camera } from "./camera";

/** Gathers what the portal shows to a visitor (IMG-14). */
export function portalView(camera: Camera, visitor: string): PortalView {
	const { fleet } = camera;
	const { self } = fleet;
	const own: PortalCamera = {
		id: camera.identity.id,
		name: self.name || "this camera",
		lanUrl: url(camera.lanAddress(visitor), self.httpPort),
		internetUrl: url(camera.externalHost, self.externalPort),
		representative: self.representative,
		self: true,
	};
	const others = fleet.registry.sorted().map((member) => ({
		id: member.id,
		name: member.name || member.address,
		lanUrl: url(member.address, member.httpPort),
		internetUrl: url(camera.settings.hostName || member.externalHost || camera.externalHost, member.externalPort),
		representative: member.representative,
		self: false,
	}));
	return { cameras: [own, ...others], notices: notices(camera) };
}

/** Gathers what the camera's own page shows. */
export function cameraView(camera: Camera, audience: Audience): CameraView {
	const { fleet, host } = camera;
	const { self } = fleet;
	const status = camera.gateway.status();
	const representative = self.representative ? undefined : fleet.registry.representative();
	const portal =
		representative === undefined
			? ""
			: audience === "lan"
				? url(representative.address, representative.httpPort)
				: url(
						camera.settings.hostName || representative.externalHost || camera.externalHost,
						representative.externalPort,
					);
	const outside = url(camera.externalHost, self.externalPort);
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
			["In the home network", url(camera.lanAddress(), self.httpPort) || "no address"],
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
export function statusJson(camera: Camera): string {
	const { fleet, web } = camera;
	const { self } = fleet;
	return JSON.stringify({
		id: camera.identity.id,
		name: self.name,
		model: camera.host.model,
		representative: self.representative,
		mapping: camera.isMapping,
		externalUrl: url(camera.externalHost, self.externalPort),
		lanUrl: url(camera.lanAddress(), self.httpPort),
		gateway: camera.gateway.status(),
		hostNames: camera.reach.hostNames,
		dynamicDns: camera.reach.dynamicDns.view,
		notices: notices(camera),
		source: { description: camera.host.source.description, trouble: web.trouble ?? null },
		motion: { pan: camera.host.motion.pan, tilt: camera.host.motion.tilt },
		frames: { taken: web.hub.frames, delivered: web.hub.delivered, missed: web.hub.dropped, viewers: web.hub.watching },
		http: { ...web.server.counters, connections: web.server.connections },
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
	});
}

function notices(camera: Camera): Notice[] {
	const list: Notice[] = camera.isMapping
		? camera.gateway.status().diagnoses.map((diagnosis) => ({ ...DIAGNOSIS_WORDS[diagnosis] }))
		: [];
	const { state, words, remedy } = camera.reach.dynamicDns.view;
	if (state === "stopped" || state === "retrying") list.push({ words, remedy });
	const { trouble } = camera.web;
	if (trouble !== undefined) list.push({ words: "This camera gives no pictures.", remedy: trouble });
	return list;
}

function url(host: string, port: number): string {
	return host === "" || port === 0 ? "" : `http://${host}${port === 80 ? "" : `:${port}`}/`;
}
