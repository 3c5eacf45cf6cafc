import type { LumaReader } from "../../ports/luma";
import { ONVIF_SCHEMA, type OnvifSettings } from "../../settings/onvif-schema";
import type { RTSP_SCHEMA } from "../../settings/rtsp-schema";
import type { ValuesOf } from "../../settings/schema";
import type { ExtraPart } from "../camera/camera";
import { ownMotionOf } from "../camera/own-motion";
import type { Part } from "../part";
import { CameraDevice } from "./camera-device";
import { OnvifPart } from "./onvif-part";

/** What ONVIF needs of a host. */
export interface OnvifSupply {
	/** Reads the brightness of pictures, in which motion is looked for while a client waits for it. */
	readonly luma: LumaReader;
	/** How many pictures a second the camera makes at most. */
	readonly fps: number;
}

/** The port of the stream server, which only some hosts have. */
type RtspPort = Pick<ValuesOf<typeof RTSP_SCHEMA>, "rtspPort">;

/** ONVIF switched off. */
const NOTHING: Part = Object.freeze({});

/** ONVIF for a camera, for hosts with room for it. */
export function onvif({ luma, fps }: OnvifSupply): ExtraPart<OnvifSettings & Partial<RtspPort>> {
	return {
		settings: ONVIF_SCHEMA,
		make: (camera) => {
			const { onvif: isOn, rtspPort = 0 } = camera.settings;
			if (!isOn) return NOTHING;
			const device = new CameraDevice(camera, fps, rtspPort);
			return new OnvifPart(camera, device, ownMotionOf(camera, luma));
		},
	};
}
