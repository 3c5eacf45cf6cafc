import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import type { GatewaySettings } from "../../src/gateway/gateway-settings";
import { Home } from "../unit/hosts-virtual/gateway/home";
import { GatewayRig } from "./gateway-rig";

/** A home whose machines run gateway clients. */
export class GatewayHome extends Home {
	readonly rigs: GatewayRig[] = [];

	/** Starts a gateway client on the next machine. @param settings of the client; the identity differs for each */
	rig(
		aim?: "own" | "representative" | "first-come",
		settings: Partial<GatewaySettings> = {},
		machine?: VirtualMachine,
	): GatewayRig {
		const number = this.rigs.length;
		const host = machine ?? this.cameras[number] ?? this.join(11 + number);
		const clock = {
			now: () => host.clock.now(),
			after: (delay: number, run: () => void) => {
				const event = this.world.after(delay, run);
				return () => this.world.cancel(event);
			},
		};
		const id = `${(0x3f9a20 + number).toString(16)}0000000000`;
		const rig = new GatewayRig(host.network, clock, { id, ...settings });
		this.rigs.push(rig);
		rig.start(aim);
		return rig;
	}

	/** The gateway's table as `TCP 8554 -> 192.168.0.11:8554`, sorted. */
	get table(): string[] {
		return this.gateway.table
			.all()
			.map((m) => `${m.transport.toUpperCase()} ${m.externalPort} -> ${m.address}:${m.port}`)
			.sort();
	}
}
