/// <reference path="../../hosts/linux/native-modules.d.ts" />
import process from "porthole:process";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { ByteWriter } from "../../src/base/byte-writer";
import { utf8Encode } from "../../src/base/text";
import { FleetKey } from "../../src/fleet/fleet-key";
import { FLEET_PORT } from "../../src/fleet/fleet-settings";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_MOTION } from "../../src/ports/motion";
import { NO_SWITCH } from "../../src/ports/pins";
import { parseSettings } from "../../src/settings/schema";
import { encodeFleetMessage, type FleetMessage } from "../../src/wire/fleet-message";
import { HandSource, MapStore, SceneNetwork, SinkStream, StepClock } from "./fake-host";

/** What a scene has besides what every camera has. */
export interface SceneExtras {
	readonly parts: readonly ExtraPart[];
	readonly settings: Readonly<Record<string, string>>;
	/** Makes players watch the pictures. @param frame gives a picture, and lets time pass @returns their connections */
	play(network: SceneNetwork, frame: () => void): readonly SinkStream[];
}

/** The size of the scene. */
const MEMBERS = 20;
const FRAME = 24 * 1024;
const BUFFERS = 4;
const ROUNDS = 10;
/** Objects that are made first and freed, so that the engine need not collect garbage during a measurement. */
const ROOM = 20_000;

const viewers = Math.max(1, Number(process.arguments[0] ?? "4"));
const clock = new StepClock();
const network = new SceneNetwork();
const source = new HandSource();
const writer = new ByteWriter(600);
let sequence = 0;

/** Slots and octets in use after a collection. */
function live(): { slots: number; chunks: number } {
	process.collect();
	return { slots: process.slots, chunks: process.chunks };
}

/** Makes the heap grow once; it does not shrink. */
function makeRoom(): void {
	const list: object[] = [];
	for (let i = 0; i < ROOM; i++) list.push({ i });
}

/** Counts the slots that one call of `what` takes, garbage included. */
function costOnce(what: () => void): number {
	process.collect();
	const before = process.slots;
	what();
	return process.slots - before;
}

/**
 * Returns the largest of several measurements: a garbage collection, which may begin at any time, makes a count too small.
 * @param what makes what is measured in a round
 */
function cost(what: (round: number) => () => void): number {
	let most = 0;
	for (let round = 0; round < ROUNDS; round++) most = Math.max(most, costOnce(what(round)));
	return most;
}

function request(stream: SinkStream, target: string, fields = "") {
	const sink = network.visit(stream);
	sink.received(utf8Encode(`GET ${target} HTTP/1.1\r\nHost: 192.168.0.2:8000\r\n${fields}\r\n`));
	return sink;
}

function announcement(member: number): FleetMessage {
	const digits = `${member}`.padStart(16, "0");
	return {
		type: "announce",
		fleet: 0,
		sender: digits,
		boot: 1,
		sequence: ++sequence,
		term: 0,
		answer: false,
		representative: false,
		holds: false,
		name: `Camera number ${member}`,
		automaticName: false,
		model: "esp32",
		services: [{ kind: "http", port: 8000, externalPort: 8081 + member, path: "/", secure: false }],
		externalHost: "198.20.0.1",
	};
}

function announce(member: number): void {
	prepare(member)();
}

/** Makes an announcement; the returned function delivers it to the camera. */
function prepare(member: number, key?: FleetKey): () => void {
	const sink = network.sinks.find(({ options }) => options.port === FLEET_PORT)?.sink;
	if (sink === undefined) throw new Error("the camera does not listen to the fleet");
	writer.length = 0;
	if (!encodeFleetMessage(announcement(member), writer, key?.number)) throw new Error("an announcement is malformed");
	const bytes = writer.copy();
	const peer = { address: `192.168.0.${10 + member}`, port: 50000 };
	key?.seal(bytes, bytes.length, peer.address);
	return () => sink.received(bytes, peer);
}

