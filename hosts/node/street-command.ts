import type { Socket } from "node:net";
import { Camera } from "../../src/app/camera";
import { startSettings } from "../../src/app/start-settings";
import type { FrameSink, FrameSource, PictureQuality } from "../../src/ports/camera";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import type { LogLevel } from "../../src/ports/log";
import { NO_SWITCH } from "../../src/ports/pins";
import { drawCode } from "../../src/wire/join-code";
import { VirtualGateway } from "../virtual/gateway/virtual-gateway";
import { Lan } from "../virtual/lan";
import { VirtualMachine } from "../virtual/virtual-machine";
import { World } from "../virtual/world";
import { knownUtc } from "./clock";
import { ConsoleLog } from "./console-log";
import { STREET_SETTINGS } from "./node-settings";
import { gatherOptions, textOf } from "./options";
import { NodeRandom } from "./random";
import { RealTime } from "./real-time";
import { openSource } from "./sources/open-source";
import { StreetBridge } from "./street-bridge";
import { answerDeadEnd } from "./street-pages";

const WAN = "198.20.0.1";
const LAN_GATEWAY = "192.168.0.1";

/** A camera of the street: a virtual machine that can be unplugged. */
class StreetCamera {
	camera: Camera | undefined;
	readonly machine: VirtualMachine;
	private source: FrameSource | undefined;

	constructor(
		private readonly street: Street,
		readonly number: number,
	) {
		this.machine = new VirtualMachine(street.world, `camera ${number}`);
		this.machine.attach(street.lan, { address: `192.168.0.${10 + number}`, gateway: LAN_GATEWAY });
		this.plugIn();
	}

	/** The power fails. */
	unplug(): void {
		this.source?.stop();
		this.camera = undefined;
		this.machine.crash();
		this.street.cut(this);
	}

	/** The power is back. */
	plugIn(): void {
		if (!this.machine.on) this.machine.powerOn();
		const { network, clock, random, store } = this.machine;
		const { source, motion } = openSource("synthetic", {
			fps: 15,
			look: this.number,
			name: () => this.camera?.fleet.self.name || `camera ${this.number}`,
		});
		this.source = new EnteringSource(source, this.street.time);
		const extra = `<form method="post" action="/street/unplug/${this.number}"><p>This camera is part of a street on one machine. <button>Unplug it</button></p></form>`;
		this.camera = new Camera(
			{
				network,
				clock,
				random,
				store,
				log: this.street.log,
				source: this.source,
				motion,
				switch: NO_SWITCH,
				floating: NO_FLOATING_ADDRESS,
				model: "street",
				extra,
				hostNames: [this.street.listen],
				tellPassword() {},
				restart: () => this.street.time.enter(() => this.plugIn()),
			},
			startSettings(this.street.given, store),
		);
		this.camera.web.server.route("POST", `/street/unplug/${this.number}`, (_request, reply) => {
			reply.redirect("/");
			// The answer has to be on its way before the power goes.
			setTimeout(() => this.street.time.enter(() => this.unplug()), 200);
		});
		this.camera.start();
	}
}

/** Lets a source of the real world call into the virtual one. */
class EnteringSource implements FrameSource {
	readonly description: string;

	constructor(
		private readonly source: FrameSource,
		private readonly time: RealTime,
	) {
		this.description = source.description;
	}

	get quality(): PictureQuality | undefined {
		return this.source.quality;
	}

	start(sink: FrameSink): void {
		const { time } = this;
		this.source.start({
			frame: (frame) => time.enter(() => sink.frame(frame)),
			trouble: (words) => time.enter(() => sink.trouble(words)),
		});
	}

	stop(): void {
		this.source.stop();
	}
}

/** A virtual home with real ports on this machine. */
class Street {
	readonly world = new World(Math.floor(Math.random() * 2 ** 31), knownUtc());
	readonly time = new RealTime(this.world);
	readonly lan = new Lan(this.world, { name: "home" });
	readonly cameras: StreetCamera[] = [];
	/** What all cameras are started with; each has its own changes on top. */
	readonly given: Map<string, string>;
	readonly gateway: VirtualGateway;
	readonly bridge: StreetBridge;

