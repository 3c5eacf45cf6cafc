import type { FleetEvent } from "../../fleet/fleet-contract";
import type { GoneCamera } from "../../gateway/mapping-holder";
import type { PortAim } from "../../gateway/representative-port";
import type { FloatingAddress, FloatingFailure, FloatingSink } from "../../ports/floating-address";
import type { Node } from "../node";

/** What the role does with the gateway. */
export interface RoleGateway {
	setAim(aim: PortAim, gone: readonly GoneCamera[]): void;
	setFloating(address: string): void;
}

/** What the role does with the fleet. */
export interface RoleFleet {
	/** Gives the role up, as another machine has its address. */
	standDown(): void;
}

/** A floating address that was not to be had is tried again, as long as this camera is the representative. */
const RETRY = 5000;

/**
 * Takes up the representative's role and gives it up: first the floating address, if there is one, then the port on
 * the gateway; the other way round when it resigns (IMG-22).
 */
export class RepresentativeRole implements FloatingSink {
	private formers: readonly GoneCamera[] = [];
	private state: "none" | "taking" | "held" = "none";
	/** True: the floating address is ours. */
	private floats = false;

	/** @param address the address that floats; empty: none */
	constructor(
		private readonly node: Node,
		private readonly gateway: RoleGateway,
		private readonly fleet: RoleFleet,
		private readonly floating: FloatingAddress,
		private readonly address: string,
	) {}

	/** The cameras have chosen this one, or another. */
	chosen(event: FleetEvent & { type: "role" }): void {
		const { log } = this.node.host;
		if (!event.representative) {
			log.write("info", "succession", "another device is the representative");
			this.resign();
			this.gateway.setAim("own", []);
			return;
		}
		this.formers = event.formers;
		if (this.state === "none") log.write("info", "succession", `this ${this.node.noun} becomes the representative`);
		for (const { address } of event.formers) log.write("info", "succession", `${address} is gone`);
		if (this.address === "" || this.node.addresses.paths.length === 0 || this.floats) this.takeUp();
		else if (this.state !== "taking") this.takeAddress();
	}

	/** @see FloatingSink.taken */
	taken(): void {
		if (this.state !== "taking") return;
		this.floats = true;
		this.node.host.log.write("info", "succession", `holds the floating address ${this.address}`);
		this.takeUp();
	}

	/** @see FloatingSink.failed */
	failed(why: FloatingFailure, detail: string): void {
		this.node.host.log.write("error", "succession", `floating address ${this.address}: ${why}: ${detail}`);
		const had = this.floats;
		this.floats = false;
		this.gateway.setFloating("");
		if (had) {
			this.fleet.standDown();
		} else if (this.state === "taking") {
			this.takeUp();
			if (why !== "not-permitted") this.node.pump.after(RETRY, () => this.state === "held" && this.takeAddress());
		}
	}

	/** @see FloatingSink.conflict */
	conflict(detail: string): void {
		this.node.host.log.write("warn", "succession", `floating address ${this.address}: ${detail}`);
	}

	/**
	 * Gives the role up, and the floating address with it.
	 * @param done called in any case, when the address is free
	 */
	resign(done?: () => void): void {
		const had = this.floats || this.state === "taking";
		this.state = "none";
		this.floats = false;
		if (had) {
			// The mapping leads to the floating address, so it stays for the next representative.
			this.gateway.setFloating("");
			this.floating.release(done);
		} else {
			done?.();
		}
	}

	private takeAddress(): void {
		const path = this.node.addresses.paths[0];
		if (path === undefined || this.floats) return;
		this.state = "taking";
		this.floating.take(path, this.address, this);
	}

	private takeUp(): void {
		this.state = "held";
		this.gateway.setFloating(this.floats ? this.address : "");
		this.gateway.setAim("representative", this.formers);
	}
}
