import type { PanTilt } from "../../camera/pan-tilt";
import { CAMERA_SCHEMA, type CameraSettings } from "../../settings/camera-schema";
import { mergeSchemas, type Schema } from "../../settings/schema";
import type { UnitHub } from "../../stream/distribution/unit-hub";
import { Appliance } from "../appliance";
import type { Part } from "../part";
import type { CameraHost } from "./camera-host";
import { CameraPagePart } from "./camera-page-part";
import { MotionPart } from "./motion-part";
import type { OwnMotion } from "./own-motion";
import { VideoPart } from "./video-part";

/** A camera whose settings have those of a part among them. */
export type CameraWith<Own extends object> = Camera & { readonly settings: CameraSettings & Own };

/** One more part of a camera: what only some hosts have, or what a test adds. */
export interface ExtraPart<Own extends object = object> {
	/** The settings of the part; a host reads them with {@link cameraSchema}. */
	readonly settings?: Schema;
	/** Makes the part, or several that belong together. */
	make(camera: CameraWith<Own>): Part | readonly Part[];
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
export class Camera extends Appliance<CameraSettings> {
	/** All settings of this camera. */
	readonly schema: Schema<CameraSettings>;
	readonly video: VideoPart;
	readonly motion: MotionPart;
	readonly page: CameraPagePart;
	/** Its H.264 pictures, once somebody has asked for them. @see unitsOf */
	declare units?: UnitHub;
	/** What looks for motion, once somebody has asked for it. @see ownMotionOf */
	declare ownMotion?: OwnMotion;

	/** @param extras parts that this host has besides those of every camera; their settings are in `settings` too */
	constructor(
		override readonly host: CameraHost,
		settings: CameraSettings,
		extras: readonly ExtraPart[] = [],
	) {
		super(host, settings, host.switch, host.floating);
		this.schema = cameraSchema(extras);
		const { source, services, extra: markup = "" } = host;
		const { fleetPart: named, gateway, site } = this;
		const video = new VideoPart(this, source, named, host.thumbnailer);
		const motion = new MotionPart(this, host.motion);
		this.video = video;
		this.motion = motion;
		const page = new CameraPagePart(this, site, { named, gateway, video, motion, extra: markup });
		this.page = page;
		this.compose(this.schema, services, page, [motion], [video]);
		for (const extra of extras) this.parts = this.parts.concat(extra.make(this));
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
