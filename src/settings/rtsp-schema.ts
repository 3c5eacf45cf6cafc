import { schema } from "./schema";
import { integer, onOff, text } from "./setting";

/** Settings of the stream server. */
export const RTSP_SCHEMA = schema("Stream server (RTSP)", {
	rtspPort: integer({
		min: 0,
		max: 65535,
		default: 8554,
		placeholder: "PORT",
		editable: true,
		restart: true,
		help: "port on which video players and recorders get the pictures by RTSP, and by RTSPS with a certificate; 0: none",
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
		help: "on: ask the Internet gateway for a port for RTSP too; video players on the Internet then need RTP over TCP",
	}),
	streamFolder: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder with video files that are played as rtsp://…/files/NAME: JPEG pictures one after another (.mjpeg) and H.264 (.h264)",
	}),
	addressTable: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the address management table, where streams leave by another interface than control; docs/stream-server.md describes it",
	}),
});
