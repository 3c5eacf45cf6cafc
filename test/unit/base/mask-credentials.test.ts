import assert from "node:assert/strict";
import { maskCredentials } from "../../../src/base/mask-credentials";
import { Prng } from "../../../src/base/prng";
import { assertLinearTime } from "../../support/linear-time";

const SECRET = "hUnt3r";

describe("base/mask-credentials", () => {
	for (const url of [
		"rtsp://admin:hUnt3r@192.168.1.9/stream",
		"rtsp://admin:hUnt3r/x@192.168.1.9/stream",
		"rtsp://admin:x/hUnt3r@192.168.1.9:554/stream",
		"rtsp://admin:x?hUnt3r#y@192.168.1.9:554/stream",
		"rtsp://admin:p@ss/hUnt3r@192.168.1.9:554/stream",
		"rtsp://admin:1/hUnt3r@192.168.1.9/",
		"rtsp://home/admin:hUnt3r@192.168.1.9/",
		"rtsp:/admin:hUnt3r@192.168.1.9/stream",
		"rtsp:admin:hUnt3r@192.168.1.9/stream",
		"admin:hUnt3r@192.168.1.9/stream",
		"http://hUnt3r@camera/",
		"http://camera/?pw=hUnt3r",
		"http://camera/?PW=hUnt3r&x=1",
		"http://camera/?p=hUnt3r",
		"http://camera/video?user=a&password=x/hUnt3r",
		"http://camera/video?loginuse=a&loginpas=hUnt3r",
		"http://camera/video?psw=hUnt3r;x=1",
		"http://camera/video?api_key=hUnt3r",
		"http://camera/video#token=hUnt3r",
		"rtsp://camera/user=admin_password=hUnt3r_channel=1_stream=0.sdp?real_stream",
		"rtsp://camera/user=admin&password=hUnt3r&channel=1&stream=0.sdp",
		"rtsp://camera:554/admin:hUnt3r/stream1",
		"rtsp://camera/user/hUnt3r/stream1",
		"rtsps://camera:7441/hUnt3rXy8fJ2k3lM0p?enableSrtp",
		"http://proxy/?url=rtsp%3A%2F%2Fadmin%3AhUnt3r%40camera",
	]) {
		it(`hides the secret of ${url}`, () => {
			for (const text of [url, `${url}: Connection refused`, `[in "${url}" #0] failed`, `a ${url} b ${url}`]) {
				const masked = maskCredentials(text);
				assert.ok(!masked.includes(SECRET) && masked.includes("***"), masked);
			}
		});
	}

	for (const text of [
		"rtsp://camera/path@2x",
		"rtsp://camera:554/live/ch0?channel=1&subtype=0",
		"http://192.168.1.9:8080/video.cgi?resolution=640x480: Connection refused",
		"http://[fd00::9]:8080/video",
		"/dev/video0: No such file or directory",
		"no picture for 15 s: Server returned 404 Not Found (see a@b.example)",
		"[rtsp @ 0x55d0] method DESCRIBE failed: 404 Stream Not Found",
		"film.mjpeg: 3 pictures at 15 a second",
	]) {
		it(`leaves ${text.slice(0, 40)} as it is`, () => assert.equal(maskCredentials(text), text));
	}

	it("never shows a password, wherever odd characters stand in it", () => {
		const seed = Date.now() & 0xffff;
		const random = new Prng(seed);
		const odd = "/@:?#&=%_;,.!$'()*+[]~";
		for (let round = 0; round < 1000; round++) {
			let password = "";
			for (let i = 0; i < 8; i++)
				password += random.below(2) > 0 ? "QZJ"[random.below(3)] : odd[random.below(odd.length)].replace("'", "/");
			const masked = maskCredentials(`rtsp://admin:${password}@camera.lan:554/x.sdp: failed`);
			assert.doesNotMatch(masked, /[QZJ]/, `seed ${seed}: ${password}`);
			assert.match(masked, /camera\.lan:554\/x\.sdp: failed$/);
		}
	});

	it("takes linear time", () => {
		for (const piece of ["p=", "/", "@:", "_pw=", "http://a:", "%3a", "%40", "a_a=", "pas"]) {
			assertLinearTime(() => maskCredentials(`http://a/${piece.repeat(10_000)}`));
		}
	});
});
