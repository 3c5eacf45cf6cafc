import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type MqttClient } from "mqtt";
import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { MqttPart } from "../../hosts/node/mqtt-part";
import type { RecorderControl } from "../../src/app/nas/recorder-control";
import { Pump } from "../../src/core/pump";
import { EventStills } from "../../src/storage/events/event-stills";
import { FileEventLog } from "../../src/storage/events/file-event-log";
import { freePort } from "../../tools/free-port";
import { needs } from "../support/needs";
import { recorderOf } from "../support/timeline-cameras";
import { until } from "../support/until";

const NAS = "0123456789abcdef";
const BASE = `porthole/${NAS}`;

/** Debian's broker, with a password. */
class Broker {
	private child: ChildProcess | undefined;

	constructor(
		private readonly folder: string,
		readonly port: number,
	) {}

	async start(): Promise<void> {
		const config = join(this.folder, "mosquitto.conf");
		writeFileSync(config, `listener ${this.port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
		const child = spawn("mosquitto", ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
		this.child = child;
		let text = "";
		child.stderr?.on("data", (data) => {
			text += data;
		});
		await until("the broker runs", 10_000, () => text.includes("running"));
	}

	async stop(): Promise<void> {
		const { child } = this;
		if (child === undefined || child.exitCode !== null) return;
		const ended = new Promise((done) => child.once("exit", done));
		child.kill();
		await ended;
	}
}

describe("conformance/mqtt", () => {
	let folder = "";
	let broker: Broker;
	let watcher: MqttClient;
	/** The newest payload by topic, and all of them. */
	const topics = new Map<string, Buffer>();
	const all: [topic: string, text: string][] = [];
	let pump: Pump;
	let events: FileEventLog;
	let part: MqttPart;
	let recorder: RecorderControl;
	let stills: EventStills;
	const lines: string[] = [];
	const text = (topic: string): string | undefined => topics.get(topic)?.toString();
	const seen = (topic: string, payload: string): Promise<unknown> =>
		until(`${topic} is ${payload}`, 15_000, () => text(topic) === payload);

	async function watch(): Promise<void> {
		watcher = connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 200 });
		watcher.on("message", (topic, payload) => {
			topics.set(topic, payload);
			all.push([topic, payload.toString()]);
		});
		await new Promise((done) => watcher.once("connect", done));
		await watcher.subscribeAsync("#");
	}

	before(async function () {
		needs(this, "mosquitto");
		folder = mkdtempSync(join(tmpdir(), "porthole-mqtt-"));
		broker = new Broker(folder, await freePort());
		await broker.start();
		await watch();
		pump = new Pump(new NodeClock());
		const storage = new NodeFiles(folder);
		events = new FileEventLog(storage, pump);
		events.start();
		stills = new EventStills(storage);
		const cameras = [
			{
				key: "door",
				title: 'Door "1"',
				mode: "event",
				isRecording: false,
				why: "waiting",
				trouble: undefined,
				member: undefined,
			},
		] as const;
		recorder = {
			...recorderOf(cameras),
			eventBegan: (key, kind, label) => events.begin(key, kind, Date.now(), label),
			eventEnded: (id) => void events.end(id, Date.now()),
		};
		const node = {
			pump,
			identity: { id: NAS },
			settings: { httpPort: 8000 },
			isSecure: false,
			addresses: { paths: [{ address: "192.168.0.20" }] },
			host: { log: { write: (_level: string, _area: string, message: string) => lines.push(message) } },
		};
		const settings = {
			mqtt: `mqtt://u:p@127.0.0.1:${broker.port}`,
			mqttTopic: "porthole",
			mqttDiscovery: "homeassistant",
			mqttCa: "",
		};
		const fleet = { self: { name: "NAS" } };
		part = new MqttPart({ node, fleet, events, recorder, storage } as never, settings);
		part.start();
	});

	after(async () => {
		if (part !== undefined) await new Promise<void>((done) => part.leave(done));
		pump?.close();
		watcher?.end(true);
		await broker?.stop();
		if (folder !== "") rmSync(folder, { recursive: true });
	});

	it("announces itself and each camera to Home Assistant (STR-26)", async () => {
		await seen(`${BASE}/status`, "online");
		const topic = `homeassistant/device/porthole_${NAS}_door/config`;
		await until("the camera is announced", 5000, () => topics.has(topic));
		const config = JSON.parse(text(topic) ?? "");
		assert.deepEqual(config.device.identifiers, [`porthole_${NAS}_door`]);
		assert.equal(config.device.name, 'Door "1"');
		assert.equal(config.origin.name, "Porthole");
		assert.equal(config.availability_topic, `${BASE}/status`);
		const { motion, picture } = config.components;
		assert.deepEqual(motion, {
			platform: "binary_sensor",
			name: "Motion",
			unique_id: `porthole_${NAS}_door_motion`,
			state_topic: `${BASE}/door/motion`,
			device_class: "motion",
		});
		assert.equal(picture.platform, "camera");
		const ids = Object.values(config.components).map((each) => (each as { unique_id: string }).unique_id);
		assert.equal(new Set(ids).size, 5);
		await seen(`${BASE}/door/motion`, "OFF");
	});

	it("tells of motion: state, details, picture (STR-26)", async () => {
		const event = events.begin("door", "motion", Date.now(), "Path");
		const jpeg = new Uint8Array([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);
		stills.keep(event, jpeg, 0, jpeg.length);
		await seen(`${BASE}/door/motion`, "ON");
		events.end(event.id, Date.now() + 5);
		await seen(`${BASE}/door/motion`, "OFF");
		await until("the end is told", 5000, () => all.some(([, payload]) => payload.includes('"ended"')));
		const details = all.filter(([topic]) => topic === `${BASE}/door/event`).map(([, payload]) => JSON.parse(payload));
		assert.deepEqual(
			details.map(({ type }) => type),
			["began", "ended"],
		);
		assert.equal(details[0].event.label, "Path");
		assert.equal(details[0].picture, `http://192.168.0.20:8000/events/${event.id}/picture.jpg`);
		await until("the picture comes", 5000, () => topics.has(`${BASE}/door/picture`));
		assert.deepEqual(new Uint8Array(topics.get(`${BASE}/door/picture`) ?? []), jpeg);
	});

	it("takes switches and events of a smart home, and nothing else (STR-26)", async () => {
		const before = events.length;
		for (const [topic, payload] of [
			["nobody/set/switch", "ON"],
			["door/set/switch", "on"],
			["door/set/door", "ON"],
			["door/set/event", "x".repeat(300)],
			["door/set/switch", "ON"],
		])
			await watcher.publishAsync(`${BASE}/${topic}`, payload, { qos: 1 });
		await seen(`${BASE}/door/switch`, "ON");
		assert.equal(events.length, before + 1);
		await watcher.publishAsync(`${BASE}/door/set/switch`, "OFF", { qos: 1 });
		await seen(`${BASE}/door/switch`, "OFF");
		await watcher.publishAsync(`${BASE}/door/set/event`, "Parcel", { qos: 1 });
		await seen(`${BASE}/door/call`, "ON");
		assert.equal(events.events("door", 0, Infinity, 100).at(-1)?.label, "Parcel");
	});

	it("repeats itself when Home Assistant starts", async () => {
		topics.delete(`homeassistant/device/porthole_${NAS}_door/config`);
		await watcher.publishAsync("homeassistant/status", "online", { qos: 1 });
		await until("the camera is announced again", 5000, () =>
			topics.has(`homeassistant/device/porthole_${NAS}_door/config`),
		);
	});

	it("keeps what happens while the broker is away, and tells it afterwards; the owner learns of it", async () => {
		await broker.stop();
		await until("the owner is told", 10_000, () => part.notices().length === 1);
		const event = events.begin("door", "motion", Date.now(), "while away");
		all.length = 0;
		topics.clear();
		await broker.start();
		await seen(`${BASE}/door/motion`, "ON");
		await seen(`${BASE}/status`, "online");
		await until("what happened is told", 5000, () =>
			all.some(([topic, payload]) => topic === `${BASE}/door/event` && payload.includes("while away")),
		);
		events.end(event.id, Date.now());
		await seen(`${BASE}/door/motion`, "OFF");
		assert.deepEqual(part.notices(), []);
	});

	it("says goodbye", async () => {
		await new Promise<void>((done) => part.leave(done));
		await seen(`${BASE}/status`, "offline");
	});
});
