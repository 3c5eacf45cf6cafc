import { hostLabel } from "../../base/host-label";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { PeerStep } from "../../peer/peer-link";
import { isCalled } from "../../peer/peer-name";
import type { PeerPath } from "../../peer/peer-path";
import type { TunnelFailure } from "../../peer/tunnel/tunnel-contract";
import type { NetFailure, Network } from "../../ports/net";
import type { Pairing } from "../peer/pairing";
import { type ConnectionHost, type ConnectionWatcher, PeerConnection } from "../peer/peer-connection";
import type { FoundPeer } from "../peer/peer-services";
import { DeviceRace, type RaceOwner } from "./device-race";
import { LocalProxy, type LocalProxyOwner, RtspPort } from "./local-proxy";
import { failureText, VIEWER_MESSAGES } from "./viewer-messages";

/** What a {@link Viewer} needs of its program. */
export interface ViewerHost {
	readonly connections: ConnectionHost;
	readonly network: Network;
	/** Writes a line for people. */
	print(line: string): void;
	/** The viewer has ended by itself. @param reached whether the device was ever reached */
	ended(reached: boolean): void;
}

/** The local ports of a {@link Viewer}. */
export interface ViewerPorts {
	/** Of the pages of all devices. */
	readonly http: number;
	/** Of the first device's RTSP server; the others have the ports after it. 0: none. */
	readonly rtsp: number;
}

/** How many devices have a local RTSP port. */
const PLAYERS_MAX = 64;

/**
 * Shows a home on this machine: keeps a tunnel to one device, opens tunnels to the others when somebody asks for them, and offers their
 * pages and RTSP servers at local ports (P2P-13, ONE-6).
 */
export class Viewer implements LocalProxyOwner, RaceOwner {
	private readonly connections = new Map<string, PeerConnection>();
	private readonly ports: RtspPort[] = [];
	private readonly began: Millis;
	private proxy: LocalProxy | undefined;
	private readonly race: DeviceRace;
	private isReached = false;
	private path = "";
	/** All devices of the home, the one that is shown first. */
	private devices: readonly FoundPeer[];

	/**
	 * @param home that the devices belong to
	 * @param devices all of them, the one to show first
	 * @param isAny true: any of them will do, if the first one can't be reached
	 */
	constructor(
		private readonly host: ViewerHost,
		private readonly home: Pairing,
		devices: readonly FoundPeer[],
		private readonly wanted: ViewerPorts,
		isAny = false,
	) {
		this.devices = devices;
		this.began = host.connections.pump.now();
		this.race = new DeviceRace(this, isAny ? devices : devices.slice(0, 1));
	}

	/** @see RaceOwner */
	get pump(): Pump {
		return this.host.connections.pump;
	}

	/** Connects to the first device, and opens the ports once it is reached. */
	start(): void {
		this.race.start();
	}

	/** The network of this machine has changed: what could not be reached is tried again at once. */
	networkChanged(): void {
		this.race.retry();
		for (const connection of this.connections.values()) connection.retry();
	}

	/** Ends everything. */
	close(): void {
		this.proxy?.close();
		for (const port of this.ports) port.close();
		this.race.close();
		for (const connection of this.connections.values()) connection.close();
	}

	/** @see LocalProxyOwner */
	deviceOf(host: string): PeerConnection | string {
		const [first] = this.devices;
		if (host === "localhost" || host === "127.0.0.1" || host === "[::1]") return this.connectionTo(first);
		// Another name that leads to this machine: the page of somebody else asks (DNS rebinding).
		if (!host.endsWith(".localhost")) return VIEWER_MESSAGES.otherHost;
		const name = host.slice(0, -".localhost".length);
		const device = this.devices.find((each) => isCalled(name, each.name, each.peer));
		return device === undefined ? VIEWER_MESSAGES.noSuchName(hostLabel(name, "")) : this.connectionTo(device);
	}

	/** @see LocalProxyOwner */
	opened(port: number): void {
		const { host, home, devices } = this;
		const query = home.pass === "" ? "" : `?link=${home.pass}`;
		host.print(VIEWER_MESSAGES.pages(`http://localhost:${port}/${query}`));
		for (const { name, peer } of devices.slice(1)) {
			const label = hostLabel(name, peer);
			host.print(VIEWER_MESSAGES.device(name, `http://${label}.localhost:${port}/${query}`));
		}
		if (this.wanted.rtsp === 0) host.print(VIEWER_MESSAGES.stop);
		else this.openPlayers(query);
	}

	/** @see LocalProxyOwner */
	failed(why: NetFailure, detail: string): void {
		this.portFailed(this.wanted.http, "--http-port", why, detail);
	}

	private connectionTo({ peer }: FoundPeer): PeerConnection {
		let connection = this.connections.get(peer);
		if (connection === undefined) {
			connection = new PeerConnection(this.host.connections, this.home.access, peer);
			this.connections.set(peer, connection);
		}
		return connection;
	}

	private openPlayers(query: string): void {
		const { host, devices, wanted } = this;
		const players = devices.slice(0, PLAYERS_MAX);
		let opening = players.length;
		players.forEach((device, index) => {
			const port = wanted.rtsp + index;
			const url = `rtsp://localhost:${port}/live${query}`;
			this.ports.push(
				new RtspPort(host.network, port, () => this.connectionTo(device), {
					opened: () => {
						host.print(VIEWER_MESSAGES.player(device.name, url));
						if (--opening === 0) host.print(VIEWER_MESSAGES.stop);
					},
					failed: (why, detail) => this.portFailed(port, "--rtsp-port", why, detail),
				}),
			);
		});
	}

	/** @see RaceOwner */
	connect({ peer }: FoundPeer, watcher: ConnectionWatcher): PeerConnection {
		return new PeerConnection(this.host.connections, this.home.access, peer, true, watcher);
	}

	/** @see RaceOwner */
	won(device: FoundPeer, connection: PeerConnection): void {
		this.connections.set(device.peer, connection);
		this.devices = [device, ...this.devices.filter((each) => each !== device)];
	}

	/** @see RaceOwner */
	step(device: FoundPeer, step: PeerStep, detail: string): void {
		if (this.isReached) return;
		const seconds = ((this.host.connections.pump.now() - this.began) / 1000).toFixed(3);
		this.host.print(
			`${seconds} s  ${device.name}: ${VIEWER_MESSAGES.steps[step]}${detail === "" ? "" : `: ${detail}`}`,
		);
	}

	/** @see RaceOwner */
	reached(device: FoundPeer, path: PeerPath | undefined): void {
		if (path !== undefined) {
			const text = VIEWER_MESSAGES.connected(device.name, path);
			if (text !== this.path) this.host.print(text);
			this.path = text;
		}
		this.isReached = true;
		this.proxy ??= new LocalProxy(this.pump, this.host.network, this.wanted.http, this);
	}

	/** @see RaceOwner */
	lost(device: FoundPeer, why: TunnelFailure, detail: string, isLast: boolean): void {
		const reason = failureText(why, detail);
		if (this.isReached) {
			if (this.path !== "") this.host.print(VIEWER_MESSAGES.lost(device.name, reason));
			this.path = "";
			return;
		}
		this.host.print(VIEWER_MESSAGES.failed(device.name, reason));
		if (!isLast) return;
		this.close();
		this.host.ended(false);
	}

	private portFailed(port: number, flag: string, why: NetFailure, detail: string): void {
		this.host.print(VIEWER_MESSAGES.port(port, flag, why === "in-use" ? "it is in use" : detail));
		this.close();
		this.host.ended(this.isReached);
	}
}
