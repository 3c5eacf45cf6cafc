import { hostLabel } from "../../base/host-label";
import { formatEndpoint } from "../../core/ip-address";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { PeerStep } from "../../peer/peer-link";
import type { PeerPath } from "../../peer/peer-path";
import type { TunnelFailure } from "../../peer/tunnel/tunnel-contract";
import type { NetFailure, Network, Stream, StreamSink } from "../../ports/net";
import type { Page } from "../../web/page";
import { type ShownHome, VIEW_HOST, waitingPage } from "../../web/view-page";
import type { Pairing } from "../peer/pairing";
import type { ConnectionHost, ConnectionWatcher } from "../peer/peer-connection";
import type { FoundPeer } from "../peer/peer-services";
import { DeviceRace, type Racer } from "./device-race";
import { LocalProxy, type LocalProxyOwner } from "./local-proxy";
import { RtspPort } from "./rtsp-port";
import { shownSteps } from "./shown-connection";
import { Succession, type SuccessionOwner } from "./succession";
import { ViewSite, type ViewSiteHost } from "./view-site";
import type { ViewedDevice } from "./viewed-device";
import { ViewedHome } from "./viewed-home";
import { failureText, VIEWER_MESSAGES } from "./viewer-messages";

/** What a {@link Viewer} needs of its program. */
export interface ViewerHost {
	readonly connections: ConnectionHost;
	readonly network: Network;
	/** The date in milliseconds since 1970; `undefined` while it is not known. */
	utc(): Millis | undefined;
	/** Looks for the devices of the home. @param done called once; with text: there is no answer */
	search(done: (found: readonly FoundPeer[] | string) => void): void;
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
/** How long a list of the home's devices counts as new. */
const LIST_TIME: Millis = 10_000;
/** The end of the host names of this machine. @see RFC 6761 §6.3 */
const LOCAL_NAMES = ".localhost";

/**
 * Shows a home on this machine: keeps a tunnel to one device, opens tunnels to the others when somebody asks for them, and offers their
 * pages and RTSP servers at local ports (P2P-13, ONE-6). When any device will do, another one takes the place of one that is lost.
 */
export class Viewer implements LocalProxyOwner, SuccessionOwner, ViewSiteHost {
	private readonly players: RtspPort[] = [];
	private readonly began: Millis;
	private readonly race: DeviceRace;
	private readonly succession: Succession;
	private readonly site: ViewSite;
	private proxy: LocalProxy | undefined;
	private readonly viewed: ViewedHome;
	private isReached = false;
	private isTold = false;
	/** When the devices of the home were looked for last. */
	private listedAt: Millis;
	/** How it was reached when that was told last; empty: it is lost. */
	private path = "";
	/** What the latest step said of the way to each device, until one is reached. */
	private readonly checked = new Map<string, string>();
	/** It gives no answers any more, and is not lost yet. */
	private isInterrupted = false;

	/**
	 * @param home that the devices belong to
	 * @param devices all of them, at least one, the one to show first
	 * @param isAny true: any of them will do, if the first one can't be reached
	 */
	constructor(
		private readonly host: ViewerHost,
		home: Pairing,
		devices: readonly FoundPeer[],
		private readonly wanted: ViewerPorts,
		private readonly isAny = false,
	) {
		this.viewed = new ViewedHome(host.connections, home, devices, (device) => this.refused(device));
		this.began = host.connections.pump.now();
		this.listedAt = this.began;
		this.race = new DeviceRace(this, isAny ? devices : devices.slice(0, 1));
		this.succession = new Succession(this);
		this.site = new ViewSite(this, home.pass);
	}

	get pump(): Pump {
		return this.host.connections.pump;
	}

	/** Opens the port of the pages, and connects to the first device. */
	start(): void {
		this.proxy = new LocalProxy(this.host.network, this.wanted.http, this);
		this.race.start();
	}

	/** The network of this machine has changed: what could not be reached is tried again at once. */
	networkChanged(): void {
		for (const { connection } of this.viewed.all) connection.retry();
	}

