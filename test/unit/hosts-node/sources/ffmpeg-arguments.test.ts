import assert from "node:assert/strict";
import {
	maskCredentials,
	probeArguments,
	runArguments,
	scaleOf,
} from "../../../../hosts/node/sources/ffmpeg-arguments";

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
		for (const list of [runArguments({ kind: "url", name }, false, 15, 80), probeArguments({ kind: "url", name })]) {
			assert.equal(list.filter((argument) => argument === name).length, 1);
		}
	});

	it("scales pictures by the quality that is asked for, and not those that are copied", () => {
		const scales = [1, 20, 50, 80, 90, 95, 100].map(scaleOf);
		assert.deepEqual(scales, [31, 31, 13, 5, 3, 2, 2]);
		for (let quality = 2; quality <= 100; quality++) assert.ok(scaleOf(quality) <= scaleOf(quality - 1));
		const input = { kind: "file", name: "/film.mp4" } as const;
		assert.match(runArguments(input, false, 15, 50).join(" "), / -q:v 13 /);
		assert.ok(!runArguments(input, true, 15, 50).includes("-q:v"));
	});

	it("plays files in a loop at their own pace, and nothing else", () => {
		const file = runArguments({ kind: "file", name: "/film.mp4" }, false, 15, 80).join(" ");
		assert.match(file, /-stream_loop -1 -re -i \/film\.mp4/);
		for (const kind of ["url", "device"] as const) {
			assert.ok(!runArguments({ kind, name: "x" }, false, 15, 80).includes("-stream_loop"));
		}
	});

	it("asks a device for Motion JPEG only when it is to be copied", () => {
		assert.ok(
			runArguments({ kind: "device", name: "/dev/video0" }, true, 15, 80).join(" ").includes("-input_format mjpeg"),
		);
		assert.ok(!runArguments({ kind: "device", name: "/dev/video0" }, false, 15, 80).includes("-input_format"));
	});

	it("opens a device at the size that is asked for, and scales other pictures down into it", () => {
		const look = { resolution: { width: 640, height: 480 }, brightness: -50, flip: "both" as const };
		const device = runArguments({ kind: "device", name: "/dev/video0" }, false, 15, 80, look).join(" ");
		assert.match(device, / -video_size 640x480 -i \/dev\/video0 .* -vf hflip,vflip,eq=brightness=-0\.250 /);
		assert.doesNotMatch(device, /scale=/);
		const url = runArguments({ kind: "url", name: "x" }, false, 15, 80, look).join(" ");
		assert.match(
			url,
			/ -vf scale=min\(iw\\,640\):min\(ih\\,480\):force_original_aspect_ratio=decrease\S*,hflip,vflip,/,
		);
		assert.doesNotMatch(url, /video_size/);
		const copied = runArguments({ kind: "device", name: "/dev/video0" }, true, 15, 80, {
			...look,
			flip: "none",
			brightness: 0,
		});
		assert.ok(copied.includes("-video_size") && copied.includes("copy") && !copied.includes("-vf"));
		assert.ok(!runArguments({ kind: "url", name: "x" }, false, 15, 80).includes("-vf"));
	});
});
