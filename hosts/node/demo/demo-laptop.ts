import { ViewProgram } from "../../../src/app/viewer/view-program";
import { Pump } from "../../../src/core/pump";
import { VIEW_SCHEMA } from "../../../src/settings/cli/view-schema";
import { parseSettings } from "../../../src/settings/schema";
import { VirtualClock } from "../../virtual/virtual-clock";
import { VirtualMachine } from "../../virtual/virtual-machine";
import { DemoHost } from "./demo-device";
import { AWAY_GATEWAY, type AwayRouter } from "./demo-router";
import { type DemoScene, HOME_GATEWAY } from "./demo-scene";
import { NETWORK_MESSAGES } from "./network-messages";

/** How many UDP sockets it may open for birthday probing. */
const SPREAD = 64;
/** After this time it is started again, in milliseconds. */
const AGAIN = 2000;

/** A laptop in another network that runs `porthole view`. It was at home once, where it was paired. */
export class DemoLaptop extends DemoHost {
	/** Called with each line that the program prints. */
	said: ((line: string) => void) | undefined;
	/** Where its pages are, with the pass of the pairing; empty: nowhere yet. */
	url = "";
	private isPaired = false;
	/** Of the program that runs, or ran last. */
	private clock: VirtualClock | undefined;
	private readonly atHome: VirtualMachine;

	/** @param cameras the addresses of cameras at home, of which one pairs it */
	constructor(
		private readonly scene: DemoScene,
		{ lan }: AwayRouter,
		private readonly cameras: () => readonly string[],
	) {
		super("laptop", "laptop", new VirtualMachine(scene.world, "laptop"));
		this.machine.attach(lan, { address: "192.168.1.20", gateway: AWAY_GATEWAY });
		this.atHome = new VirtualMachine(scene.world, "laptop at home");
		this.atHome.attach(scene.home, { address: "192.168.0.9", gateway: HOME_GATEWAY });
		this.begin();
	}

	get name(): string {
		return NETWORK_MESSAGES.laptop;
	}

	/** @see DemoHost */
	begin(): void {
		if (this.isPaired) this.watch();
		else this.pair();
	}

	protected override end(): void {
		this.clock?.stop();
		this.url = "";
	}

	private pair(): void {
		const [address] = this.cameras();
		if (address === undefined) return this.again();
		const given = {
			pair: `http://${address}:8000`,
			password: this.scene.choices.password,
			home: NETWORK_MESSAGES.home,
		};
		this.run(this.atHome, given, (code) => {
			this.isPaired = code === 0;
			if (this.isPaired) this.watch();
			else this.again();
		});
	}

	private watch(): void {
		const given = { "http-port": `${this.scene.choices.laptopPort}`, "rtsp-port": "0" };
		this.run(this.machine, given, () => {
			this.url = "";
			this.again();
		});
	}

	/** Starts the program again later, unless the power is cut meanwhile. */
	private again(): void {
		const { clock } = this;
		this.scene.world.after(AGAIN, () => {
			if (this.isOn && this.clock === clock) this.begin();
		});
	}

	private run(machine: VirtualMachine, given: Readonly<Record<string, string>>, done: (code: number) => void): void {
		const { network, random, resolver } = machine;
		const { supply, world } = this.scene;
		// A clock has one alarm, for one program.
		this.clock?.stop();
		const clock = new VirtualClock(world, true);
		this.clock = clock;
		const { values } = parseSettings(VIEW_SCHEMA, new Map(Object.entries(given)));
		const program = new ViewProgram(
			{
				pump: new Pump(clock),
				network,
				resolver,
				random,
				clock,
				ciphers: supply.ciphers,
				// What it keeps it takes along.
				store: this.machine.store,
				log: supply.log,
				spread: SPREAD,
				print: (line) => this.print(line),
				error: (line) => this.print(line),
			},
			values,
			"",
			done,
		);
		program.start();
	}

	private print(line: string): void {
		const [, url] = /^Pages: +(\S+)$/.exec(line) ?? [];
		if (url !== undefined) this.url = url;
		this.said?.(line);
	}
}
