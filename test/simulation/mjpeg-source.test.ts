import assert from "node:assert/strict";
import { Lan } from "../../hosts/virtual/lan";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { toBase64 } from "../../src/base/base64";
import { toHex } from "../../src/base/hex";
import { md5 as md5Of } from "../../src/base/md5";
import { utf8Encode } from "../../src/base/text";
import { MjpegSource } from "../../src/camera/mjpeg-source";
import { Pump } from "../../src/core/pump";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import { type HttpSourceUrl, parseHttpSource } from "../../src/wire/http-source-url";
import { STREAM_HEAD, VirtualMjpegCamera } from "../support/virtual-mjpeg-camera";

const md5 = (text: string): string => toHex(md5Of(utf8Encode(text)));
const field = (head: string, name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, "im").exec(head)?.[1];
const refuse = (challenge: string): string => `HTTP/1.1 401 Unauthorized\r\n${challenge}Content-Length: 0\r\n\r\n`;

/** A camera with another one beside it, and a source that looks at the first. */
class Scene implements FrameSink {
	readonly world = new World(1);
	readonly lan = new Lan(this.world, { name: "lan" });
	readonly camera = this.add("camera", "192.168.0.7");
	readonly other = this.add("other", "192.168.0.8");
	readonly source: FrameSource;
	frames = 0;
	readonly troubles: (string | undefined)[] = [];
	others = 0;

	constructor(url = "http://camera.lan/live", { fps = 30, basic = false, hasOther = false } = {}) {
		const { network, resolver, random, clock } = this.machine("viewer", "192.168.0.2");
		const host = { pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() };
		const place = parseHttpSource(url) as HttpSourceUrl;
		const other: FrameSource = {
			description: "other",
			start: () => void this.others++,
			stop: () => void this.others--,
		};
		this.source = new MjpegSource(host, { place, basic, certificate: "" }, fps, hasOther ? () => other : undefined);
	}

	frame(frame: { release(): void }): void {
		this.frames++;
		frame.release();
	}

	trouble(message: string | undefined): void {
		this.troubles.push(message);
	}

	run(seconds: number): this {
		this.world.runFor(seconds * 1000);
		return this;
	}

	/** Starts, and lets time pass. */
	start(seconds: number): this {
		this.source.start(this);
		return this.run(seconds);
	}

	private add(name: string, address: string): VirtualMjpegCamera {
		return new VirtualMjpegCamera(this.machine(name, address));
	}

	private machine(name: string, address: string): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.lan, { address, gateway: "192.168.0.1" });
		this.world.names.set(`${name}.lan`, { a: [address] });
		return machine;
	}
}

