import type { Pump } from "../../core/pump";
import { drawPeer } from "../../peer/peer-identity";
import { parseRendezvous } from "../../peer/rendezvous-address";
import { tunnelHost } from "../../peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../peer/tunnel/tunnel-limits";
import type { Ciphers } from "../../ports/ciphers";
import type { Clock } from "../../ports/clock";
import type { Log } from "../../ports/log";
import type { Network } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { Resolver } from "../../ports/resolver";
import type { Store } from "../../ports/store";
import { EXIT_CODES } from "../../settings/cli/commands";
import type { VIEW_SCHEMA } from "../../settings/cli/view-schema";
import type { ValuesOf } from "../../settings/schema";
import { loadDeviceKey } from "../peer/device-key";
import { type Pairing, readPairing } from "../peer/pairing";
import { UdpPeerEndpoint } from "../peer/peer-endpoint";
import { PeerHomes } from "../peer/peer-homes";
import type { FoundPeer } from "../peer/peer-services";
import { PeerDialer } from "../peer/tunnel-dialer";
import { chooseDevices, homeName, listDevices } from "./choose-devices";
import { deviceUrl, pairByLogin } from "./pair-by-login";
import { Viewer } from "./viewer";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** What `porthole view` needs of its host. */
export interface ViewProgramHost {
	readonly pump: Pump;
	readonly network: Network;
	readonly resolver: Resolver;
	readonly random: Random;
	readonly clock: Pick<Clock, "utc">;
	readonly ciphers: Ciphers;
	/** Keeps the homes, and the key of this program; readable by its user alone. */
	readonly store: Store;
	readonly log: Log;
	/** How many UDP sockets may be opened for birthday probing. */
	readonly spread: number;
	/** Writes a line to standard output. */
	print(line: string): void;
	/** Writes a line to standard error. */
	error(line: string): void;
}

/** The settings of `porthole view`. */
export type ViewSettings = ValuesOf<typeof VIEW_SCHEMA>;

/** Runs `porthole view` (P2P-13, ONE-6): pairs, lists, or shows. */
export class ViewProgram {
	private readonly homes: PeerHomes;
	private endpoint: UdpPeerEndpoint | undefined;
	private viewer: Viewer | undefined;
	private isOver = false;

	/**
	 * @param word what to show: a home, a device, or the code of a guest; empty: the only home
	 * @param done called once, with the exit code
	 */
	constructor(
		private readonly host: ViewProgramHost,
		private readonly settings: ViewSettings,
		private readonly word: string,
		private readonly done: (code: number) => void,
	) {
		this.homes = new PeerHomes(host.store);
	}

	/** Begins. */
	start(): void {
		const { homes, settings, host } = this;
		if (homes.damaged > 0) host.error(VIEWER_MESSAGES.damagedHomes(homes.damaged));
		if (settings.forget !== "") this.forget(settings.forget);
		else if (settings.pair !== "") this.pair(settings.pair);
		else this.proceed();
	}

	/** The user wants it to end. */
	stop(): void {
		this.end(EXIT_CODES.done);
	}

	private forget(typed: string): void {
		const home = this.homes.find(typed);
		if (home === undefined) return this.fail(VIEWER_MESSAGES.unknownHome(typed, this.homes.all.map(homeName)));
		this.homes.remove(home.access.home);
		this.host.print(VIEWER_MESSAGES.forgotten(homeName(home)));
		this.end(EXIT_CODES.done);
	}

	private pair(text: string): void {
		const { host, settings } = this;
		const url = deviceUrl(text);
		if (url === undefined) {
			const pairing = readPairing(text);
			if (typeof pairing === "string") this.fail(VIEWER_MESSAGES.pairing[pairing]);
			else this.paired(pairing);
			return;
		}
		const { user, password } = settings;
		pairByLogin(
			host,
			url,
			{ user: password === "" ? "" : user, password, home: settings.home || "Home" },
			(pairing) => {
				if (this.isOver) return;
				if (typeof pairing === "string") this.fail(pairing);
				else this.paired(pairing);
			},
		);
	}

	private paired(pairing: Pairing): void {
		const named = { ...pairing, name: this.settings.home || pairing.name };
		if (named.access.peer !== undefined) return this.fail(VIEWER_MESSAGES.guestCode);
		if (!this.homes.add(named)) return this.fail(VIEWER_MESSAGES.tooMany);
		this.host.print(VIEWER_MESSAGES.paired(homeName(named)));
		if (this.word !== "" || this.settings.list) return this.proceed();
		this.host.print(VIEWER_MESSAGES.next);
		this.end(EXIT_CODES.done);
	}

