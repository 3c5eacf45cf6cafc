import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../src/app/stream/small-rtsp";
import { runBoard } from "./run-board";

/** Runs one camera, with a stream server, on a board with enough memory and flash: one with `"streams": true` in its manifest. */
export default function main(): void {
	runBoard([SMALL_RTSP_SERVER], SMALL_RTSP_DEFAULTS);
}
