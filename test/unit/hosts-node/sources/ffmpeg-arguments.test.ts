import assert from "node:assert/strict";
import { maskCredentials, probeArguments, runArguments } from "../../../../hosts/node/sources/ffmpeg-arguments";

describe("hosts-node/sources/ffmpeg-arguments", () => {
	for (const [text, expected] of [
		["rtsp://admin:secret@192.168.1.9/stream", "rtsp://***@192.168.1.9/stream"],
		["rtsp://admin:se@cr@et@camera:554/1: Connection refused", "rtsp://***@camera:554/1: Connection refused"],
		["http://token@camera/", "http://***@camera/"],
		["http://camera/video?user=a&password=b&size=1", "http://camera/video?user=a&password=***&size=1"],
		["http://camera/?access_token=abc http://b/?x=1&PWD=z", "http://camera/?access_token=*** http://b/?x=1&PWD=***"],
		["rtsp://camera/path@2x", "rtsp://camera/path@2x"],
		["/dev/video0: No such file or directory", "/dev/video0: No such file or directory"],
	]) {
		it(`shows ${text.slice(0, 40)} as ${expected}`, () => assert.equal(maskCredentials(text), expected));
	}

	it("passes the input as one argument that no shell sees", () => {
		const name = "http://camera/; rm -rf / #";
		for (const list of [runArguments({ kind: "url", name }, false, 15), probeArguments({ kind: "url", name })]) {
			assert.equal(list.filter((argument) => argument === name).length, 1);
		}
	});

	it("plays files in a loop at their own pace, and nothing else", () => {
		const file = runArguments({ kind: "file", name: "/film.mp4" }, false, 15).join(" ");
		assert.match(file, /-stream_loop -1 -re -i \/film\.mp4/);
		for (const kind of ["url", "device"] as const) {
			assert.ok(!runArguments({ kind, name: "x" }, false, 15).includes("-stream_loop"));
		}
	});

	it("asks a device for Motion JPEG only when it is to be copied", () => {
		assert.ok(
			runArguments({ kind: "device", name: "/dev/video0" }, true, 15).join(" ").includes("-input_format mjpeg"),
		);
		assert.ok(!runArguments({ kind: "device", name: "/dev/video0" }, false, 15).includes("-input_format"));
	});
});
