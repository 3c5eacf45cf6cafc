import { isSessionOf } from "../../access/role";
import { uuidOf } from "../../base/uuid";
import type { DatagramOutbox } from "../../core/datagram";
import type { Path } from "../../core/path";
import type { DatagramHandle, Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { DEVICE_PATH, EVENTS_PATH, MEDIA_PATH, PTZ_PATH } from "../../onvif/device-service";
import { DISCOVERY_GROUP, DISCOVERY_PORT, Discovery, type DiscoveryHost } from "../../onvif/discovery";
import { SUBSCRIPTION_PATH } from "../../onvif/event-service";
import { type PullPointOwner, PullPoints } from "../../onvif/pull-points";
import { scopesOf } from "../../onvif/scopes";
import type { UdpOptions } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { ApiAnswer, ApiOperation } from "../../web/api";
import { hostOf } from "../../web/browser-request";
import { ONVIF_MESSAGES } from "../../web/onvif-messages";
import { onvifPage } from "../../web/onvif-page";
import type { ProgramAddress, ProgramHosts, Recipe } from "../../web/program-address";
import type { Camera } from "../camera/camera";
import type { MotionListener, OwnMotion } from "../camera/own-motion";
import { get, type Metric, type NavigationLink, type Part, post, type Route, type SiteRequest } from "../part";
import { UdpBinding } from "../udp-binding";
import { urlOf } from "../url-of";
import type { CameraDevice } from "./camera-device";
import { OnvifAccount } from "./onvif-account";
import { OnvifLogin } from "./onvif-login";
import { OnvifServer } from "./onvif-server";

/** The largest request. */
const BODY_MAX = 16384;

const PATHS = Object.freeze([DEVICE_PATH, MEDIA_PATH, PTZ_PATH, EVENTS_PATH, `${SUBSCRIPTION_PATH}{id}`]);

const ROUTES: readonly Route<OnvifPart>[] = Object.freeze([
	get("/onvif", (part: OnvifPart, request, reply) => part.show(request, reply), "owner"),
	...PATHS.map((path) =>
		Object.freeze({
			...post(path, (part: OnvifPart, request, reply) => part.server.handle(request, reply), "anyone"),
			body: BODY_MAX,
		}),
	),
]);

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/onvif", label: ONVIF_MESSAGES.nav, need: "owner" as const, isRare: true }),
]);

const OPERATIONS: readonly ApiOperation<OnvifPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/onvif",
		need: "owner",
		about: "What an ONVIF client is to be given: the URL of the device service, user and password.",
		run: (part: OnvifPart, _form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer => ({
			body: part.describe(request),
		}),
	}),
]);

/** What a client is told to use the camera by ONVIF. */
interface OnvifAccess {
	/** Of the device service. */
	readonly url: string;
	readonly user: string;
	readonly password: string;
	/** How many clients wait for motion. */
	readonly subscriptions: number;
}

/** Lets recorders and home automation in the LAN find the camera and use it by ONVIF: discovery, services, events of motion. */
export class OnvifPart implements Part, DiscoveryHost, PullPointOwner, MotionListener {
	readonly routes = ROUTES;
	readonly navigation = NAVIGATION;
	readonly operations = OPERATIONS;
	readonly account: OnvifAccount;
	readonly server: OnvifServer;
	private readonly points: Handle<PullPoints, undefined>;
	/** @see DiscoveryHost */
	readonly endpoint: string;
	private readonly udp: UdpBinding;
	private readonly discovery: DatagramHandle<Discovery, DatagramOutbox>;

	/**
	 * @param device the camera as the services describe it
	 * @param motion finds motion while there are subscriptions
	 */
	constructor(
		private readonly camera: Camera,
		readonly device: CameraDevice,
		private readonly motion: OwnMotion,
	) {
		const { access, host, identity, pump, settings } = camera;
		this.account = new OnvifAccount(access.credentials, settings.digestMd5);
		access.authenticator.programAccount = this.account;
		const login = new OnvifLogin(access.authenticator, this.account);
		this.points = pump.add(new PullPoints(this), undefined);
		this.server = new OnvifServer(camera, device, this.account, login, this.points);
		// A client whose login has ended gets no more events.
		access.credentials.listen({
			sessionsEnded: () => this.points.call((points) => points.endAll()),
			sessionEnded: (ended) => this.points.call((points) => points.endOf((session) => isSessionOf(session, ended))),
		});
		this.endpoint = `urn:uuid:${uuidOf(identity.id)}`;
		this.udp = new UdpBinding(host.network, pump, host.log, "onvif", discoverySocket, this);
		this.discovery = pump.addDatagram(new Discovery(this), this.udp);
	}

	/** @see Part */
	pathsChanged(paths: readonly Path[]): void {
		this.udp.setPaths(paths);
		this.discovery.call((discovery, _now, out) => discovery.start(paths, out));
	}

