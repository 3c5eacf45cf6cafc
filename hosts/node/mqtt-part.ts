import { readFileSync } from "node:fs";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { type EventNews, eventJson, lanUrl } from "../../src/app/nas/events/event-message";
import { ReportedEvents } from "../../src/app/nas/events/reported-events";
import type { NasExtra, NasServices } from "../../src/app/nas/nas-services";
import type { Metric, Part } from "../../src/app/part";
import { MQTT_SCHEMA, type MqttServer, parseMqttUrl } from "../../src/settings/mqtt-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { EventStills } from "../../src/storage/events/event-stills";
import type { EventKind, RecordedEvent } from "../../src/storage/recorded-event";
import type { CameraKey } from "../../src/storage/recording";
import { EVENTS_MESSAGES } from "../../src/web/events-messages";
import type { Notice } from "../../src/web/notices";
import { discoveryMessage, discoveryTopic } from "./home-assistant";

/** The settings of messages by MQTT. */
export type MqttSettings = ValuesOf<typeof MQTT_SCHEMA>;

/** How long to wait before another attempt to connect, in milliseconds. */
const RECONNECT = 5000;
const CONNECT_LIMIT = 10_000;
const KEEP_ALIVE_SECONDS = 30;
/** How many messages about events are kept while the broker is away. */
const KEPT_MAX = 256;
/** The longest command that is looked at, in octets. */
const COMMAND_MAX = 256;
/** The picture of an event is on the medium some time after its beginning. */
const PICTURE_DELAY = 1500;
/** How often new cameras are looked for. */
const LOOK = 10_000;
const KINDS: readonly EventKind[] = ["motion", "switch", "call"];

/** What a part needs of the NAS. */
export type MqttNeeds = Pick<NasServices, "node" | "fleet" | "events" | "recorder" | "storage">;

/** MQTT on this host. */
export const MQTT: NasExtra = {
	settings: MQTT_SCHEMA,
	make: (nas) => new MqttPart(nas, nas.node.settings as unknown as MqttSettings),
};

/**
 * Tells an MQTT broker of events, and Home Assistant of the cameras; takes switches (STR-26). Below `PREFIX/NAS/CAMERA`:
 *
 * - `motion`, `switch`, `call`: `ON` or `OFF`, retained;
 * - `event`: JSON when an event begins and when it ends; kept while the broker is away;
 * - `picture`: the JPEG of the last event, retained;
 * - `set/switch` takes `ON` and `OFF`, `set/event` takes the label of an event.
 *
 * `PREFIX/NAS/status` is `online` or, by the last will, `offline`.
 */
export class MqttPart implements Part {
	private readonly server: MqttServer | undefined;
	private readonly base: string;
	private readonly stills: EventStills;
	private readonly reported: ReportedEvents;
	private client: MqttClient | undefined;
	/** How many events of a kind last at a camera, by topic. */
	private readonly lasting = new Map<string, number>();
	/** The cameras that Home Assistant knows of, with their names. */
	private readonly announced = new Map<CameraKey, string>();
	private readonly kept: { readonly topic: string; readonly payload: string }[] = [];
	private sent = 0;
	private lost = 0;
	private fault = "";
	private hasLeft = false;

	constructor(
		private readonly nas: MqttNeeds,
		private readonly settings: MqttSettings,
	) {
		this.server = parseMqttUrl(settings.mqtt);
		this.base = `${settings.mqttTopic}/${nas.node.identity.id}`;
		this.stills = new EventStills(nas.storage);
		this.reported = new ReportedEvents(nas.recorder, nas.node.pump);
	}

	start(): void {
		const { server, nas } = this;
		if (server === undefined) return;
		nas.events.watch({
			eventBegan: (event) => this.told("began", event),
			eventEnded: (event) => this.told("ended", event),
		});
		const client = connect(server.url, this.optionsOf(server));
		this.client = client;
		client.on("connect", () => this.connected(client));
		client.on("error", (error) => this.failed(error.message));
		client.on("close", () => this.failed(""));
		client.on("message", (topic, payload) => this.received(topic, payload));
		this.look();
	}

	leave(done: () => void): void {
		this.hasLeft = true;
		const { client } = this;
		if (client === undefined || !client.connected) {
			client?.end(true);
			return done();
		}
		client.publish(`${this.base}/status`, "offline", { retain: true, qos: 1 }, () =>
			client.end(false, {}, () => done()),
		);
	}

	notices(): readonly Notice[] {
		if (this.fault === "") return [];
		return [{ message: EVENTS_MESSAGES.notices.mqtt(this.fault), remedy: EVENTS_MESSAGES.notices.mqttRemedy }];
	}

	metrics(): readonly Metric[] {
		if (this.server === undefined) return [];
		return [
			["mqtt_connected", "gauge", "1: the MQTT broker is connected", this.client?.connected === true ? 1 : 0],
			["mqtt_messages_total", "counter", "Messages that were sent to the MQTT broker", this.sent],
			["mqtt_lost_total", "counter", "Messages about events that were given up", this.lost],
		];
	}

