import type { Admission } from "../access/role";
import { VERSION } from "../base/version";
import { type Member, SILENT } from "../fleet/member";
import { isSerious } from "../gateway/diagnosis";
import type { HttpRequest as AnyRequest } from "../http/http-request";
import type { CameraView } from "../web/camera-page";
import { DIAGNOSIS_MESSAGES, MESSAGES } from "../web/messages";
import type { Notice } from "../web/notices";
import type { Visitor } from "../web/page-header";
import type { Audience } from "../web/page-store";
import { type Health, type PortalCamera, type PortalView, portalJson } from "../web/portal-page";
import type { SettingsPageView } from "../web/settings-page";
import type { Camera } from "./camera";

type HttpRequest = AnyRequest<Admission>;

/** Where a visitor comes from: links lead through the LAN, or through the Internet gateway. */
export function audienceOf(camera: Camera, request: HttpRequest): Audience {
	return camera.addresses.isNear(request.remoteAddress) ? "lan" : "internet";
}

/** Who a visitor is, as far as pages differ. */
export function visitorOf(request: HttpRequest): Visitor {
	return { owner: request.visitor?.role === "owner", session: request.visitor?.proof === "session" };
}

/** Gathers what the portal shows to a visitor (IMG-14); its links let him in at the other cameras too. */
export function portalView(camera: Camera, request: HttpRequest): PortalView {
	const { fleet, addresses } = camera;
	const { self } = fleet;
	const list = notices(camera);
	const own: PortalCamera = {
		id: camera.identity.id,
		name: self.name || MESSAGES.portal.self,
		lanUrl: urlOf(addresses.lanAddress(request.remoteAddress), self.httpPort, self.secure),
		internetUrl: urlOf(addresses.externalHost, self.externalPort, self.secure),
		representative: self.representative,
		self: true,
		pass: "",
		health: healthOfSelf(camera, list),
	};
	const others = fleet.registry.sorted().map((member) => ({
		id: member.id,
		name: member.name || member.address,
		lanUrl: urlOf(member.address, member.httpPort, member.secure),
		internetUrl: urlOf(outsideOf(camera, member), member.externalPort, member.secure),
		representative: member.representative,
		self: false,
		pass: passTo(camera, request, member),
		health: healthOf(member),
	}));
	return { visitor: visitorOf(request), cameras: [own, ...others], notices: list };
}

/** What is known of all cameras, for programs and for a portal that is open. */
export function camerasJson(camera: Camera, request: HttpRequest): unknown {
	return portalJson(portalView(camera, request), audienceOf(camera, request));
}

