import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { fromBase64 } from "../../src/base/base64";
import { readU16 } from "../../src/base/byte-writer";
import { utf8Encode } from "../../src/base/text";
import { Pump } from "../../src/core/pump";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import type { Stream, StreamSink, UdpPeer, UdpSocket } from "../../src/ports/net";
import type { RtspFeedOptions } from "../../src/stream/client/rtsp-feed";
import { RtspVideo, type RtspVideoSink } from "../../src/stream/client/rtsp-video";
import { H264Packetizer } from "../../src/stream/packets/h264-packetizer";
import type { Framing } from "../../src/stream/packets/packet-burst";
import { PacketStream } from "../../src/stream/packets/packet-stream";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { fieldOf, RTSP_MESSAGES, type TextMessage } from "../../src/wire/text-message";
import { TextMessageReader } from "../../src/wire/text-message-reader";
import { frameOf, nalOf, PICTURE, unitOf } from "./rtp-pictures";
import { H264_SDP, JPEG_SDP } from "./rtsp-script";

const PERIOD = 100;
/** Octets at the end of a picture that are compared. */
const SCAN = 20_000;
const SETS = ["Z0LAKNoB4AiflwFuAgICgAAAAwCAAAAFB4wZUA==", "aM48gA=="].map((set) => fromBase64(set) as Uint8Array);

/** A camera on a virtual LAN that speaks RTSP as scripted; what it does can be changed at any time. */
export class VirtualRtspCamera {
	/** The requests that came, `METHOD url`. */
	readonly requests: string[] = [];
	/** The next answers to a method, in place of its own: `404`, `302 rtsp://other/`. */
	readonly answers: string[] = [];
	encoding: "JPEG" | "H264" | "H265" = "JPEG";
	/** Whether datagrams get lost on the way. */
	losesUdp = false;
	/** Whether UDP is refused with 461; and TCP. */
	refusesUdp = false;
	refusesTcp = false;
	/** Whether pictures are sent. */
	isSending = true;
	/** Every so many UDP packets one is swapped with the next; 0: none. */
	swapEvery = 0;
	/** Answers SET_PARAMETER: with a status and fields, each with its line end. @default 200 */
	taker: ((message: TextMessage) => readonly [status: number, fields: string]) | undefined;
	/** How many octets of RTCP came from clients, by UDP and TCP. */
	reports = 0;
	connections = 0;
	readonly open: CameraConnection[] = [];

	constructor(
		readonly machine: VirtualMachine,
		readonly port = 554,
	) {
		this.listen();
	}

	/** Begins to listen, again after the machine had no power. */
	listen(): void {
		this.machine.network.listen(
			{ port: this.port },
			{
				opened() {},
				failed() {},
				accepted: (stream) => {
					this.connections++;
					const connection = new CameraConnection(this, stream);
					this.open.push(connection);
					return connection;
				},
			},
		);
	}

	get sdp(): string {
		if (this.encoding === "JPEG") return JPEG_SDP;
		return this.encoding === "H264" ? H264_SDP : H264_SDP.replace("H264/", "H265/");
	}
}

/** One connection to the camera. */
export class CameraConnection implements StreamSink {
	private readonly reader = new TextMessageReader(RTSP_MESSAGES, {
		head: 8192,
		target: 2048,
		fields: 64,
		body: 16_384,
	});
	private readonly packets: PacketStream;
	private held: Uint8Array = new Uint8Array(0);
	private framing: Framing = "tcp";
	private sockets: UdpSocket[] = [];
	private peer: UdpPeer | undefined;
	private count = 0;
	private isOpen = true;
	private swapped: Uint8Array | undefined;

	constructor(
		readonly camera: VirtualRtspCamera,
		readonly stream: Stream,
	) {
		this.packets = new PacketStream("tcp", 0, { ssrc: 77, sequence: 65_530 }, new H264Packetizer());
	}

	room(): void {}

	received(bytes: Uint8Array): void {
		const whole = new Uint8Array(this.held.length + bytes.length);
		whole.set(this.held);
		whole.set(bytes, this.held.length);
		this.held = whole;
		while (this.held.length > 0) {
			if (this.reader.idle && this.held[0] === 36) {
				const length = this.held.length < 4 ? Infinity : 4 + readU16(this.held, 2);
				if (this.held.length < length) return;
				this.camera.reports += length - 4;
				this.held = this.held.slice(length);
				continue;
			}
			const taken = this.reader.feedWhole(this.held);
			this.held = this.held.slice(taken);
			if (!this.reader.done) return;
			const { message } = this.reader;
			this.reader.next();
			this.answer(message);
		}
	}

	ended(): void {
		this.stream.end();
	}

	gone(): void {
		this.isOpen = false;
		for (const socket of this.sockets) socket.close();
		this.camera.open.splice(this.camera.open.indexOf(this), 1);
	}

