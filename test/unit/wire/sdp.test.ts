import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng";
import { baseUrlOf, formatRtspUrl, parseSourceUrl, resolveControl } from "../../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../../src/wire/rtsp-url";
import { parameterSetsOf, parseSdp, SDP_MAX, type SdpMedia, type SdpSession } from "../../../src/wire/sdp";
import { buildSdp, type SdpOffer } from "../../../src/wire/sdp-builder";
import { CAMERA_SDPS } from "../../support/camera-sdp";
import { mutate, splice } from "../../support/mutate";
import { seedsUpTo } from "../../support/seeds";

const octets = (text: string) => new Uint8Array(Buffer.from(text));
const parse = (text: string): SdpSession => {
	const session = parseSdp(octets(text));
	assert.ok(session);
	return session;
};
const video = (session: SdpSession): SdpMedia => {
	const found = session.media.find(({ kind }) => kind === "video");
	assert.ok(found);
	return found;
};

describe("wire/sdp", () => {
	for (const camera of CAMERA_SDPS) {
		it(`reads the description of ${camera.make}`, () => {
			for (const text of [camera.text, camera.text.replaceAll("\r\n", "\n"), `\ufeff${camera.text}\r\n\0`]) {
				const session = parse(text);
				const medium = video(session);
				const [format] = medium.formats;
				const url = parseSourceUrl(camera.url) as RtspUrl;
				const base = baseUrlOf(url, [session.control, camera.contentBase]);
				assert.equal(session.media.length, camera.media);
				assert.equal(format.encoding, camera.encoding);
				assert.equal(format.payloadType, camera.payloadType);
				assert.equal(format.clockRate, 90_000);
				assert.equal(formatRtspUrl(base), camera.whole);
				assert.equal(formatRtspUrl(resolveControl(base, medium.control) as RtspUrl), camera.track);
				assert.equal(medium.frameRate, camera.frameRate);
				assert.equal(medium.width, camera.width);
				assert.equal(parameterSetsOf(format).length, camera.sets);
				for (const set of parameterSetsOf(format)) assert.ok([7, 8].includes(set[0] & 31));
			}
		});
	}

	it("reads lines in any order, with space around them and in any case", () => {
		const session = parse(
			" a=Control: * \r\r\nm=Video 0 RTP/AVP 96 26\na=FMTP:96  A=1 ;; b ; C = x=y \na=framesize:96 1280-720\ns= late\na=x-framerate: 12.5fps\na=rtpmap:96 h264\n",
		);
		const medium = session.media[0];
		assert.deepEqual(
			[...medium.formats[0].parameters],
			[
				["a", "1"],
				["b", ""],
				["c", "x=y"],
			],
		);
		assert.deepEqual(
			medium.formats.map(({ encoding }) => encoding),
			["H264", "JPEG"],
		);
		assert.deepEqual([medium.kind, medium.width, medium.height, medium.frameRate], ["video", 1280, 720, 12.5]);
		assert.deepEqual([session.control, session.title], ["*", ""]);
	});

	it("gives a medium without payload types those that are mapped", () => {
		const { media } = parse("m=video 0 RTP/AVP\na=rtpmap:96 H264/90000\n");
		assert.equal(media[0].formats[0].encoding, "H264");
	});

	for (const [title, text] of [
		["nothing", ""],
		["no medium", "v=0\r\ns=x\r\na=control:*\r\n"],
		["a web page", "<html><body>m=video</body></html>"],
		["more octets than it reads", `m=video 0 RTP/AVP 26\r\n${"a=x:y\r\n".repeat(SDP_MAX / 7)}`],
	] as const) {
		it(`rejects ${title}`, () => assert.equal(parseSdp(octets(text)), undefined));
	}

	it("bounds media, payload types, parameters, lines and sizes", () => {
		const types = Array.from({ length: 128 }, (_, type) => type).join(" ");
		const parameters = Array.from({ length: 500 }, (_, i) => `p${i}=1`).join(";");
		const many = parse(`m=video 0 RTP/AVP ${types}\na=fmtp:5 ${parameters}\n${"m=audio 0 RTP/AVP 0\n".repeat(100)}`);
		assert.equal(many.media.length, 16);
		assert.equal(many.media[0].formats.length, 32);
		assert.equal(many.media[0].formats[5].parameters.size, 32);
		const long = parse(`m=video 0 RTP/AVP 96\na=control:${"x".repeat(9000)}\n`);
		assert.equal(long.media[0].control, "");
		const late = parse(`m=video 0 RTP/AVP 26\n${"a=x:y\n".repeat(2000)}a=control:late\n`);
		assert.equal(late.media[0].control, "");
		const sizes = parse(
			"m=video 0 RTP/AVP 26 128 300\na=x-dimensions:640,480\na=x-dimensions:0,99999\na=framerate:-3\na=framerate:nan\na=framerate:1e9\n",
		);
		const [{ width, height, frameRate, formats }] = sizes.media;
		assert.deepEqual([width, height, frameRate, formats.length], [640, 480, 0, 1]);
	});

	it("ignores parameter sets that are malformed or of another type", () => {
		const { media } = parse(
			"m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=,Z0IAKeKQ,!!!,aM48gA,BgUBgA==,Zw==,A\n",
		);
		assert.deepEqual(
			parameterSetsOf(media[0].formats[0]).map((set) => Buffer.from(set).toString("hex")),
			["67420029e290", "68ce3c80"],
		);
	});

	it("survives thousands of mutated descriptions", () => {
		const letters = "amsvco=:;,/ 0123456789\r\nrtpmap";
		for (let seed = 0; seed < seedsUpTo(20) * 1000; seed++) {
			const random = new Prng(seed);
			const one = CAMERA_SDPS[random.below(CAMERA_SDPS.length)].text;
			const other = CAMERA_SDPS[random.below(CAMERA_SDPS.length)].text;
			const text = mutate(random, random.chance(0.3) ? splice(random, one, other) : one, letters);
			const session = parseSdp(octets(text));
			for (const medium of session?.media ?? []) {
				assert.ok(medium.formats.length <= 32);
				for (const format of medium.formats) parameterSetsOf(format);
				const url = parseSourceUrl("rtsp://camera/x") as RtspUrl;
				const track = resolveControl(baseUrlOf(url, [session?.control ?? ""]), medium.control);
				assert.ok(track === undefined || track.host === "camera", `seed ${seed}`);
			}
		}
	});
});