	/** @see Part */
	leave(done: () => void): void {
		this.points.call((points) => points.endAll());
		this.discovery.call((discovery, _now, out) => discovery.leave(out));
		done();
	}

	/** @see Part */
	stop(): void {
		this.udp.close();
	}

	/** Takes a datagram of the socket. */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		this.discovery.receive(path, address, port, bytes);
	}

	/** Answers with the page. */
	show(request: SiteRequest, reply: HttpReply): void {
		const { site, video } = this.camera;
		const { url, user, password, subscriptions } = this.describe(request);
		const host = this.lanHost(request);
		onvifPage({
			visitor: site.visitor(request),
			host,
			port: this.device.httpPort,
			url,
			user,
			password,
			hasH264: video.source.h264 !== undefined,
			hasRtsp: this.device.rtspPort !== 0,
			subscriptions,
		}).replyWith(reply, 200, NO_STORE);
	}

	/** What a client needs to use the camera. */
	describe(request: SiteRequest): OnvifAccess {
		const { account, points } = this;
		return {
			url: this.urlAt(this.lanHost(request)),
			user: account.user,
			password: account.password,
			subscriptions: points.machine.size,
		};
	}

	/** @see Part */
	programAddresses(hosts: ProgramHosts): readonly ProgramAddress[] {
		const lan = this.urlAt(hosts.lan);
		return lan === "" ? [] : [{ kind: "onvif", lan, internet: "", takesLink: false }];
	}

	/** @see Part */
	recipes(addresses: readonly ProgramAddress[]): readonly Recipe[] {
		const { recipe, where, host, port, user } = ONVIF_MESSAGES;
		const { httpPort } = this.device;
		const address = this.camera.addresses.lanAddress();
		if (address === "" || !addresses.some(({ kind }) => kind === "onvif")) return [];
		const texts = [
			{ label: host, text: address },
			{ label: port, text: `${httpPort}` },
			{ label: user, text: this.account.user },
		];
		return [{ title: recipe, about: where, texts }];
	}

	/** @see Part */
	status(): Record<string, unknown> {
		return {
			onvif: { ...this.server.counters, subscriptions: this.points.machine.size, ...this.discovery.machine.counters },
		};
	}

	/** @see Part */
	metrics(): readonly Metric[] {
		const { requests, refused, unsupported } = this.server.counters;
		const { malformed, ignored } = this.discovery.machine.counters;
		return [
			["onvif_requests_total", "counter", "ONVIF requests", requests],
			["onvif_refused_total", "counter", "ONVIF requests without a right login", refused],
			["onvif_unsupported_total", "counter", "ONVIF requests for operations that are not there", unsupported],
			["onvif_subscriptions", "gauge", "ONVIF clients that wait for motion", this.points.machine.size],
			["onvif_discovery_malformed_total", "counter", "Datagrams at the discovery port that were malformed", malformed],
			["onvif_discovery_ignored_total", "counter", "Searches that were not answered, as there were too many", ignored],
		];
	}

	/** @see DiscoveryHost */
	get random(): Random {
		return this.camera.host.random;
	}

	/** @see DiscoveryHost */
	get boot(): number {
		return this.camera.identity.boot;
	}

	/** @see DiscoveryHost */
	get scopes(): readonly string[] {
		return scopesOf(this.device);
	}

	/** @see DiscoveryHost */
	xaddr({ address }: Path): string {
		return this.urlAt(address);
	}

	/** @see DiscoveryHost */
	isNeighbour(address: string): boolean {
		return this.camera.addresses.isNeighbour(address);
	}

	/** @see PullPointOwner */
	wanted(isWanted: boolean): void {
		if (isWanted) this.motion.listen(this);
		else this.motion.unlisten(this);
	}

	/** @see MotionListener */
	motionChanged(isMoving: boolean, utc: Millis): void {
		this.points.call((points) => points.moved(isMoving, utc));
	}

	/** The host for programs in the LAN: as the owner came by it, or the address. */
	private lanHost(request: SiteRequest): string {
		const { addresses } = this.camera;
		const host = hostOf(request);
		const isOwn = addresses.paths.some(({ address }) => address === host);
		return isOwn ? host : addresses.lanAddress(request.remoteAddress) || host;
	}

	private urlAt(host: string): string {
		const { httpPort, isSecure } = this.device;
		const base = urlOf(host, httpPort, isSecure);
		return base === "" ? "" : `${base.slice(0, -1)}${DEVICE_PATH}`;
	}
}

/** The socket on the port of WS-Discovery, which programs share. */
function discoverySocket(path: Path): UdpOptions {
	return { port: DISCOVERY_PORT, reuse: true, path, groups: [DISCOVERY_GROUP] };
}
