import { schema } from "./schema";
import { integer, onOff } from "./setting";

/** Title of the stream server's settings. */
export const RTSP_TITLE = "Stream server (RTSP)";

/** The settings that every stream server has. */
export const RTSP_SERVER_SETTINGS = {
	rtspPort: integer({
		min: 0,
		max: 65535,
		default: 8554,
		placeholder: "PORT",
		editable: true,
		restart: true,
		help: "port on which video players and recorders at home get the pictures by RTSP, and by RTSPS with a certificate; 0: no RTSP at all",
	}),
	rtspConnections: integer({
		min: 1,
		max: 10000,
		default: 100,
		help: "maximum number of RTSP connections and sessions at a time",
	}),
	rtspConnectionsPerAddress: integer({
		min: 1,
		max: 10000,
		default: 20,
		help: "maximum number of RTSP connections and sessions at a time from one address",
	}),
	rtspMapped: onOff({
		default: false,
		editable: true,
		restart: true,
		help: "on: ask the Internet gateway for a port for RTSP alone; off: players on the Internet use the port of the pages, which takes RTSP too",
	}),
} as const;

/** Settings of a stream server without files: on boards, and in the simulator. */
export const RTSP_SERVER_SCHEMA = schema(RTSP_TITLE, RTSP_SERVER_SETTINGS);