/** The headers of a baseline 4:2:0 JPEG of 800x600; nobody decodes the picture. */
const HEADERS = new Uint8Array([
	...[0xff, 0xd8],
	...[0xff, 0xdb, 0, 132, 0, ...new Array<number>(64).fill(2), 1, ...new Array<number>(64).fill(3)],
	...[0xff, 0xc0, 0, 17, 8, 600 >> 8, 600 & 255, 800 >> 8, 800 & 255, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
	...[0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0],
]);

function pictureBuffer(): Uint8Array {
	const bytes = new Uint8Array(FRAME_HEADROOM + FRAME + FRAME_TAILROOM);
	bytes.set(HEADERS, FRAME_HEADROOM);
	bytes.set([0xff, 0xd9], FRAME_HEADROOM + FRAME - 2);
	return bytes;
}

const buffers = Array.from({ length: BUFFERS }, pictureBuffer);
let frames = 0;

/** The camera gives a picture. Time stands still, so that nothing else happens. */
function frame(): void {
	source.push(
		new Frame(buffers[frames % BUFFERS], FRAME_HEADROOM, FRAME_HEADROOM + FRAME, frames, clock.now(), undefined),
	);
	frames++;
}

/** Gives a picture, and lets so much time pass that the camera can tell the rate. */
function nextFrame(): void {
	frame();
	clock.runTo(clock.now() + 300);
}

/** Plays the scene, and prints its size. */
export function playScene(extras: SceneExtras): void {
	makeRoom();
	const empty = live();
	const { values: settings } = parseSettings(
		cameraSchema(extras.parts),
		new Map([
			["presence", "on"],
			["connections", "12"],
			["lan-without-password", "on"],
			...Object.entries(extras.settings),
		]),
	);
	const camera = new Camera(
		{
			network,
			clock,
			random: {
				fill: (bytes) => process.random(bytes),
				unit: () => Math.random(),
			},
			store: new MapStore(),
			log: { write() {} },
			source,
			motion: NO_MOTION,
			switch: NO_SWITCH,
			floating: NO_FLOATING_ADDRESS,
			model: "esp32",
			tellPassword() {},
		},
		settings,
		extras.parts,
	);
	camera.start();
	network.open();
	clock.runTo(clock.now() + 10000);
	const alone = live();
	for (let member = 0; member < MEMBERS; member++) announce(member);
	clock.runTo(clock.now() + 1000);
	for (let member = 0; member < MEMBERS; member++) announce(member);
	const known = camera.fleet.registry.size;
	const fleet = live();
	const streams: SinkStream[] = [];
	const watch = (): void => {
		const stream = new SinkStream(1 << 30, `192.168.0.${100 + streams.length}`);
		streams.push(stream);
		request(stream, "/stream.mjpeg");
	};
	watch();
	frame();
	const one = cost(() => frame);
	while (streams.length < viewers) watch();
	const all = cost(() => frame);
	const players = extras.play(network, nextFrame);
	const streamed = players.length > 0 ? cost(() => frame) - all : 0;
	const page = new SinkStream(1 << 30, "192.168.0.200");
	for (const target of ["/portal", "/camera", "/porthole.css", "/porthole.js", "/api/v1/status", "/api/v1/cameras"])
		request(target === "/camera" ? page : new SinkStream(1 << 30, "192.168.0.200"), target);
	// A visitor without an account gets the login page.
	const stranger = new SinkStream(1 << 30, "203.0.113.5");
	request(stranger, "/", "Accept: text/html\r\n");
	clock.runTo(clock.now() + 40000);
	for (let member = 0; member < MEMBERS; member++) announce(member);
	request(page, "/portal");
	frame();
	const full = live();
	const heard = cost((round) => prepare(3 + (round % 2)));
	const key = new FleetKey("the key of the scene");
	camera.fleet.setKeys([key]);
	const { refused } = camera.fleet.receiver;
	const heardSealed = cost((round) => prepare(3 + (round % 2), key));
	if (camera.fleet.receiver.refused !== refused) throw new Error("the camera refused a sealed announcement");
	process.print(
		`${JSON.stringify({
			members: known,
			representative: camera.fleet.self.representative,
			delivered: streams.filter((stream) => stream.written > ROUNDS * FRAME).length,
			players: players.filter((stream) => stream.written > ROUNDS * FRAME).length,
			page: page.written,
			login: stranger.written,
			idle: minus(alone, empty),
			fleet: minus(fleet, empty),
			full: minus(full, empty),
			modules: empty,
			frameBuffers: BUFFERS * (FRAME_HEADROOM + FRAME + FRAME_TAILROOM),
			slotsPerFrame: one,
			slotsPerFrameAndViewer: (all - one) / Math.max(1, viewers - 1),
			slotsPerFrameStreamed: streamed,
			slotsPerAnnouncement: heard,
			slotsPerSealedAnnouncement: heardSealed,
		})}\n`,
	);
	process.exit(0);
}

function minus(a: { slots: number; chunks: number }, b: { slots: number; chunks: number }) {
	return { slots: a.slots - b.slots, chunks: a.chunks - b.chunks };
}
