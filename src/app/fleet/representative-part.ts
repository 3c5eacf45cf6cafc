import type { Path } from "../core/path";
import type { FleetEvent } from "../fleet/fleet-contract";
import type { GoneCamera } from "../gateway/mapping-holder";
import type { PortAim } from "../gateway/representative-port";
import type { FloatingAddress, FloatingFailure, FloatingSink } from "../ports/floating-address";
import type { Log } from "../ports/log";

/** What the office needs of its camera. */
export interface OfficeHolder {
	readonly log: Log;
	readonly floating: FloatingAddress;
	/** The address that floats; empty for none. */
	readonly floatingAddress: string;
	/** Our interfaces. */
	paths(): readonly Path[];
	/** Asks the gateway for another kind of port. */
	aim(aim: PortAim, gone: readonly GoneCamera[]): void;
	/** The representative's port leads to this address of ours; empty: to the camera's own. */
	lead(address: string): void;
	/** Lets go of the place, as another machine has its address. */
	standDown(): void;
	/** Lets something happen later, in milliseconds. */
	after(delay: number, run: () => void): void;
}

/** A floating address that could not be had is tried again, as long as this camera is the representative. */
const RETRY = 5000;

/**
 * Takes the representative's place and leaves it: first the floating address, if there is one, then the port on the
 * gateway; the other way round when it leaves (IMG-22).
 */
export class RepresentativeOffice implements FloatingSink {
	private formers: readonly GoneCamera[] = [];
	private state: "out" | "taking" | "in" = "out";
	/** True: the floating address is ours. */
	private floats = false;

	constructor(private readonly holder: OfficeHolder) {}

	/** The cameras have chosen, this one or another. */
	chosen(event: FleetEvent & { type: "role" }): void {
		const { holder } = this;
		if (!event.representative) {
			holder.log.write("info", "succession", "another camera is the representative");
			this.leave();
			holder.aim("own", []);
			return;
		}
		this.formers = event.formers;
		if (this.state === "out") holder.log.write("info", "succession", "this camera is to be the representative");
		for (const { address } of event.formers) holder.log.write("info", "succession", `${address} is gone`);
		if (holder.floatingAddress === "" || holder.paths().length === 0 || this.floats) this.enter();
		else if (this.state !== "taking") this.take();
	}

	private take(): void {
		const { holder } = this;
		const path = holder.paths()[0];
		if (path === undefined || this.floats) return;
		this.state = "taking";
		holder.floating.take(path, holder.floatingAddress, this);
	}

	/** @see FloatingSink.taken */
	taken(): void {
		if (this.state !== "taking") return;
		this.floats = true;
		this.holder.log.write("info", "succession", `has the floating address ${this.holder.floatingAddress}`);
		this.enter();
	}

	/** @see FloatingSink.failed */
	failed(why: FloatingFailure, detail: string): void {
		const { holder } = this;
		holder.log.write("error", "succession", `floating address ${holder.floatingAddress}: ${why}: ${detail}`);
		const had = this.floats;
		this.floats = false;
		holder.lead("");
		if (had) {
			holder.standDown();
		} else if (this.state === "taking") {
			this.enter();
			if (why !== "not-permitted") holder.after(RETRY, () => this.state === "in" && this.take());
		}
	}

	/** @see FloatingSink.conflict */
	conflict(detail: string): void {
		this.holder.log.write("warn", "succession", `floating address ${this.holder.floatingAddress}: ${detail}`);
	}

	/**
	 * Leaves the place, and lets the floating address go.
	 * @param done called in any case, when the address is free
	 */
	leave(done?: () => void): void {
		const { holder } = this;
		const had = this.floats || this.state === "taking";
		this.state = "out";
		this.floats = false;
		if (had) {
			// The mapping leads to the address, whoever has it: it stays for the next one.
			holder.lead("");
			holder.floating.release(done);
		} else {
			done?.();
		}
	}

	private enter(): void {
		this.state = "in";
		this.holder.lead(this.floats ? this.holder.floatingAddress : "");
		this.holder.aim("representative", this.formers);
	}
}
