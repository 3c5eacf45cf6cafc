import { RTSP_SERVER_SETTINGS, RTSP_TITLE } from "./rtsp-server-schema";
import { schema } from "./schema";
import { text } from "./setting";

/** Settings of the stream server of a computer, which has files. */
export const RTSP_SCHEMA = schema(RTSP_TITLE, {
	...RTSP_SERVER_SETTINGS,
	streamFolder: text({
		placeholder: "FOLDER",
		expected: "the path of a folder",
		help: "folder with video files that are played as rtsp://…/files/NAME: JPEG pictures one after another (.mjpeg), H.264 (.h264), and Matroska with either (.mkv)",
	}),
	addressTable: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the address management table, where streams leave by another interface than control; docs/stream-server.md describes it",
	}),
});
