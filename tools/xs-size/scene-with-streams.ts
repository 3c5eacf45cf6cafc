import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../src/app/stream/small-rtsp";
import { playScene } from "./play-scene";
import { playStreams } from "./play-streams";

// A camera of a board with streams.
playScene({ parts: [SMALL_RTSP_SERVER], settings: SMALL_RTSP_DEFAULTS, play: playStreams });
