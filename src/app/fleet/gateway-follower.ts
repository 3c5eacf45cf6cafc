import type { Handle } from "../../core/pump";
import type { Fleet } from "../../fleet/fleet";
import type { FleetOutbox } from "../../fleet/fleet-contract";
import type { SelfDescription } from "../../fleet/self-description";
import type { GatewayEvent } from "../../gateway/gateway-events";
import type { Peer } from "../../gateway/mapping-holder";
import type { GatewayListener } from "../gateway/gateway-part";
import type { RepresentativeRole, RoleGateway } from "./representative-role";

/** What the fleet does with the gateway. */
export interface FleetGateway extends RoleGateway {
	readonly isMapping: boolean;
	listen(listener: GatewayListener): void;
	rename(name: string): void;
	setPeers(peers: readonly Peer[]): void;
	askSign(): void;
}

/** What a {@link GatewayFollower} needs of the fleet's part. */
export interface GatewayFollowerHost {
	readonly role: Pick<RepresentativeRole, "resign">;
	/** Takes part in the fleet, or only hears of it, as the gateway is used or not. */
	begin(): void;
	/** Tells the others what has changed at this device. */
	update(change: Partial<SelfDescription>): void;
	/** Gives up the representative's role. */
	standDown(): void;
	/** Gives the role up, then says bye. */
	resign(): void;
}

/** Tells the fleet what happens at the gateway (IMG-8, IMG-20). */
export class GatewayFollower implements GatewayListener {
	constructor(
		private readonly gateway: FleetGateway,
		private readonly fleet: Handle<Fleet, FleetOutbox>,
		private readonly part: GatewayFollowerHost,
	) {}

	/** Where cameras do not speak to each other, the gateway decides who is the representative: the first that comes. */
	start(): void {
		if (!this.fleet.machine.settings.announcements) this.gateway.setAim("first-come", []);
	}

	/** @see GatewayListener */
	onGateway(event: GatewayEvent): void {
		const { part } = this;
		switch (event.type) {
			case "mapped":
				part.update({ externalPort: event.externalPort, holds: event.representative });
				break;
			case "lost":
				part.update({ externalPort: 0, holds: false });
				break;
			case "beaten":
				part.standDown();
				break;
			case "released":
				part.resign();
				break;
			case "sign":
				this.fleet.call((fleet, now, out) => fleet.gatewayAnswered(now, out));
				break;
			case "address":
				part.update({});
				break;
			case "table": {
				const entries = event.entries.flatMap((e) =>
					e.ours && e.protocol === "TCP" ? [{ ...e, id: e.ours.id, name: e.ours.name }] : [],
				);
				this.fleet.call((fleet, now, out) => fleet.table(now, entries, out, event.complete));
				break;
			}
		}
	}

	/** @see GatewayListener */
	assignmentChanged(on: boolean): void {
		if (on) {
			this.start();
			this.part.begin();
		} else {
			this.part.role.resign();
			this.fleet.call((fleet, now, out) => fleet.leave(now, out));
		}
	}

	/** @see GatewayListener */
	leaving(): void {
		// What leads to the floating address stays for the next representative; the last camera deletes it (IMG-20).
		if (this.fleet.machine.registry.size > 0) this.gateway.setFloating("");
	}
}
