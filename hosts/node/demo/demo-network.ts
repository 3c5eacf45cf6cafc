import type { Mapping } from "../../virtual/gateway/port-table";
import { VirtualMachine } from "../../virtual/virtual-machine";
import type { World } from "../../virtual/world";
import { DemoCamera } from "./demo-camera";
import type { DemoDevice, DemoSwitch } from "./demo-device";
import { DemoLaptop } from "./demo-laptop";
import { DemoNas } from "./demo-nas";
import { AwayRouter, HomeRouter, PortOpening, Uplink } from "./demo-router";
import { type DemoChoices, DemoScene, type DemoSupply } from "./demo-scene";
import { DemoRelay, DemoRendezvous } from "./demo-servers";
import { NETWORK_MESSAGES } from "./network-messages";

/**
 * Cameras start one after another, further apart than their listening times differ, so that the first one is "Camera 1" and gets the
 * first port.
 */
const CAMERA_SPACING = 150;
/** What else there is starts after them, when they can be reached. */
const NAS_LATER = 500;
const FAR_LATER = 1500;

/** Told what happens in a {@link DemoNetwork}. */
export interface DemoWatcher {
	/** The home's router has opened ports, or closed some; a port that leads elsewhere now is both. */
	mapped?(opened: readonly Mapping[], closed: readonly Mapping[]): void;
	/** Something was turned off or on. */
	switched?(what: DemoSwitch): void;
}

/** The virtual home, the virtual Internet, and all devices in them. */
export class DemoNetwork {
	readonly scene: DemoScene;
	readonly cameras: DemoCamera[] = [];
	/** Stands for the browsers and players of this machine, on the virtual Internet. */
	readonly visitor: VirtualMachine;
	readonly router: HomeRouter;
	readonly uplink: Uplink;
	readonly opening: PortOpening;
	nas: DemoNas | undefined;
	/** Absent: there are the cameras and their router only. */
	rendezvous: DemoRendezvous | undefined;
	relay: DemoRelay | undefined;
	away: AwayRouter | undefined;
	laptop: DemoLaptop | undefined;
	private readonly watchers: DemoWatcher[] = [];

	/** @param hasOthers whether there is more than the cameras and their router */
	constructor(
		readonly world: World,
		supply: DemoSupply,
		choices: DemoChoices,
		private readonly hasOthers: boolean,
	) {
		this.scene = new DemoScene(world, supply, choices);
		const { scene } = this;
		this.visitor = new VirtualMachine(world, "visitor");
		this.visitor.attach(scene.internet, { address: "198.20.7.7", prefix: 24, gateway: "198.20.7.1" });
		this.router = this.add(new HomeRouter(scene));
		this.uplink = this.add(new Uplink(scene));
		this.opening = this.add(new PortOpening(scene));
		scene.gateway.onMapping((opened, closed) => {
			for (const watcher of this.watchers) watcher.mapped?.(opened, closed);
		});
	}

	/** All devices whose power can be cut, those of the home first. */
	get devices(): readonly DemoDevice[] {
		const { cameras, nas, router, away, laptop, relay, rendezvous } = this;
		const all: readonly (DemoDevice | undefined)[] = [...cameras, nas, router, away, laptop, relay, rendezvous];
		return all.filter((device) => device !== undefined);
	}

	/** All that can be turned off. */
	get switches(): readonly DemoSwitch[] {
		return [...this.devices, this.uplink, this.opening];
	}

	/** Adds a watcher. */
	watch(watcher: DemoWatcher): void {
		this.watchers.push(watcher);
	}

	/** Starts everything, one after another. */
	start(): void {
		const { scene, world } = this;
		const { cameras } = scene.choices;
		if (this.hasOthers) this.rendezvous = this.add(new DemoRendezvous(scene));
		const setting = this.rendezvous?.setting ?? "";
		for (let number = 1; number <= cameras; number++)
			world.after((number - 1) * CAMERA_SPACING, () => {
				this.cameras.push(this.add(new DemoCamera(scene, number, setting)));
			});
		if (!this.hasOthers) return;
		const last = cameras * CAMERA_SPACING;
		world.after(last + NAS_LATER, () => {
			this.nas = this.add(new DemoNas(scene, setting));
		});
		world.after(last + FAR_LATER, () => this.startFar());
	}

	/** Turns something off or on. @returns what it was; `undefined`: there is nothing of this id */
	turn(id: string, isOn: boolean): DemoSwitch | undefined {
		const what = this.switches.find((each) => each.id === id);
		what?.turn(isOn);
		return what;
	}

	/** The device that a port of the home's router leads to. */
	behind(port: number): DemoDevice | undefined {
		const address = this.scene.gateway.table.all().find(({ externalPort }) => externalPort === port)?.address;
		return address === undefined ? undefined : this.at(address);
	}

	/** The device that has an address. */
	at(address: string): DemoDevice | undefined {
		return this.devices.find(({ machine }) => machine.address === address);
	}

	/** The cameras that the NAS records, by the ids of their switches, each with its name. */
	get recorded(): ReadonlyMap<string, string> {
		return this.byIdentity(this.nas?.recorded ?? []);
	}

	/** The cameras whose pictures the relay gets for viewers. @see recorded */
	get relayed(): ReadonlyMap<string, string> {
		return this.byIdentity(this.relay?.relayed ?? []);
	}

	/** The devices of the home that the laptop reaches, by the ids of their switches, each with the way that its tunnel takes. */
	get reached(): ReadonlyMap<string, string> {
		const found = new Map<string, string>();
		if (this.laptop?.isOn !== true) return found;
		for (const device of [...this.cameras, this.nas]) {
			const path = device?.isOn === true ? device.peers?.path : undefined;
			if (device !== undefined && path !== undefined) found.set(device.id, NETWORK_MESSAGES.paths[path]);
		}
		return found;
	}

	/** How many cameras the relay offers. */
	get offers(): number {
		return this.relay?.offers ?? 0;
	}

	private byIdentity(identities: readonly string[]): ReadonlyMap<string, string> {
		const found = new Map<string, string>();
		for (const { id, name, camera } of this.cameras)
			if (camera !== undefined && identities.includes(camera.identity.id)) found.set(id, name);
		return found;
	}

	private startFar(): void {
		const { scene } = this;
		const pairing = (): readonly string[] =>
			this.cameras.filter(({ isOn }) => isOn).map(({ machine }) => machine.address);
		this.relay = this.add(new DemoRelay(scene));
		this.away = this.add(new AwayRouter(scene));
		this.laptop = this.add(new DemoLaptop(scene, this.away, pairing));
	}

	private add<Switch extends DemoSwitch>(what: Switch): Switch {
		what.switched = () => {
			for (const watcher of this.watchers) watcher.switched?.(what);
		};
		return what;
	}
}