	/** Lists or shows. */
	private proceed(): void {
		const { word, settings } = this;
		const endpoint = this.open();
		if (settings.list) return this.list(endpoint);
		const guest = word.includes("#") || word.startsWith("porthole:") ? readPairing(word) : undefined;
		if (typeof guest === "string") return this.fail(VIEWER_MESSAGES.pairing[guest]);
		const homes = guest === undefined ? this.homes.all : [guest];
		const searching = (home: Pairing): void => this.searching(home);
		chooseDevices(endpoint, homes, guest === undefined ? word : "", searching, (chosen) => {
			if (this.isOver) return;
			if (typeof chosen === "string") return this.fail(chosen);
			const { home, devices, isAny } = chosen;
			if (devices.length > 1)
				this.host.print(
					VIEWER_MESSAGES.devices(
						homeName(home),
						devices.map(({ name }) => name),
					),
				);
			this.show(endpoint, home, devices, isAny);
		});
	}

	/** Shows which servers are asked, as it takes seconds when none answers. */
	private searching(home: Pairing): void {
		// A guest's one device is known.
		if (home.access.peer !== undefined) return;
		const servers = parseRendezvous(home.access.rendezvous)?.servers.map(({ host }) => host) ?? [];
		this.host.print(VIEWER_MESSAGES.searching(homeName(home), servers.join(", ")));
	}

	private open(): UdpPeerEndpoint {
		const { host, settings } = this;
		const { network } = host;
		const endpoint = new UdpPeerEndpoint(host.pump, host, {
			peer: drawPeer(host.random),
			kind: "viewer",
			port: settings.peerPort,
			spread: host.spread,
		});
		this.endpoint = endpoint;
		endpoint.start();
		network.watch(() => {
			endpoint.setPaths(network.paths());
			this.viewer?.networkChanged();
		});
		return endpoint;
	}

	private list(endpoint: UdpPeerEndpoint): void {
		const { homes, word, host } = this;
		const home = word === "" ? undefined : homes.find(word);
		if (word !== "" && home === undefined) return this.fail(VIEWER_MESSAGES.unknownHome(word, homes.all.map(homeName)));
		const all = home === undefined ? homes.all : [home];
		if (all.length === 0) return this.fail(VIEWER_MESSAGES.noHome);
		let left = all.length;
		let failed = 0;
		for (const each of all) {
			listDevices(endpoint, each, (found) => {
				if (this.isOver) return;
				if (typeof found === "string") {
					failed++;
					host.error(`${homeName(each)}: ${found}`);
				} else
					host.print(
						VIEWER_MESSAGES.devices(
							homeName(each),
							found.map(({ name }) => name),
						),
					);
				if (--left === 0) this.end(failed === 0 ? EXIT_CODES.done : EXIT_CODES.failed);
			});
		}
	}

	private show(endpoint: UdpPeerEndpoint, home: Pairing, devices: readonly FoundPeer[], isAny: boolean): void {
		const { host, settings } = this;
		const { pump, ciphers, network, store } = host;
		const tunnels = tunnelHost(pump, ciphers, LARGE_TUNNEL);
		const dialer = new PeerDialer(endpoint, tunnels, loadDeviceKey(ciphers, store), this.homes);
		this.viewer = new Viewer(
			{
				connections: { pump, dialer },
				network,
				utc: () => host.clock.utc(),
				search: (done) =>
					listDevices(endpoint, home, (found) => {
						if (!this.isOver) done(found);
					}),
				print: (line) => host.print(line),
				ended: () => this.end(EXIT_CODES.failed),
			},
			home,
			devices,
			{ http: settings.httpPort, rtsp: settings.rtspPort },
			isAny,
		);
		this.viewer.start();
	}

	private fail(text: string): void {
		this.host.error(text);
		this.end(EXIT_CODES.failed);
	}

	private end(code: number): void {
		if (this.isOver) return;
		this.isOver = true;
		this.host.network.watch(undefined);
		this.viewer?.close();
		// The last packets say goodbye.
		this.host.pump.after(0, () => {
			this.endpoint?.close();
			this.done(code);
		});
	}
}
