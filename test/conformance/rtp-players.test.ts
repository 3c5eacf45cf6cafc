import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import { H264Finder } from "../../src/media/h264-finder";
import { H264Depacketizer } from "../../src/stream/packets/h264-depacketizer";
import { H264Packetizer } from "../../src/stream/packets/h264-packetizer";
import { JpegDepacketizer } from "../../src/stream/packets/jpeg-depacketizer";
import { gateJpeg } from "../../src/stream/packets/jpeg-gate";
import { PacketStream } from "../../src/stream/packets/packet-stream";
import { RtpPacket } from "../../src/wire/rtp";
import { needs } from "../support/needs";
import { decodedHashes, freePair, hashesOf, PlayerProcess } from "../support/player-process";
import { frameOf, packetsOf } from "../support/rtp-pictures";
import { until } from "../support/until";

const JPEG_CAPS = "application/x-rtp,media=video,encoding-name=JPEG,payload=26,clock-rate=90000";
const H264_CAPS = "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000";
/** How often a picture is sent while a player looks at the stream. */
const TIMES = 300;

function sdp(port: number, media: string): string {
	return `v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video ${port} RTP/AVP ${media}\r\n`;
}

/** The access units of a byte stream. */
function unitsOf(bytes: Uint8Array): AccessUnit[] {
	const units: AccessUnit[] = [];
	const finder = new H264Finder({
		unit: (start, end, isKey) => units.push(new AccessUnit(bytes, start, end, isKey, 0, 0, 0)),
	});
	finder.push(bytes);
	finder.end();
	return units;
}

