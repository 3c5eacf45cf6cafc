import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mapping } from "../../virtual/gateway/port-table";
import { World } from "../../virtual/world";
import { NodeCiphers } from "../ciphers";
import { knownUtc } from "../clock";
import type { ConsoleLog } from "../console-log";
import { NodeFiles } from "../files";
import { gzip } from "../gzip";
import { qrCode } from "../qr-code";
import { openSource } from "../sources/open-source";
import { SharpThumbnailer } from "../sources/sharp-thumbnailer";
import { ThreadLumaReader } from "../thread-luma-reader";
import { answerDeadEnd } from "./dead-end-page";
import { DemoBridge } from "./demo-bridge";
import type { DemoDevice, DemoSwitch } from "./demo-device";
import { DemoNetwork, type DemoWatcher } from "./demo-network";
import { type DemoChoices, type DemoSupply, HOME_ADDRESS } from "./demo-scene";
import { RELAY_ADDRESS } from "./demo-servers";
import { EnteringFiles } from "./entering-files";
import { EnteringLumaReader } from "./entering-luma-reader";
import { EnteringSource, EnteringThumbnailer } from "./entering-source";
import { NetworkRoom, ROOM_ADDRESS } from "./network-room";
import { RealTime } from "./real-time";

/** Pictures per second of the cameras. */
const RATE = 15;

/** The virtual network in real time, with real ports on this machine. */
export class Demo implements DemoWatcher {
	readonly time: RealTime;
	readonly network: DemoNetwork;
	readonly bridge: DemoBridge;
	/** The recordings. */
	private readonly folder: string;
	/** The ports on this machine that lead to nothing in the home, with the devices that they lead to if these can be cut off. */
	private readonly far = new Map<number, (() => DemoDevice | undefined) | undefined>();
	/** The ports on this machine for video players. */
	private readonly players = new Set<number>();
	/** The ports on this machine for pages that are open and lead to a camera. */
	private readonly pages = new Set<number>();
	/** Called once all cameras can be reached. */
	private reachable = (): void => {};
	/** Tells of addresses for video players; those from before the pages are open wait here. */
	private early: string[] | undefined = [];

	/** @param networkPort of the page that draws the network; 0: there are the cameras and their router only */
	constructor(
		log: ConsoleLog,
		private readonly choices: DemoChoices,
		private readonly networkPort: number,
	) {
		const world = new World(Math.floor(Math.random() * 2 ** 31), knownUtc());
		this.time = new RealTime(world);
		this.folder = mkdtempSync(join(tmpdir(), "porthole-demo-"));
		process.once("exit", () => rmSync(this.folder, { recursive: true, force: true }));
		this.network = new DemoNetwork(world, this.supply(log), choices, networkPort > 0);
		this.network.watch(this);
		this.bridge = new DemoBridge(this.time, choices.listen, {
			isDead: (port) => this.offBefore(port) !== undefined,
			deadEnd: (socket, port) => this.deadEnd(socket, port),
			failed: (port, error) => this.portFailed(port, error),
		});
	}

	/** Opens the representative's port, and those of the pages that are not in the home. */
	async open(): Promise<void> {
		const { networkPort, network, choices } = this;
		const { relayPort, laptopPort } = choices;
		await new Promise<void>((resolve) => this.openHome(choices.port, resolve));
		if (networkPort === 0) return;
		const room = { machine: network.visitor, address: ROOM_ADDRESS, port: networkPort };
		this.far.set(networkPort, undefined);
		await new Promise<void>((resolve) => this.bridge.open(networkPort, room, resolve));
		this.far.set(relayPort, () => network.relay);
		this.bridge.open(relayPort, { ...room, address: RELAY_ADDRESS, port: relayPort });
		// Its pages are for programs on the laptop alone, which are those of this machine.
		this.far.set(laptopPort, () => network.laptop);
		const atLaptop = { address: "127.0.0.1", port: laptopPort };
		const machine = () => network.laptop?.machine ?? network.visitor;
		this.bridge.open(
			laptopPort,
			{
				...atLaptop,
				get machine() {
					return machine();
				},
			},
			undefined,
			"127.0.0.1",
		);
	}