describe("wire/sdp-builder", () => {
	const jpeg: SdpOffer = {
		id: "123",
		version: 2,
		address: "0.0.0.0",
		title: "Garden",
		control: "*",
		ranges: ["npt=0-12.5", "clock=20260101T000000Z-20260101T000012.5Z"],
		video: {
			payloadType: 26,
			encoding: "JPEG",
			frameRate: 12.5,
			width: 640,
			height: 480,
			parameterSets: [],
			control: "track1",
		},
	};

	it("describes JPEG with frame rate, size and range", () => {
		assert.equal(
			Buffer.from(buildSdp(jpeg)).toString(),
			[
				"v=0",
				"o=- 123 2 IN IP4 0.0.0.0",
				"s=Garden",
				"c=IN IP4 0.0.0.0",
				"t=0 0",
				"a=control:*",
				"a=range:npt=0-12.5",
				"a=range:clock=20260101T000000Z-20260101T000012.5Z",
				"m=video 0 RTP/AVP 26",
				"a=rtpmap:26 JPEG/90000",
				"a=framerate:12.5",
				"a=x-dimensions:640,480",
				"a=control:track1",
				"",
			].join("\r\n"),
		);
	});

	it("describes H.264 with its parameter sets, which read back the same (STR-25)", () => {
		const parameterSets = [new Uint8Array([0x67, 0x42, 0xc0, 0x28, 1]), new Uint8Array([0x68, 0xce, 0x3c, 0x80])];
		const video = { ...jpeg.video, payloadType: 96, encoding: "H264", frameRate: 0, width: 0, parameterSets };
		const text = Buffer.from(buildSdp({ ...jpeg, address: "2001:db8::1", ranges: [], video })).toString();
		assert.match(
			text,
			/\r\na=fmtp:96 packetization-mode=1; profile-level-id=42c028; sprop-parameter-sets=Z0LAKAE=,aM48gA==\r\n/,
		);
		assert.match(text, /\r\nc=IN IP6 ::\r\n/);
		assert.ok(!text.includes("framerate") && !text.includes("x-dimensions"));
		const { media } = parse(text);
		assert.deepEqual(parameterSetsOf(media[0].formats[0]), parameterSets);
	});

	it("lets no text start a line of its own", () => {
		const text = Buffer.from(buildSdp({ ...jpeg, title: "a\r\nm=audio 9", ranges: ["npt=0-\na=x"] })).toString();
		assert.equal(parse(text).media.length, 1);
		assert.ok(!text.includes("\na=x\r"));
	});
});