	/** Ends everything. */
	close(): void {
		this.proxy?.close();
		for (const port of this.players) port.close();
		this.race.close();
		this.succession.end();
		for (const { connection } of this.viewed.all) connection.close();
	}

	/** @see LocalProxyOwner */
	deviceOf(host: string): ViewedDevice | string | undefined {
		if (host === VIEW_HOST) return undefined;
		const device = this.viewed.named(host);
		if (device !== undefined) return device;
		// Another name that leads to this machine: the page of somebody else asks (DNS rebinding).
		if (!host.endsWith(LOCAL_NAMES)) return VIEWER_MESSAGES.otherHost;
		// It may have joined the home meanwhile.
		this.list();
		return VIEWER_MESSAGES.noSuchName(hostLabel(host.slice(0, -LOCAL_NAMES.length), ""));
	}

	/** @see LocalProxyOwner */
	accept(stream: Stream): StreamSink | undefined {
		return this.site.accept(stream);
	}

	/** @see LocalProxyOwner */
	waitingPage(device: ViewedDevice, reason: string): Page {
		const { found, state, steps } = device;
		const why = state === "failed" ? device.reason : state === "connected" ? reason : "";
		return waitingPage(found.name, why, shownSteps(steps, this.began), `http://${VIEW_HOST}:${this.viewed.port}/`);
	}

	/** @see LocalProxyOwner */
	opened(port: number): void {
		this.viewed.port = port;
		this.host.print(VIEWER_MESSAGES.status(this.viewed.ownUrl));
		this.tell();
	}

	/** @see LocalProxyOwner */
	failed(why: NetFailure, detail: string): void {
		this.portFailed(this.wanted.http, "--http-port", why, detail);
	}

	/** @see ViewSiteHost */
	utc(): Millis | undefined {
		return this.host.utc();
	}

	/** @see ViewSiteHost */
	shown(): ShownHome {
		this.list();
		return this.viewed.shown({ monotonic: this.pump.now(), utc: this.utc(), began: this.began }, this.isAny);
	}

	/** @see RaceOwner */
	connect({ peer }: FoundPeer, watcher: ConnectionWatcher): Racer {
		const device = this.viewed.with(peer);
		device?.keep(watcher);
		return { close: () => device?.release() };
	}

	/** @see RaceOwner */
	won({ peer }: FoundPeer): void {
		const { host, viewed } = this;
		const winner = viewed.with(peer);
		if (winner === undefined) return;
		const before = viewed.first;
		viewed.first = winner;
		if (!this.isReached) return viewed.sort();
		this.path = "";
		this.isInterrupted = false;
		this.succession.end();
		before.release();
		host.print(VIEWER_MESSAGES.successor(winner.found.name, before.found.name, viewed.url));
		host.print(VIEWER_MESSAGES.device(before.found.name, viewed.pagesOf(before)));
	}

	/** @see RaceOwner */
	step(device: FoundPeer, step: PeerStep, detail: string): void {
		if (this.isReached) return;
		if (step === "connected") this.checked.set(device.peer, detail);
		const seconds = ((this.pump.now() - this.began) / 1000).toFixed(3);
		this.host.print(
			`${seconds} s  ${device.name}: ${VIEWER_MESSAGES.steps[step]}${detail === "" ? "" : `: ${detail}`}`,
		);
	}

	/** @see RaceOwner */
	reached(device: FoundPeer, path: PeerPath | undefined): void {
		if (path !== undefined) {
			const text = VIEWER_MESSAGES.connected(device.name, path);
			// A better way may have been found since the step, or since the device was reached.
			const step = this.checked.get(device.peer);
			const isOther = this.path !== "" || step?.includes(formatEndpoint(path.address, path.port)) === false;
			if (text !== this.path) this.host.print(isOther ? VIEWER_MESSAGES.moved(device.name, path) : text);
			this.path = text;
			this.checked.clear();
		}
		this.succession.end();
		this.isInterrupted = false;
		this.isReached = true;
		this.tell();
	}

