import assert from "node:assert/strict";
import { ByteWriter } from "../../src/base/byte-writer";
import { Prng } from "../../src/base/prng";
import type { Path } from "../../src/core/path";
import { Fleet } from "../../src/fleet/fleet";
import type { FleetEvent, FleetOutbox } from "../../src/fleet/fleet-contract";
import { FLEET_GROUP, FLEET_PORT, type FleetSettings } from "../../src/fleet/fleet-settings";
import { decodeFleetMessage, FLEET_MESSAGE_MAX } from "../../src/wire/fleet-message";
import { FLEET_SETTINGS } from "./fleet-settings";
import { decodeOldFleetMessage, encodeOldFleetMessage, type OldFleetMessage } from "./old-fleet-message";

/** One datagram of a {@link FleetLan}. */
export interface Datagram {
	readonly at: number;
	readonly from: string;
	readonly to: string;
	readonly bytes: Uint8Array;
}

/** A LAN with fleet machines in virtual time: 1 ms delay, random loss, and multicast that works or not. */
export class FleetLan {
	now = 0;
	sent: Datagram[] = [];
	multicastWorks = true;
	loss = 0;
	readonly cameras: LanCamera[] = [];
	private wire: Datagram[] = [];

	constructor(readonly random: Prng) {}

	add(settings: Partial<FleetSettings> = {}): LanCamera {
		const camera = new LanCamera(this, this.cameras.length, settings);
		this.cameras.push(camera);
		return camera;
	}

	/** Adds a camera that knows the old format of announcements only. */
	addOld(settings: Partial<FleetSettings> = {}): LanCamera {
		const camera = new OldLanCamera(this, this.cameras.length, settings);
		this.cameras.push(camera);
		return camera;
	}

	carry(from: string, to: string, bytes: Uint8Array): void {
		const datagram = { at: this.now + 1, from, to, bytes };
		this.sent.push(datagram);
		if (!this.random.chance(this.loss)) this.wire.push(datagram);
	}

	run(until: number): void {
		for (;;) {
			const next = Math.min(
				...this.wire.map((d) => d.at),
				...this.cameras.filter((c) => c.on).map((c) => c.fleet.deadline),
			);
			if (next > until) break;
			this.now = Math.max(this.now, next);
			const due = this.wire.filter((d) => d.at <= this.now);
			this.wire = this.wire.filter((d) => d.at > this.now);
			for (const { from, to, bytes } of due) {
				for (const camera of this.cameras) {
					const all = to === FLEET_GROUP || to.endsWith(".255");
					const meant = to === camera.path.address || (all && (to.endsWith(".255") || this.multicastWorks));
					if (camera.on && meant) camera.receive(from, bytes);
				}
			}
			for (const camera of this.cameras) {
				if (camera.on && camera.fleet.deadline <= this.now) camera.fleet.expire(this.now, camera);
			}
		}
		this.now = until;
	}
}

/** A fleet machine with an address, and its outbox. */
export class LanCamera implements FleetOutbox {
	on = true;
	readonly path: Path;
	readonly fleet: Fleet;
	readonly events: FleetEvent[] = [];

	constructor(
		protected readonly lan: FleetLan,
		readonly number: number,
		settings: Partial<FleetSettings>,
	) {
		this.path = { name: "eth0", address: `192.168.0.${11 + number}`, prefix: 24 };
		const id = `00000000000000${(number + 16).toString(16)}`;
		this.fleet = new Fleet({ ...FLEET_SETTINGS, id, model: "test", boot: 1, ...settings }, lan.random);
	}

	start(): this {
		this.fleet.start(this.lan.now, [this.path], this);
		return this;
	}

	mapped(externalPort: number): this {
		const change = { httpPort: 8000, externalPort, externalHost: "198.20.0.1", holds: externalPort === 8080 };
		this.fleet.update(this.lan.now, change, this);
		return this;
	}

	receive(from: string, bytes: Uint8Array): void {
		this.fleet.receive(this.lan.now, this.path, from, 40000, bytes, this);
	}

	send(_path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		assert.ok(port === FLEET_PORT || port === 40000);
		this.lan.carry(this.path.address, address, bytes.slice(start, end));
	}

	emit(event: FleetEvent): void {
		this.events.push(event);
	}

	get ports(): number[] {
		return this.fleet.registry.sorted().map((m) => m.externalPort);
	}
}

/** A camera from before announcements had a list of services: it sends and understands the old format only. */
class OldLanCamera extends LanCamera {
	override receive(from: string, bytes: Uint8Array): void {
		// A message with another seal is passed on unchanged, to be refused.
		const key = this.fleet.settings.keys[0];
		const isAuthentic = key === undefined ? bytes[4] === 0 : key.number === bytes[4] && key.check(bytes, from);
		const message = isAuthentic ? decodeOldFleetMessage(bytes) : undefined;
		super.receive(from, message === undefined ? bytes : this.encode(message, from));
	}

	override send(path: Path, address: string, port: number, bytes: Uint8Array, start: number, end: number): void {
		const message = decodeFleetMessage(bytes.subarray(start, end));
		assert.ok(message !== undefined);
		const { services, ...rest } = message;
		const old: OldFleetMessage = rest;
		const http = services?.find((service) => service.kind === "http");
		if (http !== undefined) Object.assign(old, { httpPort: http.port, externalPort: http.externalPort });
		if (http?.secure) old.secure = true;
		const encoded = this.encode(old, this.path.address);
		super.send(path, address, port, encoded, 0, encoded.length);
	}

	private encode(message: OldFleetMessage, from: string): Uint8Array {
		const key = this.fleet.settings.keys[0];
		const writer = new ByteWriter(FLEET_MESSAGE_MAX);
		assert.ok(encodeOldFleetMessage(message, writer, key?.number));
		key?.seal(writer.bytes, writer.length, from);
		return writer.copy();
	}
}

/** A LAN of `count` cameras that start at once, with ports from 8080 on. */
export function fleetLan(count: number, settings: Partial<FleetSettings> = {}, seed = 1): FleetLan {
	const lan = new FleetLan(new Prng(seed));
	for (let i = 0; i < count; i++)
		lan
			.add(settings)
			.start()
			.mapped(8080 + i);
	return lan;
}