describe("RTP that players decode (STR-9, STR-25)", function () {
	this.timeout(120_000);
	let folder = "";

	before(function () {
		needs(this, "ffmpeg", "cjpeg");
		folder = mkdtempSync(join(tmpdir(), "porthole-rtp-"));
		for (const size of ["640x480", "2040x1136", "2592x1944", "636x476"]) {
			run(
				"ffmpeg",
				"-v",
				"error",
				"-f",
				"lavfi",
				"-i",
				`testsrc2=size=${size}`,
				"-frames:v",
				"1",
				"-pix_fmt",
				"rgb24",
				path(`${size}.ppm`),
			);
		}
		run(
			"ffmpeg",
			"-v",
			"error",
			"-f",
			"lavfi",
			"-i",
			"testsrc2=size=640x480:rate=25",
			"-frames:v",
			"30",
			"-pix_fmt",
			"yuv420p",
			"-c:v",
			"libx264",
			"-preset",
			"ultrafast",
			"-tune",
			"zerolatency",
			"-g",
			"10",
			"-x264-params",
			"slices=3",
			"-f",
			"h264",
			path("video.h264"),
		);
	});

	after(() => {
		if (folder !== "") rmSync(folder, { recursive: true });
	});

	function path(name: string): string {
		return join(folder, name);
	}

	function run(program: string, ...args: readonly string[]): void {
		const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
		assert.equal(status, 0, stderr);
	}

	/** Encodes with libjpeg, and returns the picture. */
	function encode(size: string, ...options: readonly string[]): Uint8Array {
		run("cjpeg", ...options, "-outfile", path("picture.jpg"), path(`${size}.ppm`));
		return new Uint8Array(readFileSync(path("picture.jpg")));
	}

	/** Bursts of the same picture for datagrams. */
	function* bursts(picture: Uint8Array): Iterable<readonly Uint8Array[]> {
		const stream = new PacketStream("udp", 0, { ssrc: 5, sequence: 65_000 });
		const frame = frameOf(picture);
		for (let i = 0; i < TIMES; i++) {
			const burst = stream.frame(frame, i * 3000);
			assert.ok(burst, stream.obstacle);
			yield packetsOf(burst);
			burst.release();
		}
	}

	async function ffmpegHashes(
		media: string,
		list: Iterable<readonly Uint8Array[]>,
		pictures: number,
		pace?: number,
	): Promise<string[]> {
		const port = await freePair();
		writeFileSync(path("stream.sdp"), sdp(port, media));
		const args = [
			"-v",
			"error",
			"-protocol_whitelist",
			"file,udp,rtp",
			"-analyzeduration",
			"1",
			"-buffer_size",
			"4000000",
			"-i",
			path("stream.sdp"),
			"-fps_mode",
			"passthrough",
			"-frames:v",
			`${pictures}`,
			"-f",
			"framemd5",
			"-",
		];
		const player = new PlayerProcess(port, "ffmpeg", args);
		try {
			await player.send(list, pace);
			await player.end();
			return hashesOf(player.output, player.problems);
		} finally {
			player.close();
		}
	}

	/** What GStreamer has put together again of so many packets, as a file. */
	async function gstreamerFile(
		caps: string,
		elements: string,
		list: Iterable<readonly Uint8Array[]>,
		packets: number,
	): Promise<string> {
		const port = await freePair();
		const file = path("gstreamer.out");
		const pipeline = `udpsrc port=${port} buffer-size=4000000 num-buffers=${packets} caps=${caps} ! ${elements} ! filesink location=${file}`;
		const player = new PlayerProcess(port, "gst-launch-1.0", ["-q", "-e", ...pipeline.split(" ")]);
		try {
			await player.send(list);
			await player.end();
			assert.equal(player.problems, "");
			return file;
		} finally {
			player.close();
		}
	}

	/** The hashes of what GStreamer shows of a stream of one picture; a busy machine may lose packets. */
	async function gstreamerHashes(caps: string, picture: Uint8Array): Promise<string[]> {
		const [first] = bursts(picture);
		const file = await gstreamerFile(caps, "rtpjpegdepay", bursts(picture), 5 * first.length);
		return decodedHashes("-f", "mjpeg", "-i", file);
	}

	const matrix: [string, string, readonly string[]][] = [
		["4:2:0", "640x480", ["-sample", "2x2"]],
		["4:2:2", "640x480", ["-sample", "2x1"]],
		["4:2:0 with restart markers", "640x480", ["-sample", "2x2", "-restart", "8B"]],
		["4:2:2 with restart markers", "640x480", ["-sample", "2x1", "-restart", "1"]],
		["2040x1136 in hundreds of packets", "2040x1136", ["-sample", "2x2", "-quality", "100"]],
		["coarse quantization", "640x480", ["-sample", "2x2", "-quality", "5", "-baseline"]],
	];
	for (const [title, size, options] of matrix) {
		it(`ffmpeg and GStreamer decode the same pixels as from the file: ${title}`, async function () {
			needs(this, "gst-launch-1.0");
			const picture = encode(size, ...options);
			const [expected] = decodedHashes("-i", path("picture.jpg"));
			assert.deepEqual(await ffmpegHashes("26", bursts(picture), 3), [expected, expected, expected]);
			for (const hash of await gstreamerHashes(JPEG_CAPS, picture)) assert.equal(hash, expected);
		});
	}

	it("GStreamer decodes pictures above 2040 pixels with x-dimensions", async function () {
		needs(this, "gst-launch-1.0");
		const picture = encode("2592x1944", "-sample", "2x2");
		const [expected] = decodedHashes("-i", path("picture.jpg"));
		const caps = `${JPEG_CAPS},x-dimensions=(string)"2592,1944"`;
		for (const hash of await gstreamerHashes(caps, picture)) assert.equal(hash, expected);
	});

	const refused: [string, string, readonly string[]][] = [
		["the JPEG has Huffman tables of its own (it was optimized)", "640x480", ["-optimize", "-sample", "2x2"]],
		["the JPEG is not sampled 4:2:0 (22,11,11) or 4:2:2 (21,11,11)", "640x480", ["-sample", "1x1"]],
		["the JPEG has no colours, and RTP/JPEG has no greyscale type", "640x480", ["-grayscale"]],
		["the JPEG is not baseline (it is progressive or extended)", "640x480", ["-progressive"]],
		["the JPEG is 636x476, and RTP/JPEG needs multiples of 8", "636x476", ["-sample", "2x2"]],
		["the JPEG is RGB, and RTP/JPEG carries only YCbCr", "640x480", ["-rgb", "-sample", "2x2"]],
	];
	for (const [reason, size, options] of refused) {
		it(`refuses what players would show as garbage: ${options.join(" ")} of ${size}`, () => {
			const picture = encode(size, ...options);
			assert.equal(gateJpeg(picture, 0, picture.length), reason);
		});
	}

	it("refuses the 4:2:2 of ffmpeg's encoder, which is sampled 22,12,12", () => {
		run(
			"ffmpeg",
			"-y",
			"-v",
			"error",
			"-i",
			path("640x480.ppm"),
			"-pix_fmt",
			"yuvj422p",
			"-huffman",
			"default",
			"-f",
			"mjpeg",
			path("other.jpg"),
		);
		const picture = new Uint8Array(readFileSync(path("other.jpg")));
		assert.match(gateJpeg(picture, 0, picture.length) ?? "", /sampled/);
	});

	function* units(bytes: Uint8Array): Iterable<readonly Uint8Array[]> {
		const stream = new PacketStream("udp", 0, { ssrc: 5, sequence: 65_000 }, new H264Packetizer());
		let i = 0;
		for (const unit of unitsOf(bytes)) {
			const burst = stream.unit(unit, i++ * 3600);
			assert.ok(burst);
			yield packetsOf(burst);
			burst.release();
		}
	}

	it("ffmpeg decodes H.264 to the same pixels as from the file (STR-25)", async () => {
		const bytes = new Uint8Array(readFileSync(path("video.h264")));
		const expected = decodedHashes("-i", path("video.h264"));
		assert.equal(expected.length, 30);
		// The stream comes again, as ffmpeg wants to see some of it before it begins.
		function* again(): Iterable<readonly Uint8Array[]> {
			const list = [...units(bytes)];
			for (let round = 0; round < 10; round++) {
				for (const burst of list) yield burst.map((packet) => renumbered(packet, round, list));
			}
		}
		const hashes = await ffmpegHashes(
			"96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1",
			again(),
			30,
			40,
		);
		assert.deepEqual(hashes, expected);
	});

	it("GStreamer decodes H.264 to the same pixels as from the file (STR-25)", async function () {
		needs(this, "gst-launch-1.0");
		const bytes = new Uint8Array(readFileSync(path("video.h264")));
		const list = [...units(bytes)];
		const elements = "rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=au";
		const file = await gstreamerFile(H264_CAPS, elements, list, list.flat().length);
		assert.deepEqual(decodedHashes("-f", "h264", "-i", file), decodedHashes("-i", path("video.h264")));
	});

	/** Receives what a sender sends until it has ended and all is there. */
	async function receive(
		program: string,
		args: (port: number) => readonly string[],
		take: (bytes: Uint8Array) => void,
		isWhole: () => boolean,
	): Promise<void> {
		const port = await freePair();
		const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
		await new Promise<void>((done) => socket.bind(port, "127.0.0.1", done));
		socket.on("message", take);
		const sender = new PlayerProcess(port, program, args(port));
		try {
			await sender.end();
			assert.equal(sender.problems, "");
			await until("all pictures are there", 2000, isWhole);
		} finally {
			sender.close();
			socket.close();
		}
	}

	for (const options of [
		["-sample", "2x2"],
		["-sample", "2x1"],
	] as const) {
		it(`rebuilds the pictures that ffmpeg sends: ${options.join(" ")}`, async () => {
			const picture = encode("640x480", ...options);
			writeFileSync(path("many.mjpeg"), Buffer.concat(new Array(5).fill(picture)));
			const frames: Frame[] = [];
			const depacketizer = new JpegDepacketizer({ picture: (frame) => frames.push(frame) });
			const packet = new RtpPacket();
			await receive(
				"ffmpeg",
				(port) => [
					"-v",
					"error",
					"-re",
					"-f",
					"mjpeg",
					"-i",
					path("many.mjpeg"),
					"-c",
					"copy",
					"-f",
					"rtp",
					`rtp://127.0.0.1:${port}`,
				],
				(bytes) => packet.read(bytes, 0, bytes.length) && depacketizer.packet(0, undefined, bytes, packet),
				() => frames.length >= 5,
			);
			assert.equal(frames.length, 5);
			assert.equal(depacketizer.dropped, 0);
			writeFileSync(
				path("rebuilt.mjpeg"),
				Buffer.concat(frames.map((frame) => frame.bytes.slice(frame.start, frame.end))),
			);
			assert.deepEqual(
				decodedHashes("-f", "mjpeg", "-i", path("rebuilt.mjpeg")),
				new Array(5).fill(decodedHashes("-i", path("picture.jpg"))[0]),
			);
		});
	}

	it("rebuilds the pictures that GStreamer sends", async function () {
		needs(this, "gst-launch-1.0");
		const frames: Frame[] = [];
		const depacketizer = new JpegDepacketizer({ picture: (frame) => frames.push(frame) });
		const packet = new RtpPacket();
		const pipeline = (port: number): string =>
			`videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=640,height=480 ! jpegenc ! tee name=t t. ! queue ! multifilesink location=${path("gst%d.jpg")} t. ! queue ! rtpjpegpay ! udpsink host=127.0.0.1 port=${port}`;
		await receive(
			"gst-launch-1.0",
			(port) => ["-q", ...pipeline(port).split(" ")],
			(bytes) => packet.read(bytes, 0, bytes.length) && depacketizer.packet(0, undefined, bytes, packet),
			() => frames.length >= 5,
		);
		assert.equal(frames.length, 5);
		const files = readdirSync(folder)
			.filter((name) => /^gst\d\.jpg$/.test(name))
			.sort();
		for (const [i, frame] of frames.entries()) {
			writeFileSync(path("rebuilt.jpg"), frame.bytes.subarray(frame.start, frame.end));
			assert.deepEqual(decodedHashes("-i", path("rebuilt.jpg")), decodedHashes("-i", path(files[i])));
		}
	});

	it("puts the H.264 that ffmpeg sends together again (STR-25)", async () => {
		const received: Uint8Array[] = [];
		const pictures = unitsOf(new Uint8Array(readFileSync(path("video.h264")))).length;
		const depacketizer = new H264Depacketizer({
			unit: (unit) => received.push(unit.bytes.slice(unit.start, unit.end)),
		});
		const packet = new RtpPacket();
		await receive(
			"ffmpeg",
			(port) => ["-v", "error", "-re", "-i", path("video.h264"), "-c", "copy", "-f", "rtp", `rtp://127.0.0.1:${port}`],
			(bytes) => packet.read(bytes, 0, bytes.length) && depacketizer.packet(0, bytes, packet),
			() => received.length >= pictures,
		);
		writeFileSync(path("received.h264"), Buffer.concat(received));
		assert.equal(depacketizer.dropped, 0);
		assert.deepEqual(decodedHashes("-f", "h264", "-i", path("received.h264")), decodedHashes("-i", path("video.h264")));
		assert.equal(depacketizer.sets.info?.width, 640);
	});
});

/** Gives a packet of a later round the numbers that follow. */
function renumbered(packet: Uint8Array, round: number, list: readonly (readonly Uint8Array[])[]): Uint8Array {
	const copy = Buffer.from(packet);
	const packets = list.reduce((sum, burst) => sum + burst.length, 0);
	copy.writeUInt16BE((copy.readUInt16BE(2) + round * packets) & 0xffff, 2);
	copy.writeUInt32BE((copy.readUInt32BE(4) + round * list.length * 3600) >>> 0, 4);
	return copy;
}