	/** Starts all devices. @returns once the pages of all cameras can be opened at ports of this machine */
	start(): Promise<void> {
		const { cameras } = this.choices;
		return new Promise((resolve) => {
			this.reachable = () => this.pages.size >= cameras && resolve();
			this.time.enter(() => {
				if (this.networkPort > 0) NetworkRoom.open(this.network, this.networkPort);
				this.network.start();
			});
		});
	}

	/** Closes all ports, and stops the time. */
	stop(): void {
		this.bridge.close();
		this.time.stop();
	}

	/** Prints what was held back so that the address of the pages is read first. */
	tellEarly(): void {
		for (const line of this.early ?? []) console.log(line);
		this.early = undefined;
	}

	/** @see DemoWatcher */
	mapped(opened: readonly Mapping[]): void {
		for (const mapping of opened) if (mapping.transport === "tcp") this.opened(mapping);
	}

	private opened({ externalPort, port }: Mapping): void {
		const { rtspPort, host, password } = this.choices;
		const device = this.network.behind(externalPort);
		const number = this.network.cameras.find((camera) => camera === device)?.number;
		if (port !== rtspPort) {
			this.openHome(externalPort, () => number !== undefined && this.pageOpened(externalPort));
		} else if (!this.players.has(externalPort)) {
			this.players.add(externalPort);
			const url = `rtsp://owner:${password}@${host}:${externalPort}/live`;
			this.openHome(externalPort, () => this.tell(`Camera ${number} for a video player: ${url}`));
		}
	}

	/** Ends the connections to a device without power at once. @see DemoWatcher */
	switched({ id, isOn }: DemoSwitch): void {
		if (isOn) return;
		for (const { externalPort } of this.network.scene.gateway.table.all())
			if (this.network.behind(externalPort)?.id === id) this.bridge.cut(externalPort);
		for (const [port, device] of this.far) if (device?.()?.id === id) this.bridge.cut(port);
	}

	/** What is off on the way to where a port leads; `undefined`: nothing is. */
	private offBefore(port: number): DemoSwitch | undefined {
		const { router, uplink, opening } = this.network;
		const isFar = this.far.has(port);
		const way = isFar ? [this.far.get(port)?.()] : [router, uplink, opening, this.network.behind(port)];
		return way.find((each) => each?.isOn === false);
	}

	private supply(log: ConsoleLog): DemoSupply {
		const { time, folder } = this;
		return {
			log,
			ciphers: new NodeCiphers(),
			luma: new EnteringLumaReader(new ThreadLumaReader(), time),
			thumbnailer: new EnteringThumbnailer(new SharpThumbnailer(), time),
			qrCode,
			gzip,
			openSource: (number, name) => {
				const { source, motion } = openSource("synthetic", { fps: RATE, look: number, name });
				return { source: new EnteringSource(source, time), motion };
			},
			openStorage: () => new EnteringFiles(new NodeFiles(folder), time),
		};
	}

	private openHome(port: number, opened: () => void): void {
		this.bridge.open(port, { machine: this.network.visitor, address: HOME_ADDRESS, port }, opened);
	}

	private tell(line: string): void {
		if (this.early === undefined) console.log(line);
		else this.early.push(line);
	}

	private pageOpened(port: number): void {
		this.pages.add(port);
		this.reachable();
	}

	private deadEnd(socket: Socket, port: number): void {
		const { network, choices } = this;
		const isFar = this.far.has(port);
		const off = this.offBefore(port) ?? (isFar ? undefined : network.cameras.find(({ isOn }) => !isOn));
		answerDeadEnd(socket, off, choices.networkUrl, (id) => this.time.enter(() => void network.turn(id, true)));
	}

	private portFailed(port: number, error: NodeJS.ErrnoException): void {
		const isRtsp = this.players.has(port);
		const flag = isRtsp ? "--rtsp-port" : this.far.has(port) ? "--network-port" : "--port";
		const problem =
			error.code === "EADDRINUSE"
				? `Port ${port} is in use. Stop the other program, or pass ${flag}.`
				: `Port ${port} cannot be opened: ${error.message}. Check ${flag} and --listen.`;
		console.error(`porthole: ${problem}`);
		// The pages do without video players.
		if (!isRtsp) process.exit(1);
	}
}
