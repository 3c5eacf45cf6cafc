import { FfmpegSource } from "../../../../hosts/node/sources/ffmpeg-source";

// The child of ffmpeg-source.test.ts: starts a source and waits to be killed.
const source = new FfmpegSource({ kind: "file", name: process.argv[2] }, 15);
source.start({ frame() {}, trouble() {} });
setInterval(() => {}, 1000);
