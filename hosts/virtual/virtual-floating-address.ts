import { AddressDefence } from "../../src/core/address-defence";
import { sameNetwork } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { FloatingAddress, FloatingFailure, FloatingSink } from "../../src/ports/floating-address";
import type { ArpMessage } from "./lan-station";
import type { Nic } from "./nic";
import type { VirtualMachine } from "./virtual-machine";
import type { VirtualNetwork } from "./virtual-network";
import type { WorldEvent } from "./world";

/** When probes are sent after the call, and when no answer means that the address is free. */
const PROBE_TIMES: readonly Millis[] = Object.freeze([0, 20]);
const PROBE_END: Millis = 60;
/** When announcements are sent after the address was added. The last one is for machines that missed the others. */
const ANNOUNCE_TIMES: readonly Millis[] = Object.freeze([0, 0, 1000]);
/** How often the holder probes for another machine with the address. */
const WATCH_PERIOD: Millis = 2000;
/** The kernel removes the address when the cable is unplugged for longer. */
const LIFETIME: Millis = 15_000;
/** How often an overdue action checks whether its machine is still suspended. */
const SUSPENDED_PERIOD: Millis = 100;

/**
 * A floating address of a {@link VirtualMachine}, from power-on to crash: make a new one after `powerOn`.
 *
 * Times and messages are those of the Node.js host. A crash removes the address from the machine, but the network keeps
 * delivering its packets there until another machine announces it.
 */
export class VirtualFloatingAddress implements FloatingAddress {
	/** The address that is held; `undefined` while there is none. */
	address: string | undefined;
	private readonly network: VirtualNetwork;
	private sink: FloatingSink | undefined;
	private nic: Nic | undefined;
	private wanted = "";
	private probing = false;
	private isTaken = false;
	/** When the cable was last plugged in. */
	private pluggedAt: Millis = 0;
	private defence = new AddressDefence();
	/** Another machine has used the address, and whether it has since the last probe. */
	private isContended = false;
	private isHeard = false;
	private readonly events = new Set<WorldEvent>();

	constructor(private readonly machine: VirtualMachine) {
		this.network = machine.network;
	}

	take(path: Path, address: string, sink: FloatingSink): void {
		if (!this.network.alive) return;
		if (this.sink !== undefined) throw new RangeError("a floating address is held or being taken; release it first");
		this.sink = sink;
		this.wanted = address;
		this.defence = new AddressDefence();
		this.isContended = false;
		const nic = this.machine.nics.find((candidate) => candidate.path?.address === path.address);
		this.nic = nic;
		if (nic === undefined) {
			this.after(0, () => this.fail("failed", `there is no interface ${path.name} with the address ${path.address}`));
		} else if (!sameNetwork(path.address, address, path.prefix)) {
			this.after(0, () => this.fail("failed", `${address} is not in the network of ${path.name}`));
		} else if (this.machine.owns(address)) {
			this.after(0, () => this.fail("in-use", `${address} is an address of this machine`));
		} else {
			this.isTaken = false;
			nic.arpWatcher = (message) => this.hear(message);
			this.ask();
		}
	}

	release(done?: () => void): void {
		if (this.sink !== undefined && this.network.alive) this.drop();
		done?.();
	}

	private ask(): void {
		this.probing = true;
		for (const at of PROBE_TIMES) this.after(at, () => this.arp("probe"));
		this.after(PROBE_END, () => this.add());
	}

	private add(): void {
		const nic = this.nic as Nic;
		this.probing = false;
		this.address = this.wanted;
		this.pluggedAt = this.machine.world.now;
		nic.floating.add(this.wanted);
		for (const at of ANNOUNCE_TIMES) this.after(at, () => this.arp("announcement"));
		this.after(WATCH_PERIOD, () => this.watch());
		if (this.isTaken) return;
		this.isTaken = true;
		this.sink?.taken();
	}

	private watch(): void {
		const nic = this.nic as Nic;
		const { now } = this.machine.world;
		if (!nic.link.up) {
			if (now - this.pluggedAt > LIFETIME) this.lose();
		} else if (this.address === undefined) {
			this.ask();
			return;
		} else {
			this.pluggedAt = now;
			if (this.isContended && !this.isHeard) {
				// The other one has given it up, and some neighbours still send there.
				this.isContended = false;
				this.arp("announcement");
			}
			this.isHeard = false;
			this.arp("probe");
		}
		this.after(WATCH_PERIOD, () => this.watch());
	}

	private hear(message: ArpMessage): void {
		if (message.address !== this.wanted || message.kind === "probe" || !(this.probing || this.address)) return;
		const detail = `${message.from.mac} also uses ${this.wanted}`;
		if (this.probing) {
			this.fail("in-use", `${message.from.mac} answers for ${this.wanted}`);
			return;
		}
		this.isContended = true;
		this.isHeard = true;
		switch (this.defence.heard(this.machine.world.now, this.nic?.mac ?? "", message.from.mac)) {
			case "defend":
				this.arp("announcement");
				this.sink?.conflict(detail);
				break;
			case "yield":
				this.fail("in-use", `${detail}, and keeps using it`);
				break;
			case "wait":
		}
	}

	private arp(kind: "probe" | "announcement"): void {
		const nic = this.nic as Nic;
		nic.lan.arp(nic, { kind, address: this.wanted, from: nic });
	}

	private fail(why: FloatingFailure, detail: string): void {
		const sink = this.sink;
		this.drop();
		sink?.failed(why, detail);
	}

	private drop(): void {
		for (const event of this.events) this.machine.world.cancel(event);
		this.events.clear();
		const nic = this.nic;
		if (nic !== undefined) nic.arpWatcher = undefined;
		this.lose();
		this.nic = undefined;
		this.probing = false;
		this.sink = undefined;
	}

	private lose(): void {
		if (this.address === undefined || this.nic === undefined) return;
		this.nic.floating.delete(this.address);
		this.nic.lan.unclaim(this.address, this.nic);
		this.address = undefined;
	}

	/** Calls `run` later, when the machine is not suspended, unless the address is released or the power fails before. */
	private after(delay: Millis, run: () => void): void {
		const event = this.machine.world.after(delay, () => {
			this.events.delete(event);
			if (!this.network.alive) return;
			if (this.machine.suspended) this.after(SUSPENDED_PERIOD, run);
			else run();
		});
		this.events.add(event);
	}
}
