import type { Socket } from "node:net";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { type Part, post, type Route } from "../../src/app/part";
import { startSettings } from "../../src/app/start-settings";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import type { HttpReply } from "../../src/http/http-request";
import type { FrameSink, FrameSource, PictureQuality } from "../../src/ports/camera";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import type { DEMO_SCHEMA } from "../../src/settings/cli/commands";
import type { Gathered } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { AddressTable } from "../../src/stream/address/address-table";
import { drawCode } from "../../src/wire/join-code";
import { VirtualGateway } from "../virtual/gateway/virtual-gateway";
import { Lan } from "../virtual/lan";
import { VirtualMachine } from "../virtual/virtual-machine";
import { World } from "../virtual/world";
import { knownUtc } from "./clock";
import { ConsoleLog } from "./console-log";
import { DemoBridge } from "./demo-bridge";
import { answerDeadEnd } from "./demo-pages";
import { NodeRandom } from "./random";
import { RealTime } from "./real-time";
import { openSource } from "./sources/open-source";

const WAN = "198.20.0.1";
const LAN_GATEWAY = "192.168.0.1";
/** No UDP to players: the bridge carries TCP only. */
const TCP_ONLY = new AddressTable([], false);

/** A camera of the demo: a virtual machine whose power can be cut. */
class DemoCamera {
	camera: Camera | undefined;
	readonly machine: VirtualMachine;
	private source: FrameSource | undefined;

	constructor(
		readonly demo: Demo,
		readonly number: number,
	) {
		this.machine = new VirtualMachine(demo.world, `camera ${number}`);
		this.machine.attach(demo.lan, { address: `192.168.0.${10 + number}`, gateway: LAN_GATEWAY });
		this.plugIn();
	}

	/** Cuts the power. */
	unplug(): void {
		this.source?.stop();
		this.camera = undefined;
		this.machine.crash();
		this.demo.cut(this);
	}

	/** Restores the power. */
	plugIn(): void {
		if (!this.machine.on) this.machine.powerOn();
		const { network, clock, random, store } = this.machine;
		const { source, motion } = openSource("synthetic", {
			fps: 15,
			look: this.number,
			name: () => this.camera?.fleet.self.name || `camera ${this.number}`,
		});
		this.source = new EnteringSource(source, this.demo.time);
		const extras: readonly ExtraPart[] = [
			OPEN_API,
			rtspServer({ table: TCP_ONLY }),
			{ make: () => new PlugPart(this) },
		];
		const extra = `<form method="post" action="/demo/unplug"><p>This camera is part of a demo. <button>Unplug it</button></p></form>`;
		this.camera = new Camera(
			{
				network,
				clock,
				random,
				store,
				log: this.demo.log,
				source: this.source,
				motion,
				switch: NO_SWITCH,
				floating: NO_FLOATING_ADDRESS,
				model: "demo",
				extra,
				hostNames: [this.demo.listen],
				tellPassword() {},
				restart: () => this.demo.time.enter(() => this.plugIn()),
			},
			startSettings(cameraSchema(extras), this.demo.given, store),
			extras,
		);
		this.camera.start();
	}
}

/** The button on each camera's page that cuts its power. */
class PlugPart implements Part {
	readonly routes: readonly Route<PlugPart>[] = [post("/demo/unplug", (plug, _request, reply) => plug.pull(reply))];

	constructor(private readonly camera: DemoCamera) {}