	private answer(message: TextMessage): void {
		const { camera } = this;
		camera.requests.push(`${message.method} ${message.target}`);
		const cseq = fieldOf(message, "cseq") ?? "";
		const say = (status: number | string, fields = "", body = ""): void => {
			const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
			const text = utf8Encode(`RTSP/1.0 ${status} X\r\nCSeq: ${cseq}\r\n${fields}${length}\r\n${body}`);
			this.stream.write(text, 0, text.length);
		};
		const scripted = message.method === "OPTIONS" ? undefined : camera.answers.shift();
		if (scripted !== undefined && scripted !== "200") {
			const [status, location] = scripted.split(" ");
			say(status, location === undefined ? "" : `Location: ${location}\r\n`);
			return;
		}
		if (message.method === "SET_PARAMETER" && camera.taker !== undefined) say(...camera.taker(message));
		else if (message.method === "OPTIONS")
			say(200, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n");
		else if (message.method === "DESCRIBE") say(200, `Content-Base: ${message.target}/\r\n`, camera.sdp);
		else if (message.method === "SETUP") this.setUp(fieldOf(message, "transport") ?? "", say);
		else if (message.method === "PLAY") {
			say(200);
			this.play();
		} else say(200);
	}

	private setUp(transport: string, say: (status: number, fields?: string) => void): void {
		const ports = /client_port=(\d+)-(\d+)/.exec(transport);
		if (ports === null ? this.camera.refusesTcp : this.camera.refusesUdp) return say(461);
		if (ports === null) {
			say(200, `Session: 1;timeout=60\r\nTransport: ${transport}\r\n`);
			return;
		}
		this.framing = "udp";
		const { network } = this.camera.machine;
		for (const port of [6970, 6971]) {
			const socket = network.udp(
				{ port },
				{
					opened: () => {
						if (port === 6971) say(200, `Session: 1;timeout=60\r\nTransport: ${transport};server_port=6970-6971\r\n`);
						else this.peer = socket.peer(this.stream.remoteAddress, Number(ports[1]));
					},
					failed() {},
					received: (bytes) => {
						if (port === 6971) this.camera.reports += bytes.length;
					},
				},
			);
			this.sockets.push(socket);
		}
	}

	private play(): void {
		if (!this.isOpen) return;
		this.camera.machine.world.after(PERIOD, () => this.play());
		if (this.camera.isSending) this.sendPicture();
	}

	private sendPicture(): void {
		const timestamp = (this.count++ * PERIOD * 90) >>> 0;
		const isKey = this.count % 10 === 1;
		const nals = isKey ? [...SETS, nalOf(5, 3000)] : [nalOf(1, 1500)];
		const framing = new PacketStream(
			this.framing,
			0,
			{ ssrc: 77, sequence: this.packets.sequence },
			new H264Packetizer(),
		);
		const stream = this.framing === "tcp" ? this.packets : framing;
		const burst =
			this.camera.encoding === "JPEG"
				? stream.frame(frameOf(PICTURE), timestamp)
				: stream.unit(unitOf(nals, isKey), timestamp);
		if (burst === undefined) throw new Error("no burst");
		if (this.framing === "tcp") {
			this.stream.offer(
				burst.bytes.slice(burst.offsets[0], burst.offsets[burst.count]),
				0,
				burst.offsets[burst.count] - burst.offsets[0],
			);
		} else if (!this.camera.losesUdp) {
			for (let i = 0; i < burst.count; i++) this.sendTo(burst.bytes.slice(burst.offsets[i], burst.offsets[i + 1]));
		}
		burst.release();
	}

	private sequence = 65_530;

	private sendTo(packet: Uint8Array): void {
		packet[2] = this.sequence >> 8;
		packet[3] = this.sequence++ & 255;
		this.sequence &= 0xffff;
		const { swapEvery } = this.camera;
		if (swapEvery > 0 && this.swapped === undefined && this.sequence % swapEvery === 0) {
			this.swapped = packet;
			return;
		}
		for (const one of this.swapped === undefined ? [packet] : [packet, this.swapped])
			if (this.peer !== undefined) this.sockets[0].sendTo(this.peer, one, 0, one.length);
		this.swapped = undefined;
	}
}

/** A machine that watches a virtual camera, and the camera. */
export class RtspHome implements RtspVideoSink {
	readonly world: World;
	readonly lan: Lan;
	readonly viewer: VirtualMachine;
	readonly camera: VirtualRtspCamera;
	readonly frames: { readonly length: number; readonly utc: number | undefined; readonly isWhole: boolean }[] = [];
	readonly units: { readonly isKey: boolean; readonly ticks: number }[] = [];
	readonly troubles: (string | undefined)[] = [];
	encoding = "";
	video!: RtspVideo;

	constructor(seed: number) {
		this.world = new World(seed);
		this.lan = new Lan(this.world);
		this.viewer = this.machine("viewer", 5);
		this.camera = new VirtualRtspCamera(this.machine("camera", 9));
		this.world.names.set("camera.lan", { a: ["192.168.0.9"] });
	}

	machine(name: string, number: number): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.lan, { address: `192.168.0.${number}`, gateway: "192.168.0.1" });
		return machine;
	}

	watch(url = "rtsp://admin:secret@camera.lan/live", options: Partial<RtspFeedOptions> = {}): RtspVideo {
		const { network, resolver, random, clock } = this.viewer;
		const host = { pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() };
		const parsed = parseSourceUrl(url) as RtspUrl;
		this.video = new RtspVideo(host, { url: parsed, framing: "tcp", basic: false, certificate: "", ...options }, this);
		this.video.start();
		return this.video;
	}

	/** Runs until there are so many pictures more. @returns false when they do not come within the limit */
	pictures(count: number, limit: number): boolean {
		const wanted = this.frames.length + this.units.length + count;
		return this.world.runUntil(() => this.frames.length + this.units.length >= wanted, limit);
	}

	described({ encoding }: { readonly encoding: string }): void {
		this.encoding = encoding;
	}

	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}

	picture(frame: Frame): void {
		// Only the headers are rewritten, not the scan.
		const { bytes, end } = frame;
		let same = 0;
		while (same < SCAN && bytes[end - 1 - same] === PICTURE[PICTURE.length - 1 - same]) same++;
		this.frames.push({ length: frame.length, utc: frame.utc, isWhole: same === SCAN });
		frame.release();
	}

	unit(unit: AccessUnit): void {
		this.units.push({ isKey: unit.isKey, ticks: unit.ticks });
		unit.release();
	}
}
