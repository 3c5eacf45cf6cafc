import { toHex } from "../../base/hex";
import { sameNetwork } from "../../core/ipv4";
import type { Path } from "../../core/path";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { FleetKey } from "../../fleet/fleet-key";
import { FleetReceiver } from "../../fleet/fleet-receiver";
import { FleetSender, NO_MEMBERS } from "../../fleet/fleet-sender";
import type { GatewayTableEntry } from "../../gateway/gateway-events";
import type { Log } from "../../ports/log";
import type { Network, UdpOptions } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { FleetMessage } from "../../wire/fleet-message";
import type { FleetService } from "../../wire/fleet-service";
import { RELAYS_KIND } from "../origin/offered-cameras";
import { UdpBinding } from "../udp-binding";
import type { FoundCamera } from "./found-camera";

/** When the cameras are asked: again, because datagrams get lost. */
const ASKS: readonly Millis[] = Object.freeze([0, 500, 1200]);
/** When all answers are in: cameras of a large fleet answer one after another. */
const LIMIT: Millis = 2500;
/** More than a fleet has; a flood must not fill the memory. */
const CAMERAS_MAX = 256;
const ID_OCTETS = 8;
const DELIVERY = Object.freeze({ multicast: true, broadcast: true, unicast: false });
const NO_SERVICES: readonly FleetService[] = Object.freeze([]);

/** What the examination asks for. */
export interface FleetQuestion {
	/** The number of the fleet. */
	readonly fleet: number;
	/** The first seals the question, each may seal an answer; none: the fleet is open. */
	readonly keys: readonly FleetKey[];
}

/** Finds the cameras of this network as they find each other, without becoming one of them (IMG-10). */
export class FleetExamination {
	private readonly receiver: FleetReceiver;
	private readonly sender = new FleetSender(DELIVERY);
	private readonly socket: UdpBinding;
	private readonly cameras = new Map<string, FoundCamera>();
	private readonly id: string;
	private paths: readonly Path[] = [];

	constructor(
		host: { readonly network: Network; readonly random: Random; readonly log: Log },
		private readonly pump: Pump,
		private readonly question: FleetQuestion,
	) {
		const id = new Uint8Array(ID_OCTETS);
		host.random.fill(id);
		this.id = toHex(id);
		this.receiver = new FleetReceiver(question.fleet, this.id);
		this.receiver.keys = question.keys;
		this.sender.key = question.keys[0];
		this.socket = new UdpBinding(host.network, pump, host.log, "doctor", socketOptions, this);
	}

	/** Asks, and listens for two or three seconds. @param done called once, later */
	start(paths: readonly Path[], done: () => void): void {
		this.paths = paths;
		this.sender.paths = paths;
		this.socket.setPaths(paths);
		for (const at of ASKS) this.pump.after(at, () => this.ask());
		this.pump.after(LIMIT, () => {
			this.socket.close();
			done();
		});
	}

	/** @see DatagramReceiver */
	receive(path: Path, address: string, _port: number, bytes: Uint8Array): void {
		const message = this.receiver.accept(this.pump.now(), path, address, bytes);
		if (message === undefined || message.sender === this.id || message.services === undefined) return;
		if (!this.cameras.has(message.sender) && this.cameras.size >= CAMERAS_MAX) return;
		const camera = this.found(message, path, address);
		if (camera !== undefined) this.cameras.set(message.sender, camera);
	}

	/**
	 * The cameras that have answered, and those that only the gateway's table has.
	 * @param table of the gateway
	 * @param own the external port that the doctor itself holds; 0: none
	 */
	list(table: readonly GatewayTableEntry[], own: number): readonly FoundCamera[] {
		const list = [...this.cameras.values()];
		for (const entry of table) {
			const { ours, externalPort, internalClient, internalPort } = entry;
			if (ours === undefined || externalPort === own || entry.protocol !== "TCP") continue;
			const isKnown = list.some((camera) => camera.address === internalClient && camera.externalPort === externalPort);
			if (isKnown || list.length >= CAMERAS_MAX) continue;
			const path = this.paths.find((each) => sameNetwork(each.address, internalClient, each.prefix));
			list.push({
				id: "",
				name: ours.name,
				address: internalClient,
				port: internalPort,
				secure: false,
				externalPort,
				externalHost: "",
				rtspPort: 0,
				rtspExternalPort: 0,
				takesRelays: false,
				isSealed: false,
				path,
			});
		}
		return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	}

	private ask(): void {
		const message: FleetMessage = {
			type: "inquiry",
			fleet: this.question.fleet,
			sender: this.id,
			boot: 1,
			sequence: 0,
			term: 0,
			answer: true,
			representative: false,
			holds: false,
		};
		this.sender.sendToAll(message, NO_MEMBERS, this.socket);
	}

	private found(message: FleetMessage, path: Path, address: string): FoundCamera | undefined {
		const { services = NO_SERVICES, sender, name = "", externalHost = "" } = message;
		const pages = services.find(({ kind }) => kind === "http");
		if (pages === undefined) return undefined;
		const rtsp = services.find(({ kind }) => kind === "rtsp");
		return {
			id: sender,
			name,
			address,
			port: pages.port,
			secure: pages.secure,
			externalPort: pages.externalPort,
			externalHost,
			rtspPort: rtsp?.port ?? 0,
			rtspExternalPort: rtsp?.externalPort ?? 0,
			takesRelays: services.some(({ kind }) => kind === RELAYS_KIND),
			isSealed: this.receiver.key !== undefined,
			path,
		};
	}
}

/** Cameras answer to the port that they were asked from, and announce themselves to all. */
function socketOptions(path: Path): UdpOptions {
	return { address: path.address, port: 0, path, broadcast: true };
}