/** Gathers what the camera's own page shows. */
export function cameraView(camera: Camera, request: HttpRequest): CameraView {
	const { fleet, host, addresses } = camera;
	const { self } = fleet;
	const status = camera.gateway.status();
	const words = MESSAGES.facts;
	const outside = urlOf(addresses.externalHost, self.externalPort, self.secure);
	return {
		visitor: visitorOf(request),
		id: camera.identity.id,
		name: self.name || words.name,
		portalUrl: portalUrl(camera, request),
		drive: driveOf(camera),
		quality: host.source.quality?.value,
		notices: notices(camera),
		facts: [
			[words.internet, outside || (camera.isMapping ? words.unreachable : words.lanOnly)],
			[words.lan, urlOf(addresses.lanAddress(), self.httpPort, self.secure) || words.noAddress],
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
	demo: "other",
	simulator: "other",
});

/** Gathers what the page of settings shows. */
export function settingsView(camera: Camera, request: HttpRequest): SettingsPageView {
	const { host, desk } = camera;
	const { now, changed } = desk.view;
	const utc = host.clock.utc();
	return {
		visitor: visitorOf(request),
		id: camera.identity.id,
		name: camera.fleet.self.name || MESSAGES.facts.name,
		portalUrl: portalUrl(camera, request),
		mapping: camera.mappingSwitch,
		pinOff: !host.switch.on,
		values: { ...now, ...changed },
		pinned: camera.credentials.pinned,
		pending: Object.keys(changed).some((name) => changed[name] !== now[name]),
		date: utc === undefined ? "" : new Date(utc).toUTCString(),
		canSetTime: host.setTime !== undefined,
		version: VERSION,
		kind: KINDS[host.model] ?? "esp32",
		canRestart: host.restart !== undefined,
	};
}

/** Where all cameras are listed: at the representative; every camera has the portal too, for the time without one. */
function portalUrl(camera: Camera, request: HttpRequest): string {
	const { fleet } = camera;
	const member = fleet.self.representative ? undefined : fleet.registry.representative();
	if (member === undefined) return "/portal";
	const there =
		audienceOf(camera, request) === "lan"
			? urlOf(member.address, member.httpPort, member.secure)
			: urlOf(outsideOf(camera, member), member.externalPort, member.secure);
	const pass = passTo(camera, request, member);
	return there === "" ? "/portal" : pass === "" ? there : `${there}?pass=${pass}`;
}

/** What lets a visitor in at another camera; empty: he has to log in there. */
function passTo({ credentials }: Camera, { visitor, now }: HttpRequest, member: Member): string {
	if (visitor === undefined) return "";
	return credentials.tickets.issue(visitor.role, member.id, credentials.moment(now), visitor.until);
}

function healthOfSelf(camera: Camera, list: readonly Notice[]): Health {
	if (camera.web.trouble !== undefined) return "no-pictures";
	if (!camera.isMapping) return "ok";
	const isReached = camera.addresses.externalHost !== "" && camera.fleet.self.externalPort !== 0;
	return isReached && !list.some((notice) => notice.serious === true) ? "ok" : "unreachable";
}

function healthOf(member: Member): Health {
	if (member.missed >= SILENT) return "silent";
	if (member.trouble) return "no-pictures";
	return member.externalPort === 0 || member.inTable === false ? "unreachable" : "ok";
}

/** What can be done to turn the camera; `undefined` where it can't be turned. */
function driveOf({ panTilt }: Camera): CameraView["drive"] {
	const { presets, patrol } = panTilt.state;
	return panTilt.canMove ? { presets: presets.map((preset) => preset.name), patrol: patrol.on } : undefined;
}

/** What is known of a camera, for programs. */
export function statusJson(camera: Camera): unknown {
	const { fleet, web, addresses } = camera;
	const { self } = fleet;
	return {
		id: camera.identity.id,
		boot: camera.identity.boot,
		name: self.name,
		model: camera.host.model,
		representative: self.representative,
		mapping: camera.isMapping,
		externalUrl: urlOf(addresses.externalHost, self.externalPort, self.secure),
		lanUrl: urlOf(addresses.lanAddress(), self.httpPort, self.secure),
		gateway: camera.gateway.status(),
		hostNames: camera.reach.hostNames,
		dynamicDns: camera.reach.dynamicDns.view,
		notices: notices(camera),
		source: {
			description: camera.host.source.description,
			quality: camera.host.source.quality?.value ?? null,
			trouble: web.trouble ?? null,
		},
		motion: camera.panTilt.state,
		frames: { taken: web.hub.frames, delivered: web.hub.delivered, missed: web.hub.dropped, viewers: web.hub.watching },
		http: { ...web.server.counters, ...web.access.counters, connections: web.server.connections },
		fleet: {
			sealed: fleet.sealed,
			strangeDatagrams: fleet.receiver.strange,
			refusedDatagrams: fleet.receiver.refused,
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
	return camera.settings.hostName || member.externalHost || camera.addresses.externalHost;
}

function notices(camera: Camera): Notice[] {
	const list: Notice[] = camera.isMapping
		? camera.gateway.status().diagnoses.map((diagnosis) => ({
				...DIAGNOSIS_MESSAGES[diagnosis],
				serious: isSerious(diagnosis),
			}))
		: [];
	const { state, words, remedy } = camera.reach.dynamicDns.view;
	if (state === "stopped" || state === "retrying") list.push({ message: words, remedy });
	const { trouble } = camera.web;
	if (trouble !== undefined) list.push({ message: MESSAGES.notices.noPictures, remedy: trouble });
	return list;
}

/** The address of pages; empty while the host or the port is not known. */
export function urlOf(host: string, port: number, secure: boolean): string {
	if (host === "" || port === 0) return "";
	return `${secure ? "https" : "http"}://${host}${port === (secure ? 443 : 80) ? "" : `:${port}`}/`;
}
