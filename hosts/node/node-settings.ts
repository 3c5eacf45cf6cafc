import { ARCHIVE_SCHEMA } from "../../src/settings/archive-schema";
import { CAMERA_COMMAND_SCHEMA, NAS_COMMAND_SCHEMA, RENDEZVOUS_COMMAND_SCHEMA } from "../../src/settings/cli/commands";
import { FPS } from "../../src/settings/cli/host-schema";
import { MOTION_EVENTS_SCHEMA } from "../../src/settings/motion-events-schema";
import { MQTT_SCHEMA } from "../../src/settings/mqtt-schema";
import { ONVIF_SCHEMA } from "../../src/settings/onvif-schema";
import { PEER_SCHEMA } from "../../src/settings/peer-schema";
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
	ONVIF_SCHEMA,
	MOTION_EVENTS_SCHEMA,
	PEER_SCHEMA,
);

/** Settings of `porthole nas` on Node.js. */
export const NODE_NAS_SCHEMA = mergeSchemas(
	NAS_COMMAND_SCHEMA,
	RTSP_SOURCE_SCHEMA,
	ARCHIVE_SCHEMA,
	MQTT_SCHEMA,
	PEER_SCHEMA,
);

/** The setting of a store that several rendezvous servers share. */
export const NODE_STORE_SCHEMA = schema("Shared store", {
	store: text({
		placeholder: "URL",
		secret: true,
		check: (value) => value === "" || /^(redis|rediss|unix):\/\//.test(value),
		expected: "a URL such as redis://user:password@host:6379, rediss://… for TLS, or unix:///path",
		help: "Redis or Valkey server in which several instances keep their registered devices, so that each introduces viewers to those of all; empty: this one is alone",
	}),
	storeFile: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "a file that holds the URL of the store, and nothing else; in place of --store, which other users of this machine can see",
	}),
	instance: text({
		placeholder: "NAME",
		check: (value) => /^[a-z0-9-]{0,32}$/.test(value),
		expected: "1 to 32 of a-z, 0-9 and hyphen",
		help: "name of this instance among those that share the store; empty: a random one",
	}),
});

/** Settings of `porthole rendezvous` on Node.js. */
export const NODE_RENDEZVOUS_SCHEMA = mergeSchemas(RENDEZVOUS_COMMAND_SCHEMA, NODE_STORE_SCHEMA);
