import { WORDS } from "../base/words";
import type { Member } from "../fleet/member";
import { SILENT } from "../fleet/registry";
import { DIAGNOSIS_WORDS, isSerious } from "../gateway/diagnosis";
import type { CameraView } from "../web/camera-page";
import type { Notice } from "../web/notices";
import type { Visitor } from "../web/page-header";
import type { Audience } from "../web/page-store";
import type { Health, PortalCamera, PortalView } from "../web/portal-page";
import type { SettingsPageView } from "../web/settings-page";
import type { Camera } from "./camera";

/**
 * Gathers what the portal shows to a visitor (IMG-14).
 * @param address where he comes from
 */
export function portalView(camera: Camera, address: string, visitor: Visitor): PortalView {
	const { fleet } = camera;
	const { self } = fleet;
	const list = notices(camera);
	const internetUrl = url(camera.externalHost, self.externalPort);
	const own: PortalCamera = {
		id: camera.identity.id,
		name: self.name || WORDS.portal.self,
		lanUrl: url(camera.lanAddress(address), self.httpPort),
		internetUrl,
		representative: self.representative,
		self: true,
		pass: "",
		health:
			camera.web.trouble !== undefined
				? "no-pictures"
				: camera.isMapping && (internetUrl === "" || list.some((notice) => notice.serious === true))
					? "unreachable"
					: "ok",
	};
	const others = fleet.registry.sorted().map((member) => ({
		id: member.id,
		name: member.name || member.address,
		lanUrl: url(member.address, member.httpPort),
		internetUrl: url(camera.settings.hostName || member.externalHost || camera.externalHost, member.externalPort),
		representative: member.representative,
		self: false,
		pass: "",
		health: healthOf(member),
	}));
	return { visitor, cameras: [own, ...others], notices: list };
}

/** Gathers what the camera's own page shows. */
export function cameraView(camera: Camera, audience: Audience, visitor: Visitor): CameraView {
	const { fleet, host } = camera;
	const { self } = fleet;
	const status = camera.gateway.status();
	const words = WORDS.facts;
	return {
		visitor,
		id: camera.identity.id,
		name: self.name || words.name,
		portalUrl: portalUrl(camera, audience),
		drive: host.motion.panLimit > 0 || host.motion.tiltLimit > 0 ? { presets: [], patrol: false } : undefined,
		quality: undefined,
		notices: notices(camera),
		facts: [
			[words.internet, url(camera.externalHost, self.externalPort) || words.unreachable],
			[words.lan, url(camera.lanAddress(), self.httpPort) || words.noAddress],
			[words.role, self.representative ? words.representative : words.managed],
			[words.fleet, fleet.sealed ? words.sealed : words.open],
			[words.router, status.name || (status.by === "" ? words.noRouter : words.routerBy(status.by))],
			[words.pictures, host.source.description],
			[words.identity, camera.identity.id],
		],
		extra: host.extra ?? "",
	};
}

/** Kinds of host that say how they are updated; all others are boards. */
const KINDS: Readonly<Record<string, string>> = Object.freeze({
	node: "node",
	linux: "linux",
	street: "other",
	simulator: "other",
});

/** Gathers what the page of settings shows. */
export function settingsView(camera: Camera, audience: Audience, visitor: Visitor): SettingsPageView {
	const { host, settings } = camera;
	const utc = host.clock.utc();
	return {
		visitor,
		id: camera.identity.id,
		name: camera.fleet.self.name || WORDS.facts.name,
		portalUrl: portalUrl(camera, audience),
		mapping: camera.mapping,
		values: { "http-port": `${settings.httpPort}` },
		pending: false,
		date: utc === undefined ? "" : new Date(utc).toUTCString(),
		version: "",
		kind: KINDS[host.model] ?? "esp32",
		canRestart: false,
	};
}

/** Where all cameras are listed: at the representative; every camera has the portal too, for the time without one. */
function portalUrl(camera: Camera, audience: Audience): string {
	const { fleet } = camera;
	const representative = fleet.self.representative ? undefined : fleet.registry.representative();
	if (representative === undefined) return "/portal";
	const there =
		audience === "lan"
			? url(representative.address, representative.httpPort)
			: url(
					camera.settings.hostName || representative.externalHost || camera.externalHost,
					representative.externalPort,
				);
	return there || "/portal";
}

function healthOf(member: Member): Health {
	if (member.missed >= SILENT) return "silent";
	return member.externalPort === 0 || member.inTable === false ? "unreachable" : "ok";
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
		? camera.gateway.status().diagnoses.map((diagnosis) => ({
				...DIAGNOSIS_WORDS[diagnosis],
				serious: isSerious(diagnosis),
			}))
		: [];
	const { trouble } = camera.web;
	if (trouble !== undefined) list.push({ words: WORDS.notices.noPictures, remedy: trouble });
	return list;
}

function url(host: string, port: number): string {
	return host === "" || port === 0 ? "" : `http://${host}${port === 80 ? "" : `:${port}`}/`;
}
