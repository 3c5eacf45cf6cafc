import { ARCHIVE_SCHEMA } from "../../src/settings/archive-schema";
import { CAMERA_COMMAND_SCHEMA, NAS_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { FPS } from "../../src/settings/cli/host-schema";
import { MQTT_SCHEMA } from "../../src/settings/mqtt-schema";
import { RTSP_SCHEMA } from "../../src/settings/rtsp-schema";
import { RTSP_SOURCE_SCHEMA } from "../../src/settings/rtsp-source-schema";
import { mergeSchemas, schema } from "../../src/settings/schema";
import { onOff, text } from "../../src/settings/setting";

/** Settings of the video source on Node.js. */
export const NODE_VIDEO_SCHEMA = schema("Video source", {
	source: text({
		placeholder: "SOURCE",
		default: "synthetic",
		expected: "synthetic, a device, a file, a folder of JPEG files, or a URL",
		help: "where the video comes from: synthetic, a JPEG or MJPEG file, a folder of JPEG files, rtsp://user:password@camera/path, or anything ffmpeg opens: /dev/video0, http://…, a video file",
	}),
	fps: FPS,
	h264: onOff({
		default: false,
		help: "also make H.264 of the frames with ffmpeg while an RTSP client plays it; not needed for sources that have H.264",
	}),
});

/** Settings of `porthole camera` on Node.js. */
export const NODE_CAMERA_SCHEMA = mergeSchemas(
	NODE_VIDEO_SCHEMA,
	RTSP_SOURCE_SCHEMA,
	CAMERA_COMMAND_SCHEMA,
	RTSP_SCHEMA,
);

/** Settings of `porthole nas` on Node.js. */
export const NODE_NAS_SCHEMA = mergeSchemas(NAS_COMMAND_SCHEMA, RTSP_SOURCE_SCHEMA, ARCHIVE_SCHEMA, MQTT_SCHEMA);