describe("simulation: Motion JPEG source by HTTP", () => {
	it("takes pictures while they are wanted, with and without lengths (STR-13)", () => {
		for (const hasLengths of [true, false]) {
			const scene = new Scene("http://camera.lan:80/live?x=1#y");
			scene.camera.hasLengths = hasLengths;
			scene.run(2);
			assert.equal(scene.camera.requests.length, 0);
			scene.start(5);
			assert.ok(scene.frames >= 45, `${scene.frames}`);
			assert.match(scene.camera.requests[0], /^GET \/live\?x=1 HTTP\/1\.1\r\nHost: camera\.lan\r\n/);
			assert.equal(field(scene.camera.requests[0], "Authorization"), undefined);
			scene.source.stop();
			const { frames } = scene;
			scene.run(5);
			assert.equal(scene.frames, frames);
			assert.equal(scene.camera.open.size, 0);
			assert.deepEqual(scene.troubles, []);
		}
	});

	it("passes on no more frames per second than are asked for", () => {
		const scene = new Scene(undefined, { fps: 2 }).start(10);
		assert.ok(scene.frames >= 17 && scene.frames <= 21, `${scene.frames}`);
	});

	it("logs in by Digest, and needs no challenge for the next connection", () => {
		const scene = new Scene("http://me:s3cret@camera.lan/live?x=1");
		scene.camera.answer = (head) => {
			const authorization = field(head, "Authorization");
			if (authorization === undefined)
				return refuse('WWW-Authenticate: Basic realm="cam"\r\nWWW-Authenticate: Digest realm="cam", nonce="n1"\r\n');
			const wanted = md5(`${md5("me:cam:s3cret")}:n1:${md5("GET:/live?x=1")}`);
			assert.ok(authorization.includes(`response="${wanted}"`), authorization);
			return STREAM_HEAD;
		};
		scene.start(3);
		assert.ok(scene.frames > 20);
		assert.equal(scene.camera.requests.length, 2);
		for (const connection of scene.camera.open) connection.end();
		const { frames } = scene;
		scene.run(5);
		assert.ok(scene.frames > frames + 20);
		assert.equal(scene.camera.requests.length, 3);
		assert.match(scene.troubles[0] ?? "", /has ended the stream/);
		assert.equal(scene.troubles[1], undefined);
	});

	it("shows the password by Basic only where the owner allows it", () => {
		for (const basic of [false, true]) {
			const scene = new Scene("http://me:s3cret@camera.lan/live", { basic });
			scene.camera.answer = (head) =>
				field(head, "Authorization") === `Basic ${toBase64(utf8Encode("me:s3cret"))}`
					? STREAM_HEAD
					: refuse('WWW-Authenticate: Basic realm="cam"\r\n');
			scene.start(3);
			assert.equal(scene.frames > 20, basic);
			if (!basic) assert.match(scene.troubles[0] ?? "", /--source-basic on/);
			assert.equal(scene.camera.requests.length, basic ? 2 : 1);
		}
	});

	it("waits long after a wrong password, as cameras lock accounts", () => {
		const scene = new Scene("http://me:wrong@camera.lan/live");
		scene.camera.answer = () => refuse('WWW-Authenticate: Digest realm="cam", nonce="n1"\r\n');
		scene.start(55);
		assert.equal(scene.camera.requests.length, 2);
		assert.deepEqual(scene.troubles, ["the camera does not accept the user name and password (401)"]);
		scene.run(300);
		assert.ok(scene.camera.requests.length <= 8, `${scene.camera.requests.length}`);
	});

	it("follows redirects, and tells another server nothing of the login", () => {
		const scene = new Scene("http://me:s3cret@camera.lan/live");
		scene.camera.answer = (head) =>
			head.startsWith("GET /live")
				? "HTTP/1.1 302 Found\r\nLocation: moved\r\n\r\n"
				: "HTTP/1.1 307 Away\r\nLocation: http://other.lan/there\r\n\r\n";
		scene.start(3);
		assert.ok(scene.frames > 20);
		assert.match(scene.other.requests[0], /^GET \/there HTTP/);
		scene.other.answer = (head) => {
			assert.equal(field(head, "Authorization"), undefined);
			return refuse('WWW-Authenticate: Digest realm="other", nonce="n1"\r\n');
		};
		for (const connection of scene.other.open) connection.end();
		scene.run(30);
		assert.ok(scene.other.requests.length >= 2);
		assert.match(scene.troubles.at(-1) ?? "", /wants a user name and password/);
	});

	it("gives up a circle of redirects, and one to something else", () => {
		for (const [location, message] of [
			["/live", /redirects too often/],
			["ftp://x/", /redirects to something that can.t be used/],
		] as const) {
			const scene = new Scene();
			scene.camera.answer = () => `HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`;
			scene.start(0.9);
			assert.match(scene.troubles[0] ?? "", message);
			assert.ok(scene.camera.requests.length <= 6);
		}
	});

	it("says what is wrong, tries again ever less often, and is there when the camera is", () => {
		for (const [prepare, message] of [
			[(camera) => camera.machine.crash(), /does not answer|can't be reached/],
			[(camera) => (camera.answer = () => "HTTP/1.1 404 Not Found\r\n\r\n"), /knows no such stream \(404\)/],
			[(camera) => (camera.answer = () => "HTTP/1.1 503 Busy\r\n\r\n"), /no room for another viewer/],
			[(camera) => (camera.answer = () => ""), /does not answer/],
			[(camera) => (camera.answer = () => "SSH-2.0-x\r\n\r\n"), /is not HTTP/],
			[(camera) => (camera.isSending = false), /does not answer|no picture for 10 s/],
		] as [(camera: VirtualMjpegCamera) => unknown, RegExp][]) {
			const scene = new Scene();
			const { camera } = scene;
			prepare(camera);
			scene.start(120);
			assert.match(scene.troubles[0] ?? "", message);
			assert.ok(camera.requests.length <= 12, `${camera.requests.length} requests in two minutes`);
			assert.equal(scene.frames, 0);
			camera.isSending = true;
			camera.answer = () => STREAM_HEAD;
			if (!camera.machine.on) {
				camera.machine.powerOn();
				camera.listen();
			}
			scene.run(50);
			assert.ok(scene.frames > 50, `${scene.frames}`);
			assert.equal(scene.troubles.at(-1), undefined);
		}
	});

	it("notices a camera that goes on without pictures", () => {
		const scene = new Scene().start(3);
		const { camera } = scene;
		camera.part = () => Buffer.from("--x\r\nContent-Length: 1\r\nContent-Type: text/plain\r\n\r\nx\r\n");
		scene.run(12);
		assert.match(scene.troubles[0] ?? "", /no picture for 10 s/);
	});

	it("leaves a stream that is not Motion JPEG to ffmpeg, and looks again next time; or says what it is", () => {
		const page = (): string => "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n";
		const scene = new Scene(undefined, { hasOther: true });
		scene.camera.answer = page;
		scene.start(3);
		assert.equal(scene.others, 1);
		assert.equal(scene.source.description, "other");
		scene.run(100);
		assert.equal(scene.camera.requests.length, 1);
		scene.source.stop();
		assert.equal(scene.others, 0);
		scene.camera.answer = () => STREAM_HEAD;
		scene.start(3);
		assert.ok(scene.frames > 20);
		const alone = new Scene();
		alone.camera.answer = page;
		alone.start(3);
		assert.deepEqual(alone.troubles, ["the camera sends video/mp4, not Motion JPEG (multipart/x-mixed-replace)"]);
	});

	it("hides user and password in its description", () => {
		assert.equal(
			new Scene("http://me:s3cret@camera.lan/live?pwd=x").source.description,
			"http://camera.lan/live?pwd=***",
		);
	});
});