	constructor(
		readonly log: ConsoleLog,
		readonly port: number,
		readonly listen: string,
		readonly password: string,
	) {
		const internet = new Lan(this.world, { name: "Internet", routed: true });
		const outside = { address: WAN, prefix: 24, gateway: "198.20.0.254" };
		// Not in secure mode: there the place of a representative that is unplugged stays empty until its lease ends.
		const quirks = { secure: false };
		const gateway = { lan: this.lan, wan: internet, outside, name: "Virtual router", quirks };
		this.gateway = new VirtualGateway(this.world, gateway);
		const visitor = new VirtualMachine(this.world, "visitor");
		visitor.attach(internet, { address: "198.20.7.7", prefix: 24, gateway: "198.20.7.1" });
		this.given = new Map([
			["representative-ports", `${port}`],
			["host-name", listen === "127.0.0.1" ? "localhost" : listen],
			["inquiry", "1-2"],
			["password", password],
			["fleet-key", drawCode(new NodeRandom(), 32)],
		]);
		this.bridge = new StreetBridge(
			this.time,
			visitor,
			WAN,
			listen,
			(at) => this.isDead(at),
			(socket, at) => this.deadEnd(socket, at),
			(at, error) => {
				console.error(`porthole: port ${at} can't be opened: ${error.message}. Choose another with --port.`);
				process.exit(1);
			},
		);
		this.gateway.onMapping((added) => {
			for (const mapping of added) this.bridge.open(mapping.externalPort);
		});
	}

	/** A camera is without power: whoever watches it through the gateway sees that at once. */
	cut(camera: StreetCamera): void {
		for (const mapping of this.gateway.table.all()) {
			if (mapping.address === camera.machine.address) this.bridge.cut(mapping.externalPort);
		}
	}

	/** The camera that a port leads to, or led to. */
	behind(port: number): StreetCamera | undefined {
		const entry = this.gateway.table.all().find((mapping) => mapping.externalPort === port);
		return this.cameras.find((camera) => camera.machine.address === entry?.address);
	}

	private isDead(port: number): boolean {
		const camera = this.behind(port);
		return camera !== undefined && !camera.machine.on;
	}

	private deadEnd(socket: Socket, port: number): void {
		const camera = this.behind(port) ?? this.cameras.find((c) => !c.machine.on);
		answerDeadEnd(socket, camera === undefined || camera.machine.on ? undefined : camera.number, (number) => {
			const off = this.cameras.find((c) => c.number === number && !c.machine.on);
			if (off !== undefined) this.time.enter(() => off.plugIn());
		});
	}
}

/** Runs a street until the process is told to end. @returns the exit code */
export async function runStreet(args: readonly string[]): Promise<number> {
	const given = gatherOptions(STREET_SETTINGS, args, process.env);
	const text = (name: string) => textOf(STREET_SETTINGS, given, name);
	const count = Number(text("cameras"));
	const password = text("password") || drawCode(new NodeRandom(), 12);
	const log = new ConsoleLog(text("log-level") as LogLevel);
	const street = new Street(log, Number(text("port")), text("listen"), password);
	street.time.enter(() => {
		street.bridge.open(street.port);
		for (let number = 1; number <= count; number++) {
			// One after the other, and longer than newcomers differ in how long they listen, so that camera 1 is server 1 at the
			// first port.
			street.world.after((number - 1) * 150, () => void street.cameras.push(new StreetCamera(street, number)));
		}
	});
	const host = text("listen") === "127.0.0.1" ? "localhost" : text("listen");
	console.log(`A virtual router and ${count} camera${count === 1 ? "" : "s"} on this machine.`);
	console.log(`Open http://${host}:${street.port}/ and log in as "owner" with the password ${password}`);
	const keys = listenToKeys(street);
	if (keys) console.log(`Keys: 1 to ${Math.min(9, count)} unplugs a camera, or plugs it in again; q ends.`);
	await new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
	});
	street.bridge.close();
	street.time.stop();
	return 0;
}

function listenToKeys(street: Street): boolean {
	const { stdin } = process;
	if (!stdin.isTTY) return false;
	stdin.setRawMode(true);
	stdin.on("data", (data: Buffer) => {
		for (const key of data.toString()) {
			const camera = street.cameras.find((c) => `${c.number}` === key);
			if (key === "q" || key === "\u0003") process.kill(process.pid, "SIGINT");
			if (camera === undefined) continue;
			const wasOn = camera.machine.on;
			street.time.enter(() => (wasOn ? camera.unplug() : camera.plugIn()));
			console.log(`camera ${key} is ${wasOn ? "unplugged" : "plugged in"}`);
		}
	});
	return true;
}
