import type { PanTilt } from "../../camera/pan-tilt";
import type { Fleet } from "../../fleet/fleet";
import type { GatewayEvent } from "../../gateway/gateway-events";
import { NO_SERVICE_ADVERTISER } from "../../ports/service-advertiser";
import { CAMERA_SCHEMA, type CameraSettings } from "../../settings/camera-schema";
import { mergeSchemas, type Schema } from "../../settings/schema";
import { AccessPart } from "../access/access-part";
import { AdvertisementPart } from "../discovery/advertisement-part";
import { SsdpPart } from "../discovery/ssdp-part";
import { FleetPart } from "../fleet/fleet-part";
import { keyringOf, makeFleet } from "../fleet/make-fleet";
import { GatewayPart } from "../gateway/gateway-part";
import { MaintenancePart } from "../maintenance/maintenance-part";
import { Node } from "../node";
import type { Part } from "../part";
import { PortalPart } from "../portal/portal-part";
import { Site } from "../site";
import { SystemPart } from "../system/system-part";
import type { CameraHost } from "./camera-host";
import { CameraPagePart } from "./camera-page-part";
import { MotionPart } from "./motion-part";
import { VideoPart } from "./video-part";

/** One more part of a camera: what only some hosts have, or what a test adds. */
export interface ExtraPart {
	/** The settings of the part; a host reads them with {@link cameraSchema}. */
	readonly settings?: Schema;
	/** Makes the part; the camera's settings have the part's among them. */
	make(camera: Camera): Part;
}

/** The settings of a camera with these parts besides those of every camera. */
export function cameraSchema(extras: readonly ExtraPart[]): Schema<CameraSettings> {
	let all: Schema<CameraSettings> = CAMERA_SCHEMA;
	for (const { settings } of extras) if (settings !== undefined) all = mergeSchemas(all, settings);
	return all;
}

/**
 * A camera: finds the gateway and the other cameras, serves pages and pictures, leaves in order (IMG-1 … IMG-20).
 *
 * Which camera is the representative depends on the cameras' choice and the gateway, not on the program (IMG-8).
 */
export class Camera extends Node<CameraSettings> {
	/** All settings of this camera. */
	readonly schema: Schema<CameraSettings>;
	readonly fleet: Fleet;
	readonly access: AccessPart;
	readonly gateway: GatewayPart;
	readonly site: Site;
	readonly fleetPart: FleetPart;
	readonly video: VideoPart;
	readonly motion: MotionPart;

	/** @param extras parts that this host has besides those of every camera; their settings are in `settings` too */
	constructor(
		override readonly host: CameraHost,
		settings: CameraSettings,
		extras: readonly ExtraPart[] = [],
	) {
		super(host, settings);
		this.schema = cameraSchema(extras);
		const { switch: pin, floating, source, services = NO_SERVICE_ADVERTISER, extra: markup = "" } = host;
		this.fleet = makeFleet(this);
		this.access = new AccessPart(this, keyringOf(this.fleet));
		const { credentials, gate } = this.access;
		const site = new Site(this, gate, credentials);
		const gateway = new GatewayPart(this, gate, pin);
		const fleet = new FleetPart(this, this.fleet, gateway, credentials, floating, site);
		const video = new VideoPart(this, source, fleet);
		const motion = new MotionPart(this, host.motion);
		const page = new CameraPagePart(this, site, { named: fleet, gateway, video, motion, extra: markup });
		const portal = new PortalPart(this, site, fleet, credentials, gateway, page);
		const ssdp = new SsdpPart(this, gateway, gate, fleet);
		const advertisement = new AdvertisementPart(this, services, fleet);
		const maintenance = new MaintenancePart(this, this.schema, site, fleet, gateway, credentials);
		const system = new SystemPart(this, site);
		this.site = site;
		this.gateway = gateway;
		this.fleetPart = fleet;
		this.video = video;
		this.motion = motion;

		gateway.listen(new MappedPort(site));
		credentials.listen(site);
		site.portal = portal;
		// The order is that of the navigation, and that in which parts start and leave: the gateway gives its ports back
		// before the fleet hears a bye, and pages are served until then.
		this.parts.push(
			portal,
			page,
			motion,
			gateway,
			maintenance,
			fleet,
			ssdp,
			this.access,
			video,
			site,
			advertisement,
			system,
		);
		for (const extra of extras) this.parts.push(extra.make(this));
		for (const part of this.parts) site.serve(part);
	}

	/** Turns the camera. */
	get panTilt(): PanTilt {
		return this.motion.panTilt;
	}

	override start(): void {
		this.host.log.write("info", "camera", `${this.identity.id} started; pictures: ${this.host.source.description}`);
		super.start();
	}
}

/** In the layout `same` the device is reached from the Internet at another port than inside, while it holds one (IMG-6). */
class MappedPort {
	/** The port that is open beside that inside the LAN; 0 for none. */
	private port = 0;

	constructor(private readonly site: Site) {}

	onGateway(event: GatewayEvent): void {
		if (event.type === "mapped") this.follow(event.internalPort);
		else if (event.type === "lost") this.follow(0);
	}

	private follow(port: number): void {
		const { site, port: before } = this;
		this.port = port === site.node.settings.httpPort ? 0 : port;
		if (before === this.port) return;
		if (before !== 0) site.close(before);
		if (this.port !== 0) site.open(port);
	}
}
