import { CAMERA_COMMAND_SCHEMA, NAS_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { FPS } from "../../src/settings/cli/host-schema";
import { MOTION_EVENTS_SCHEMA } from "../../src/settings/motion-events-schema";
import { ONVIF_SCHEMA } from "../../src/settings/onvif-schema";
import { PEER_SCHEMA } from "../../src/settings/peer-schema";
import { RTSP_SCHEMA } from "../../src/settings/rtsp-schema";
import { RTSP_SOURCE_SCHEMA } from "../../src/settings/rtsp-source-schema";
import { mergeSchemas, schema } from "../../src/settings/schema";
import { text } from "../../src/settings/setting";
import { DEVICE_SCHEMA } from "./devices/device-settings";

/** Settings of the video source on Linux boards. */
export const LINUX_VIDEO_SCHEMA = schema("Video source", {
	source: text({
		placeholder: "SOURCE",
		default: "camera",
		expected: "camera, camera:NAME, /dev/video0, a JPEG or MJPEG file, a folder of JPEG files, or a URL",
		help: "where the video comes from: camera (any), camera:PART OF ITS NAME, /dev/video0, a JPEG or MJPEG file, a folder of JPEG files, rtsp://user:password@camera/path (JPEG, or H.264 for RTSP viewers), http://user:password@camera/path (Motion JPEG)",
	}),
	fps: FPS,
});

/** Settings of `porthole-linux camera`. */
export const LINUX_CAMERA_SCHEMA = mergeSchemas(
	LINUX_VIDEO_SCHEMA,
	RTSP_SOURCE_SCHEMA,
	DEVICE_SCHEMA,
	CAMERA_COMMAND_SCHEMA,
	RTSP_SCHEMA,
	ONVIF_SCHEMA,
	MOTION_EVENTS_SCHEMA,
	PEER_SCHEMA,
);

/** Settings of `porthole-linux nas`. */
export const LINUX_NAS_SCHEMA = mergeSchemas(NAS_COMMAND_SCHEMA, RTSP_SOURCE_SCHEMA, PEER_SCHEMA);