	private optionsOf({ user, password }: MqttServer): IClientOptions {
		const { mqttCa } = this.settings;
		return {
			clientId: `porthole-${this.nas.node.identity.id}`,
			clean: true,
			keepalive: KEEP_ALIVE_SECONDS,
			connectTimeout: CONNECT_LIMIT,
			reconnectPeriod: RECONNECT,
			// What was not sent is kept here, within limits.
			queueQoSZero: false,
			will: { topic: `${this.base}/status`, payload: Buffer.from("offline"), retain: true, qos: 1 },
			...(user !== "" && { username: user, password }),
			...(mqttCa !== "" && { ca: readFileSync(mqttCa) }),
		};
	}

	private connected(client: MqttClient): void {
		const { mqttDiscovery: discovery } = this.settings;
		if (this.fault !== "") this.nas.node.host.log.write("info", "mqtt", "the broker is connected");
		this.fault = "";
		client.subscribe(`${this.base}/+/set/+`, { qos: 1 });
		if (discovery !== "") client.subscribe(`${discovery}/status`, { qos: 1 });
		this.publish("status", "online", true);
		this.announced.clear();
		this.announce();
		for (const { topic, payload } of this.kept.splice(0)) this.publish(topic, payload, false);
	}

	/** @param message empty: the connection is closed, for a reason that was told before */
	private failed(message: string): void {
		if (this.hasLeft) return;
		const fault = message === "" ? this.fault || "it closed the connection" : message;
		if (fault !== this.fault) this.nas.node.host.log.write("warn", "mqtt", `the broker can't be used: ${fault}`);
		this.fault = fault;
	}

	/** Tells of cameras that are new or have another name, and withdraws those that are gone. */
	private announce(): void {
		const { node, recorder } = this.nas;
		const { mqttDiscovery: discovery } = this.settings;
		if (this.client?.connected !== true) return;
		const gone = new Set(this.announced.keys());
		for (const { key, title } of recorder.cameras()) {
			gone.delete(key);
			if (this.announced.get(key) === title) continue;
			this.announced.set(key, title);
			for (const kind of KINDS) this.publishState(key, kind);
			if (discovery === "") continue;
			const pages = lanUrl(node);
			const url = pages === "" ? "" : `${pages}events?camera=${key}`;
			const about = {
				nas: node.identity.id,
				key,
				title,
				topic: `${this.base}/${key}`,
				availability: `${this.base}/status`,
				url,
			};
			this.send(discoveryTopic(discovery, node.identity.id, key), discoveryMessage(about), true);
		}
		for (const key of gone) {
			this.announced.delete(key);
			if (discovery !== "") this.send(discoveryTopic(discovery, node.identity.id, key), "", true);
		}
	}

	private look(): void {
		if (this.hasLeft) return;
		this.announce();
		this.nas.node.pump.after(LOOK, () => this.look());
	}

	private told(news: EventNews, event: RecordedEvent): void {
		const { node } = this.nas;
		const { camera, kind } = event;
		const topic = `${camera}/${kind}`;
		this.lasting.set(topic, Math.max(0, (this.lasting.get(topic) ?? 0) + (news === "began" ? 1 : -1)));
		this.announce();
		this.publishState(camera, kind);
		this.publish(`${camera}/event`, eventJson(news, event, this.nas), false);
		node.pump.after(PICTURE_DELAY, () => this.publishPicture(event));
	}

	private publishState(camera: CameraKey, kind: EventKind): void {
		const isOn = (this.lasting.get(`${camera}/${kind}`) ?? 0) > 0;
		if (this.client?.connected === true) this.publish(`${camera}/${kind}`, isOn ? "ON" : "OFF", true);
	}

	private publishPicture(event: RecordedEvent): void {
		if (this.client?.connected !== true) return;
		this.stills.read(event, (bytes) => {
			if (bytes !== undefined) this.send(`${this.base}/${event.camera}/picture`, bytes, true);
		});
	}

	/** Publishes below the topic of the NAS; what is not retained is kept while the broker is away. */
	private publish(topic: string, payload: string, isRetained: boolean): void {
		if (this.client?.connected === true) return this.send(`${this.base}/${topic}`, payload, isRetained);
		if (isRetained) return;
		if (this.kept.length >= KEPT_MAX) {
			this.kept.shift();
			this.lost++;
		}
		this.kept.push({ topic, payload });
	}

	private send(topic: string, payload: string | Uint8Array, retain: boolean): void {
		this.sent++;
		this.client?.publish(topic, typeof payload === "string" ? payload : Buffer.from(payload), { retain, qos: 1 });
	}

	private received(topic: string, payload: Buffer): void {
		const { settings, base, nas } = this;
		if (topic === `${settings.mqttDiscovery}/status`) {
			// Home Assistant has started.
			if (payload.toString("latin1") === "online") this.announced.clear();
			return this.announce();
		}
		if (!topic.startsWith(`${base}/`) || payload.length > COMMAND_MAX) return;
		const [key, set, what, ...more] = topic.slice(base.length + 1).split("/");
		if (set !== "set" || more.length > 0 || nas.recorder.camera(key) === undefined) return;
		const text = payload.toString("utf8");
		if (what === "event") this.reported.report(key, "call", "pulse", text);
		else if (what === "switch" && (text === "ON" || text === "OFF"))
			this.reported.report(key, "switch", text === "ON" ? "on" : "off", "");
	}
}