	/** Answers, and cuts the power once the answer has been sent. */
	pull(reply: HttpReply): void {
		reply.redirect("/");
		setTimeout(() => this.camera.demo.time.enter(() => this.camera.unplug()), 200);
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
class Demo {
	readonly world = new World(Math.floor(Math.random() * 2 ** 31), knownUtc());
	readonly time = new RealTime(this.world);
	readonly lan = new Lan(this.world, { name: "home" });
	readonly cameras: DemoCamera[] = [];
	/** The settings that all cameras start with. */
	readonly given: Map<string, string>;
	readonly gateway: VirtualGateway;
	readonly bridge: DemoBridge;
	/** The ports on this machine for video players. */
	private readonly players = new Set<number>();

	constructor(
		readonly log: ConsoleLog,
		readonly port: number,
		rtspPort: number,
		readonly host: string,
		readonly listen: string,
		password: string,
	) {
		const internet = new Lan(this.world, { name: "Internet", routed: true });
		const outside = { address: WAN, prefix: 24, gateway: "198.20.0.254" };
		// In secure mode no other camera could take over the port of an unplugged representative until its lease ends.
		const quirks = { secure: false };
		const gateway = { lan: this.lan, wan: internet, outside, name: "Virtual router", quirks };
		this.gateway = new VirtualGateway(this.world, gateway);
		const visitor = new VirtualMachine(this.world, "visitor");
		visitor.attach(internet, { address: "198.20.7.7", prefix: 24, gateway: "198.20.7.1" });
		this.given = new Map([
			["representative-ports", `${port}`],
			["rtsp-port", `${rtspPort}`],
			["rtsp-mapped", "on"],
			["host-name", host],
			["inquiry", "1-2"],
			["password", password],
			["fleet-key", drawCode(new NodeRandom(), 32)],
		]);
		this.bridge = new DemoBridge(
			this.time,
			visitor,
			WAN,
			listen,
			(at) => this.isDead(at),
			(socket, at) => this.deadEnd(socket, at),
			(at, error) => {
				const isRtsp = this.players.has(at);
				const flag = isRtsp ? "--rtsp-port" : "--port";
				const problem =
					error.code === "EADDRINUSE"
						? `Port ${at} is in use. Stop the other program, or pass ${flag}.`
						: `Port ${at} cannot be opened: ${error.message}. Check ${flag} and --listen.`;
				console.error(`porthole: ${problem}`);
				// The pages do without video players.
				if (!isRtsp) process.exit(1);
			},
		);
		this.gateway.onMapping((added) => {
			for (const { externalPort, port: internalPort, address } of added) {
				if (internalPort !== rtspPort) {
					this.bridge.open(externalPort);
				} else if (!this.players.has(externalPort)) {
					this.players.add(externalPort);
					const number = this.cameras.find(({ machine }) => machine.address === address)?.number;
					const url = `rtsp://owner:${password}@${host}:${externalPort}/live`;
					this.bridge.open(externalPort, () => console.log(`Camera ${number} for a video player: ${url}`));
				}
			}
		});
	}

	/** Ends the connections to a camera without power at once. */
	cut(camera: DemoCamera): void {
		for (const mapping of this.gateway.table.all()) {
			if (mapping.address === camera.machine.address) this.bridge.cut(mapping.externalPort);
		}
	}

	/** The camera that a port leads to, or led to. */
	behind(port: number): DemoCamera | undefined {
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

/** Runs the demo until the process gets a signal to stop. @returns the exit code */
export async function runDemo({ values }: Gathered<ValuesOf<typeof DEMO_SCHEMA>>): Promise<number> {
	const { cameras: count, port, rtspPort, listen } = values;
	const host = listen === "127.0.0.1" ? "localhost" : listen;
	const password = values.password || drawCode(new NodeRandom(), 12);
	const demo = new Demo(new ConsoleLog(values.logLevel), port, rtspPort, host, listen, password);
	await new Promise<void>((resolve) => demo.bridge.open(demo.port, resolve));
	demo.time.enter(() => {
		for (let number = 1; number <= count; number++) {
			// Started one after another, further apart than their listening times differ, so that the first one is "Camera 1"
			// and gets the first port.
			demo.world.after((number - 1) * 150, () => void demo.cameras.push(new DemoCamera(demo, number)));
		}
	});
	console.log(`A virtual router and ${count} camera${count === 1 ? "" : "s"} are running on this machine.`);
	console.log(`Open http://${host}:${demo.port}/ and log in as "owner" with the password ${password}`);
	const keys = listenToKeys(demo);
	if (keys) console.log(`Press 1 to ${Math.min(9, count)} to unplug a camera or plug it in again, and q to quit.`);
	await new Promise<void>((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
	});
	demo.bridge.close();
	demo.time.stop();
	return 0;
}

function listenToKeys(demo: Demo): boolean {
	const { stdin } = process;
	if (!stdin.isTTY) return false;
	stdin.setRawMode(true);
	stdin.on("data", (data: Buffer) => {
		for (const key of data.toString()) {
			const camera = demo.cameras.find((c) => `${c.number}` === key);
			if (key === "q" || key === "\u0003") process.kill(process.pid, "SIGINT");
			if (camera === undefined) continue;
			const wasOn = camera.machine.on;
			demo.time.enter(() => (wasOn ? camera.unplug() : camera.plugIn()));
			console.log(`camera ${key} is ${wasOn ? "unplugged" : "plugged in"}`);
		}
	});
	return true;
}
