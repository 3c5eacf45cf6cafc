import type { GatewayQuirks } from "../../hosts/virtual/gateway/quirks";
import { VirtualGateway } from "../../hosts/virtual/gateway/virtual-gateway";
import { Lan } from "../../hosts/virtual/lan";
import type { LinkSettings } from "../../hosts/virtual/link";
import { VirtualClock } from "../../hosts/virtual/virtual-clock";
import { VirtualFloatingAddress } from "../../hosts/virtual/virtual-floating-address";
import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { World } from "../../hosts/virtual/world";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { startSettings } from "../../src/app/start-settings";
import { OPEN_API } from "../../src/app/system/open-api-part";
import type { EndReason } from "../../src/core/stream";
import type { FrameSource } from "../../src/ports/camera";
import { type Motion, NO_MOTION } from "../../src/ports/motion";
import type { Stream, StreamSink } from "../../src/ports/net";
import { NO_SWITCH, type Switch } from "../../src/ports/pins";
import { PASSWORD } from "./digest";
import { loginFor } from "./home-answer";
import { TickSource } from "./tick-source";

export const WAN = "198.20.0.1";
const GATEWAY = "192.168.0.1";

/** A camera with the machine it runs on; `start` again after the power was cut. */
export class HomeCamera {
	readonly machine: VirtualMachine;
	camera: Camera;
	/** The one that it drew at its first start, if it did. */
	password = "";
	/** True: its pictures stand still, as when the lens's cable is loose. */
	still = false;
	/** What it keeps, if it shares its machine with another camera. */
	private readonly store: VirtualStore | undefined;

	constructor(
		readonly home: VirtualHome,
		readonly number: number,
		private readonly settings: Readonly<Record<string, string>>,
		private readonly pin: Switch = NO_SWITCH,
		shared?: VirtualMachine,
	) {
		this.store = shared === undefined ? undefined : new VirtualStore();
		this.machine = shared ?? new VirtualMachine(home.world, `cam${number}`);
		if (shared === undefined)
			this.machine.attach(
				home.lan,
				{ address: `192.168.0.${number <= 244 ? 10 + number : number - 242}`, gateway: GATEWAY },
				home.link,
			);
		this.camera = this.build();
		this.camera.start();
	}

	/** The power fails. */
	crash(): void {
		this.machine.crash();
	}

	/** Restores the power: the program starts again with its stored state. */
	restart(): void {
		this.machine.powerOn();
		this.begin();
	}

	private begin(): void {
		this.camera = this.build();
		this.camera.start();
	}

	get port(): number {
		return this.camera.fleet.self.externalPort;
	}

	get log(): string {
		return this.machine.log.lines.map((line) => JSON.stringify(line)).join("\n");
	}

	private build(): Camera {
		const { network, random, log } = this.machine;
		// A clock has one alarm, for one program.
		const clock = this.store === undefined ? this.machine.clock : new VirtualClock(this.home.world, true);
		const store = this.store ?? this.machine.store;
		const extras = [OPEN_API, ...this.home.extras];
		const settings = startSettings(
			cameraSchema(extras),
			new Map(Object.entries({ password: PASSWORD, ...this.settings })),
			store,
		);
		const source = this.home.makeSource?.(this.machine) ?? new TickSource(this.machine, this);
		return new Camera(
			{
				network,
				clock,
				random,
				store,
				log,
				source,
				motion: this.home.drive,
				switch: this.pin,
				floating: new VirtualFloatingAddress(this.machine),
				model: "sim",
				tellPassword: (password) => {
					this.password = password;
				},
				...(this.home.canRestart && { restart: () => this.begin() }),
			},
			settings,
			extras,
		);
	}
}

/** A home with a virtual gateway, cameras, and a visitor on the Internet; all in virtual time from one seed. */
export class VirtualHome {
	readonly world: World;
	readonly lan: Lan;
	readonly internet: Lan;
	readonly gateway: VirtualGateway;
	readonly visitor: VirtualMachine;
	readonly neighbour: VirtualMachine;
	readonly cameras: HomeCamera[] = [];
	/** Parts that the cameras that are added from now on have besides those of every camera. */
	extras: readonly ExtraPart[] = [];
	/** What all cameras see, for those who look into pictures. */
	picture: Uint8Array | undefined;
	/** Makes the sources of the cameras that are added from now on; absent: ten pictures a second. */
	makeSource: ((machine: VirtualMachine) => FrameSource) | undefined;
	/** Whether the cameras that are added from now on can be restarted from their pages. */
	canRestart = false;
	/** What turns the cameras that are added from now on. */
	drive: Motion = NO_MOTION;