	/** @see RaceOwner */
	interrupted({ peer, name }: FoundPeer): void {
		this.host.print(VIEWER_MESSAGES.interrupted(name));
		this.path = "";
		this.isInterrupted = true;
		if (this.isAny) this.succession.begin(peer);
	}

	/** @see RaceOwner */
	lost(device: FoundPeer, why: TunnelFailure, detail: string, isLast: boolean): void {
		const reason = failureText(why, detail);
		if (!this.isReached) {
			this.host.print(VIEWER_MESSAGES.failed(device.name, reason));
			if (!isLast) return;
			this.close();
			this.host.ended(false);
		} else if (device.peer === this.viewed.first.found.peer) {
			if (this.path !== "" || this.isInterrupted) this.host.print(VIEWER_MESSAGES.lost(device.name, reason));
			this.path = "";
			this.isInterrupted = false;
			if (this.isAny) this.succession.begin(device.peer);
		} else if (isLast) this.succession.again();
	}

	/** A device refuses the pass: without it a tunnel shows nothing but the login page, so none is kept. */
	private refused(device: ViewedDevice): void {
		if (!device.hasRefused) this.host.print(VIEWER_MESSAGES.revoked(device.found.name));
		device.hasRefused = true;
		device.release();
	}

	/** @see SuccessionOwner */
	search(done: (found: readonly FoundPeer[] | string) => void): void {
		this.listedAt = this.pump.now();
		this.host.search(done);
	}

	/** Devices may have joined the home since it was opened. @see SuccessionOwner */
	candidates(found: readonly FoundPeer[]): void {
		for (const each of found) {
			const device = this.viewed.add(each);
			if (device === undefined) continue;
			this.host.print(VIEWER_MESSAGES.device(each.name, this.viewed.pagesOf(device)));
			this.openPlayer(device);
		}
	}

	/** Looks for devices that have joined the home, unless that was done a moment ago. */
	private list(): void {
		const now = this.pump.now();
		if (!this.isTold || now - this.listedAt < LIST_TIME) return;
		this.search((found) => {
			if (typeof found !== "string") this.candidates(found);
		});
	}

	/** Says where everything is, once there is something to show. */
	private tell(): void {
		const { host, viewed, wanted } = this;
		if (this.isTold || !this.isReached || viewed.port === 0) return;
		this.isTold = true;
		host.print(VIEWER_MESSAGES.pages(viewed.url));
		for (const device of viewed.all.slice(1))
			host.print(VIEWER_MESSAGES.device(device.found.name, viewed.pagesOf(device)));
		if (wanted.rtsp === 0) return host.print(VIEWER_MESSAGES.stop);
		let opening = Math.min(viewed.all.length, PLAYERS_MAX);
		for (const device of viewed.all)
			this.openPlayer(device, () => {
				if (--opening === 0) host.print(VIEWER_MESSAGES.stop);
			});
	}

	/** Opens the port of a device for players. @param opened called when it is open; absent: it came later, and the others go on without */
	private openPlayer(device: ViewedDevice, opened?: () => void): void {
		const { host, wanted, players } = this;
		if (wanted.rtsp === 0 || players.length >= PLAYERS_MAX) return;
		const port = wanted.rtsp + players.length;
		players.push(
			new RtspPort(host.network, port, device, {
				opened: () => {
					device.rtspPort = port;
					host.print(VIEWER_MESSAGES.player(device.found.name, this.viewed.playersOf(device)));
					opened?.();
				},
				failed: (why, detail) => this.portFailed(port, "--rtsp-port", why, detail, opened !== undefined),
			}),
		);
	}

	private portFailed(port: number, flag: string, why: NetFailure, detail: string, isNeeded = true): void {
		this.host.print(VIEWER_MESSAGES.port(port, flag, why === "in-use" ? "it is in use" : detail));
		if (!isNeeded) return;
		this.close();
		this.host.ended(this.isReached);
	}
}
