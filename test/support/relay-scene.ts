import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import { type Packet, packetLength } from "../../hosts/virtual/packet";
import { type MachineOptions, VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { World } from "../../hosts/virtual/world";
import { Relay, type RelayExtra } from "../../src/app/relay/relay";
import { startSettings } from "../../src/app/start-settings";
import type { Octets } from "../../src/core/time";
import { EMPTY_RELAY_TABLE, type RelayTable } from "../../src/relay/relay-table";
import type { RelayedContent, RelayOrigin } from "../../src/relay/relayed-content";
import { RELAY_SCHEMA } from "../../src/settings/relay-schema";
import { PASSWORD } from "./digest";
import { VirtualMjpegCamera } from "./virtual-mjpeg-camera";
import { VirtualMjpegViewer } from "./virtual-mjpeg-viewer";
import { VirtualRtspCamera } from "./virtual-rtsp-camera";

/** The address of the cameras in the IP network. */
export const CAMERA = "198.20.0.10";
/** The port of a relay's pages and of Motion JPEG; and of RTSP. */
export const RELAY_HTTP = 8080;
export const RELAY_RTSP = 8554;

/** A content of Motion JPEG over HTTP that anybody may watch, unless `more` says otherwise. */
export function openContent(key: string, url: string, more: Partial<RelayedContent> = {}): RelayedContent {
	const protocol = url.startsWith("rtsp") ? "rtsp" : "http";
	return { key, protocol, url, content: key, origin: "", needsLogin: false, tariff: undefined, ...more };
}

/** What went over the cable between a relay and the IP network. */
export interface CableCount {
	/** Connections that the relay opened. */
	readonly connections: number;
	/** Packets with data, from the relay. */
	readonly asked: number;
	/** IP packets to the relay, in octets. */
	readonly octets: Octets;
}

/** A relay with the machine it runs on; `restart` after the power was cut. */
export class SceneRelay {
	readonly machine: VirtualMachine;
	relay: Relay;
	private connections = 0;
	private asked = 0;
	private octets = 0;

	constructor(
		scene: RelayScene,
		readonly number: number,
		public table: Partial<RelayTable>,
		private readonly settings: Readonly<Record<string, string>>,
		private readonly extras: readonly RelayExtra[],
		options: MachineOptions,
	) {
		this.machine = new VirtualMachine(scene.world, `relay${number}`, options);
		this.machine.attach(scene.access, { address: this.inside, prefix: 8 });
		this.machine.attach(scene.internet, { address: this.outside, prefix: 16 });
		this.relay = this.build();
		this.relay.start();
	}

	/** Its address in the access network, and in the IP network. */
	get inside(): string {
		return `10.9.${this.number - 1}.1`;
	}

	get outside(): string {
		return `198.20.1.${this.number}`;
	}

	/** What went over the cable to the IP network so far. */
	get cable(): CableCount {
		const { connections, asked, octets } = this;
		return { connections, asked, octets };
	}

	/** What its log says. */
	get log(): string {
		return this.machine.log.lines.map((line) => JSON.stringify(line)).join("\n");
	}

	/** The power fails. */
	crash(): void {
		this.machine.crash();
	}

	/** Restores the power: the program starts again with what is on its disk. */
	restart(): void {
		this.machine.powerOn();
		this.relay = this.build();
		this.relay.start();
	}

	/** Counts a packet on its cable to the IP network. */
	count({ source, destination, body, tcp }: Packet, length: Octets): void {
		if (destination === this.outside) this.octets += length;
		if (source !== this.outside) return;
		if (tcp?.syn === true && tcp.ack < 0) this.connections++;
		if (body.length > 0) this.asked++;
	}

	private build(): Relay {
		const { network, clock, random, store, log, files, resolver } = this.machine;
		const given = new Map(
			Object.entries({ password: PASSWORD, "relay-name": `relay${this.number}`, ...this.settings }),
		);
		const settings = startSettings(RELAY_SCHEMA, given, store);
		const ports = { network, clock, random, store, log, resolver, storage: files };
		const host = { ...ports, sendsAsOthers: true, model: "sim", tellPassword() {} };
		return new Relay(host, settings, { ...EMPTY_RELAY_TABLE, ...this.table }, this.extras);
	}
}

/** What a {@link RelayScene} is like. */
export interface RelaySceneOptions {
	/** The cables of viewers. */
	readonly link?: Partial<LinkSettings>;
	/** Of the first relay. */
	readonly settings?: Readonly<Record<string, string>>;
	/** Of the first relay. @default the content `garage`, which is the first camera's */
	readonly table?: Partial<RelayTable>;
	readonly extras?: readonly RelayExtra[];
	/** Of the first relay's machine. */
	readonly machine?: MachineOptions;
}

/**
 * An access network with viewers, an IP network with cameras, and relays between them; all in virtual time from one seed. Relay 1 is
 * there from the beginning; each further one has an access network address of its own.
 */
export class RelayScene {
	readonly world: World;
	readonly access: Lan;
	readonly internet: Lan;
	/** Motion JPEG on port 80 and RTSP on port 554 of {@link CAMERA}. */
	readonly camera: VirtualMjpegCamera;
	readonly rtsp: VirtualRtspCamera;
	readonly first: SceneRelay;
	readonly relays: SceneRelay[] = [];
	private viewers = 0;

	constructor(
		readonly seed: number,
		private readonly options: RelaySceneOptions = {},
	) {
		this.world = new World(seed);
		this.access = new Lan(this.world, { name: "access", routed: true });
		this.internet = new Lan(this.world, { name: "internet", routed: true });
		this.internet.capture = (_at, packet) => {
			for (const relay of this.relays) relay.count(packet, packetLength(packet));
		};
		const machine = new VirtualMachine(this.world, "camera");
		machine.attach(this.internet, { address: CAMERA, prefix: 16 });
		this.camera = new VirtualMjpegCamera(machine);
		this.rtsp = new VirtualRtspCamera(machine);
		const { table = { contents: [openContent("garage", `http://${CAMERA}/live`)] } } = options;
		this.first = this.addRelay(table, options.settings, options.extras, options.machine);
	}

	/** Adds a relay: 2, 3 … */
	addRelay(
		table: Partial<RelayTable>,
		settings: Readonly<Record<string, string>> = {},
		extras: readonly RelayExtra[] = [],
		machine: MachineOptions = {},
	): SceneRelay {
		const relay = new SceneRelay(this, this.relays.length + 1, table, settings, extras, machine);
		this.relays.push(relay);
		return relay;
	}

	/** Adds a machine in the access network, for viewers. */
	addClient(link: Partial<LinkSettings> = this.options.link ?? {}): VirtualMachine {
		const number = ++this.viewers;
		const machine = new VirtualMachine(this.world, `client${number}`);
		machine.attach(this.access, { address: `10.8.${number >> 8}.${number & 255}`, prefix: 8 }, link);
		return machine;
	}

	/** Adds a machine in the IP network. */
	addServer(name: string, address: string): VirtualMachine {
		const machine = new VirtualMachine(this.world, name);
		machine.attach(this.internet, { address, prefix: 16 });
		return machine;
	}

	/** A viewer begins to watch Motion JPEG. */
	watch(
		target = "/garage",
		{ relay = this.first, machine = this.addClient(), fields = "" }: WatchOptions = {},
	): VirtualMjpegViewer {
		return new VirtualMjpegViewer(machine, { address: relay.inside, port: RELAY_HTTP, target, fields });
	}

	/** Lets time pass. */
	run(seconds: number): this {
		this.world.runFor(seconds * 1000);
		return this;
	}

	/** Lets time pass until `done`; throws, with the seed and the logs of the relays, when that takes longer. */
	until(what: string, seconds: number, done: () => boolean): void {
		if (this.world.runUntil(done, seconds * 1000)) return;
		const logs = this.relays.map(({ number, log }) => `--- relay ${number}\n${log}`).join("\n");
		throw new Error(`seed ${this.seed}: not within ${seconds} s: ${what}\n${logs}`);
	}
}

/** How a viewer watches. */
export interface WatchOptions {
	/** @default the first one */
	readonly relay?: SceneRelay;
	/** @default a new one */
	readonly machine?: VirtualMachine;
	/** Header fields, each with its line end. */
	readonly fields?: string;
}

/** Somebody to whom a relay reports. */
export function sceneOrigin(name: string, url: string, key = new Uint8Array(32).fill(7)): RelayOrigin {
	return { name, url, key };
}
