import { Lan } from "../../virtual/lan";
import { NAT_KINDS } from "../../virtual/nat-settings";
import { Router } from "../../virtual/router";
import { DemoDevice, type DemoSwitch } from "./demo-device";
import { type DemoScene, HOME_ADDRESS } from "./demo-scene";
import { NETWORK_MESSAGES } from "./network-messages";

/** The delay of the connection of another network to the Internet, in milliseconds. */
const FAR = 10;

/** The home's router, with its NAT and the ports that devices have asked for; it forgets both without power. */
export class HomeRouter extends DemoDevice {
	constructor(private readonly scene: DemoScene) {
		super("router", "router", scene.gateway.machine);
	}

	get name(): string {
		return NETWORK_MESSAGES.homeRouter;
	}

	protected powerOn(): void {
		this.scene.gateway.powerOn();
	}

	protected powerOff(): void {
		this.scene.gateway.powerOff();
	}
}

/** Another network, with a router that opens no ports to anybody. */
export class AwayRouter extends DemoDevice {
	readonly lan: Lan;
	private readonly router: Router;

	constructor({ world, internet }: DemoScene) {
		const lan = new Lan(world, { name: "away" });
		const place = {
			lan,
			inside: { address: AWAY_GATEWAY, prefix: 24 },
			wan: internet,
			outside: { address: "198.20.9.1", prefix: 24, gateway: "198.20.9.254" },
			link: { delay: FAR },
		};
		const router = new Router(world, "away router", place, NAT_KINDS["port-restricted"]);
		super("away", "router", router.machine);
		this.lan = lan;
		this.router = router;
	}

	get name(): string {
		return NETWORK_MESSAGES.awayRouter;
	}

	/** Its address on the Internet. */
	get outside(): string {
		return this.router.outside.path?.address ?? "";
	}

	/** How many sessions its NAT has. */
	get sessions(): number {
		return this.router.nat.size;
	}

	protected powerOn(): void {
		this.machine.powerOn();
	}

	protected powerOff(): void {
		this.router.crash();
	}
}

/** The address of the other network's router inside. */
export const AWAY_GATEWAY = "192.168.1.1";

/** The cable between the home's router and the Internet. */
export class Uplink implements DemoSwitch {
	readonly id = "uplink";
	readonly kind = "uplink";
	readonly name = NETWORK_MESSAGES.uplink;
	switched: (() => void) | undefined;

	constructor(private readonly scene: DemoScene) {}

	get isOn(): boolean {
		return this.scene.gateway.router.outside.path !== undefined;
	}

	turn(isOn: boolean): void {
		if (this.isOn === isOn) return;
		this.scene.gateway.setWanAddress(isOn ? HOME_ADDRESS : undefined);
		this.switched?.();
	}
}

/** Whether the home's router opens ports when devices ask (UPnP, PCP, NAT-PMP); once turned off, it closes those that it had opened. */
export class PortOpening implements DemoSwitch {
	readonly id = "opening";
	readonly kind = "opening";
	readonly name = NETWORK_MESSAGES.opening;
	switched: (() => void) | undefined;

	constructor(private readonly scene: DemoScene) {}

	get isOn(): boolean {
		return this.scene.gateway.quirks.upnp;
	}

	turn(isOn: boolean): void {
		const { gateway } = this.scene;
		const { quirks } = gateway;
		if (this.isOn === isOn) return;
		quirks.upnp = quirks.pcp = quirks.natPmp = isOn;
		if (gateway.machine.on) gateway.applyServices();
		if (!isOn) gateway.table.clear();
		this.switched?.();
	}
}