	constructor(
		readonly seed: number,
		quirks: Partial<GatewayQuirks> = {},
		readonly link: Partial<LinkSettings> = {},
		wan = WAN,
	) {
		this.world = new World(seed);
		this.lan = new Lan(this.world, { name: "lan" });
		this.internet = new Lan(this.world, { name: "internet", routed: true });
		this.gateway = new VirtualGateway(this.world, {
			lan: this.lan,
			wan: this.internet,
			outside: { address: wan, prefix: 24, gateway: "198.20.0.254" },
			quirks,
		});
		this.visitor = new VirtualMachine(this.world, "visitor");
		this.visitor.attach(this.internet, { address: "198.20.7.7", prefix: 24, gateway: "198.20.7.1" });
		this.neighbour = new VirtualMachine(this.world, "neighbour");
		this.neighbour.attach(this.lan, { address: "192.168.0.9", gateway: GATEWAY });
	}

	/** @param shared the machine of another camera, to run on that one too */
	add(settings: Readonly<Record<string, string>> = {}, pin?: Switch, shared?: VirtualMachine): HomeCamera {
		const camera = new HomeCamera(this, this.cameras.length + 1, settings, pin, shared);
		this.cameras.push(camera);
		return camera;
	}

	/** Lets time pass until `done`; throws, with the seed, when that takes longer than `limit`. */
	until(done: () => boolean, limit: number, what: string): number {
		const start = this.world.now;
		if (!this.world.runUntil(done, limit)) {
			const logs = this.cameras.map((c) => `--- cam${c.number}\n${c.log}`).join("\n");
			throw new Error(`seed ${this.seed}: not within ${limit} ms: ${what}\n${logs}`);
		}
		return this.world.now - start;
	}

	/** External ports of the cameras that are on, in the order of the cameras. */
	get ports(): number[] {
		return this.cameras.filter((c) => c.machine.on).map((c) => c.port);
	}

	/** Gets a page as the owner, from the Internet or the LAN. @returns the whole answer; empty when there is none */
	get(url: string, from: VirtualMachine = this.visitor, wait = 3000): string {
		return this.askAs("owner", PASSWORD, "GET", url, from, "", "", wait);
	}

	/** Whether a camera answers at a URL, as a stranger on the Internet sees it: by asking for a password. */
	knock(url: string, wait: number): boolean {
		return this.exchange("GET", url, "", "", this.visitor, wait).startsWith("HTTP/1.1 401");
	}

	/** Posts a form, or what the fields say that it is, as the owner, from the LAN or the Internet. */
	post(url: string, form: string, from: VirtualMachine = this.visitor, fields = ""): string {
		return this.askAs("owner", PASSWORD, "POST", url, from, form, fields);
	}

	/** Asks as a stranger, and once more as a user of the camera when a login is wanted. @param fields lines of the head */
	askAs(
		user: string,
		password: string,
		method: string,
		url: string,
		from: VirtualMachine,
		form = "",
		fields = "",
		wait = 3000,
	): string {
		const first = this.exchange(method, url, form, fields, from, wait);
		const login = loginFor(first, method, `/${url.split("/").slice(3).join("/")}`, user, password);
		return login === undefined ? first : this.exchange(method, url, form, `${fields}${login}\r\n`, from, wait);
	}

	/** Makes one request with these fields. @param host in place of the URL's @returns the whole answer */
	exchange(
		method: string,
		url: string,
		form: string,
		fields: string,
		from: VirtualMachine,
		wait: number,
		host?: string,
	): string {
		const [, , authority, ...rest] = url.split("/");
		const [, address = "", port = "80"] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(authority) ?? [];
		const length = method === "POST" ? `Content-Length: ${form.length}\r\n` : "";
		const visit = new Visit(
			`${method} /${rest.join("/")} HTTP/1.1\r\nHost: ${host ?? authority}\r\nConnection: close\r\n${fields}${length}\r\n${form}`,
		);
		visit.stream = from.network.connect({ address, port: Number(port) }, visit);
		this.world.runUntil(() => visit.over, wait);
		if (!visit.over) visit.stream.abort();
		return visit.text;
	}
}

class Visit implements StreamSink {
	text = "";
	over = false;
	stream: Stream | undefined;
	private asked = false;

	constructor(private readonly request: string) {}

	room(): void {
		if (this.asked) return;
		this.asked = true;
		const bytes = new Uint8Array(Buffer.from(this.request));
		this.stream?.write(bytes, 0, bytes.length);
	}

	received(bytes: Uint8Array): void {
		this.text += Buffer.from(bytes).toString("latin1");
	}

	ended(_why: EndReason): void {
		this.over = true;
		this.stream?.end();
	}

	gone(): void {
		this.over = true;
	}
}
