import { playScene } from "./play-scene";

// A camera without a stream server.
playScene({ parts: [], settings: {}, play: () => [] });
