import { AddressDefence } from "../../src/core/address-defence";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { FloatingAddress, FloatingSink } from "../../src/ports/floating-address";
import type { Command, CommandOutcome } from "./command-runner";
import {
	addWords,
	announceWords,
	answerWords,
	COMMAND_MAX,
	deleteWords,
	failureOf,
	findAddress,
	GUARD_WORDS,
	guardInput,
	isAnswer,
	LIST_WORDS,
	ownerOf,
	probeWords,
	VERSION_WORDS,
} from "./floating-commands";
import {
	type FloatingFault,
	type FloatingHost,
	faultOf,
	hasAddress,
	ownAddress,
	ownMacs,
	thisMachine,
} from "./floating-host";

/** When the second probe is begun, and when no answer means at the earliest that the address is free. */
const PROBE_AGAIN: Millis = 20;
const PROBE_END: Millis = 60;
/** Time for an answer once the probes are on the wire. */
const ANSWER_MAX: Millis = 30;
/** How often the holder checks for another machine with the address, and that it still has the address itself. */
const WATCH_PERIOD: Millis = 2000;
/** The number of checks between renewals of the address, well within its lifetime. */
const RENEW_EVERY = 3;
/** How often the address is removed at most: on a busy machine `ip` may be ended by its time limit with nothing done. */
const REMOVALS_MAX = 3;

/**
 * A floating address on Linux, with `ip` (iproute2) and `arping` (iputils).
 *
 * The address does not outlive the process. A guard, a child that waits for the end of this process, removes it within
 * milliseconds. If the guard is killed as well, or the process hangs, the kernel removes it at the end of its lifetime; until
 * then the former holder's kernel answers for it, and no other machine gets it.
 * When the cable is out for longer than the lifetime, the address is lost in the same way. It is taken again when the cable is
 * back, if it is free.
 *
 * On a busy machine `arping` takes a while to start and to send its probe. So another one that only tells its version is
 * started after the probes, and the wait for answers begins when it has ended. Should an answer come later still, the machine
 * that answers has had the address first, and keeps it.
 * @see RFC 5227
 */
export class NodeFloatingAddress implements FloatingAddress {
	private sink: FloatingSink | undefined;
	private path!: Path;
	private address = "";
	/** True from the first command to the last. */
	private busy = false;
	/** True while the last command, which removes the address, runs. */
	private removing = false;
	/** True when the interface has the address, or may have it. */
	private present = false;
	private isTaken = false;
	/** True from the first probe until the address is added. */
	private probing = false;
	private looks = 0;
	private defence = new AddressDefence();
	/** Another machine used the address when last looked. */
	private isContended = false;
	private guard: Command | undefined;
	private readonly commands = new Set<Command>();
	private readonly released: (() => void)[] = [];
	/** What to take once the previous address has gone. */
	private next: { readonly path: Path; readonly address: string } | undefined;

	constructor(private readonly host: FloatingHost = thisMachine()) {}

	take(path: Path, address: string, sink: FloatingSink): void {
		if (this.sink !== undefined) throw new RangeError("a floating address is held or being taken; release it first");
		this.sink = sink;
		if (this.busy) this.next = { path, address };
		else this.begin(path, address);
	}

	release(done?: () => void): void {
		this.sink = undefined;
		this.next = undefined;
		if (done !== undefined) this.released.push(done);
		if (this.removing) return;
		if (this.busy) this.remove(undefined);
		else this.finish(undefined);
	}

	private begin(path: Path, address: string): void {
		this.busy = true;
		this.path = path;
		this.address = address;
		this.isTaken = false;
		this.looks = 0;
		this.isContended = false;
		this.defence = new AddressDefence();
		const fault = faultOf(this.host, path, address);
		if (fault !== undefined) this.host.alarm.set(this.host.alarm.now(), () => this.fail(fault));
		else if (hasAddress(this.host, address)) this.run(LIST_WORDS, (outcome) => this.adopt(outcome));
		else this.probe();
	}

	/** The machine already has the address: its own, or one that a dead process left. */
	private adopt(outcome: CommandOutcome): void {
		if (outcome.code !== 0) {
			this.fail(failureOf("ip", outcome));
			return;
		}
		const held = findAddress(outcome.stdout, this.address);
		if (held !== undefined && !held.secondary) {
			this.fail(ownAddress(this.address, held.name));
		} else if (held !== undefined && (held.name !== this.path.name || held.prefix !== this.path.prefix)) {
			this.run(deleteWords(held.name, held.prefix, this.address), () => this.probe());
		} else {
			this.present = held !== undefined;
			this.probe();
		}
	}

	private probe(): void {
		const { alarm } = this.host;
		const start = alarm.now();
		this.probing = true;
		this.ask(ignore);
		this.stand();
		alarm.set(start + PROBE_AGAIN, () => {
			if (this.isTaken) {
				// The address was lost, and another may have it now. Nobody waits for it, so the whole second is heard out.
				this.ask((free) => (free ? this.add() : this.watchLater()));
			} else {
				this.ask(ignore);
				this.run(VERSION_WORDS, () => {
					alarm.set(Math.max(start + PROBE_END, alarm.now() + ANSWER_MAX), () => this.add());
				});
			}
		});
	}

	/**
	 * Probes once for the address while it is being taken.
	 * @param ended called unless this ends the taking; false when the probe has failed
	 */
	private ask(ended: (free: boolean) => void): void {
		this.run(probeWords(this.path.name, this.address), (outcome) => {
			// Once the address is added, another's announcement does not tell who had it first; it is a conflict.
			const owner = this.probing || isAnswer(outcome) ? ownerOf(outcome, ownMacs(this.host)) : undefined;
			const free = outcome.code === 0 || ownerOf(outcome, []) !== undefined;
			if (owner !== undefined) this.fail({ why: "in-use", detail: `${owner} answers for ${this.address}` });
			else if (!free && this.probing && !this.isTaken) this.fail(failureOf("arping", outcome));
			else ended(free);
		});
	}

	private add(): void {
		this.probing = false;
		this.present = true;
		this.run(addWords(this.path, this.address), (outcome) => {
			if (outcome.code === 0) this.added();
			else this.fail(failureOf("ip", outcome));
		});
	}

	private added(): void {
		this.announce();
		this.run(answerWords(this.path.name, this.address), ignore);
		this.watchLater();
		if (this.isTaken) return;
		this.isTaken = true;
		this.sink?.taken();
	}

	private announce(): void {
		this.run(announceWords(this.path.name, this.address), ignore);
	}

	private watchLater(): void {
		this.host.alarm.set(this.host.alarm.now() + WATCH_PERIOD, () => this.watch());
	}

	private watch(): void {
		this.stand();
		const live = this.host.interfaces().get(this.path.name);
		// Without a cable there are no answers, and the lifetime runs out.
		if (live !== undefined) {
			if (!live.addresses.includes(this.path.address)) {
				// As the only address of the interface it would become the machine's own.
				this.fail({ why: "failed", detail: `${this.path.name} no longer has the address ${this.path.address}` });
				return;
			}
			if (!live.addresses.includes(this.address)) {
				this.present = false;
				this.probe();
				return;
			}
			if (++this.looks % RENEW_EVERY === 0) this.run(addWords(this.path, this.address), ignore);
			this.run(probeWords(this.path.name, this.address), (outcome) => {
				const owner = ownerOf(outcome, ownMacs(this.host));
				if (owner !== undefined) this.contend(owner);
				else if (this.isContended && outcome.code === 0) {
					// The other one has given it up, and some neighbours still send there.
					this.isContended = false;
					this.announce();
				}
			});
		}
		this.watchLater();
	}

	private contend(owner: string): void {
		this.isContended = true;
		const detail = `${owner} also uses ${this.address}`;
		const own = this.host.interfaces().get(this.path.name)?.mac ?? "";
		switch (this.defence.heard(this.host.alarm.now(), own, owner)) {
			case "defend":
				this.announce();
				this.sink?.conflict(detail);
				break;
			case "yield":
				this.fail({ why: "in-use", detail: `${detail}, and keeps using it` });
				break;
			case "wait":
		}
	}

	/** Makes sure that the address is removed when this process ends. */
	private stand(): void {
		this.guard ??= this.host.runner.guard(GUARD_WORDS, guardInput(this.path, this.address), () => {
			this.guard = undefined;
		});
	}

	private fail({ why, detail }: FloatingFault): void {
		const sink = this.sink;
		this.remove(() => {
			if (sink === undefined || this.sink !== sink) return;
			this.sink = undefined;
			sink.failed(why, detail);
		});
	}

	private remove(then: (() => void) | undefined): void {
		this.stop();
		this.host.alarm.set(Infinity, ignore);
		// The guard would remove the address again, perhaps after the next holder on this machine has added it.
		this.guard?.kill();
		this.guard = undefined;
		if (!this.present) {
			this.finish(then);
			return;
		}
		this.removing = true;
		this.delete(REMOVALS_MAX, then);
	}

	/** @param attempts how often it may still be tried, this time included */
	private delete(attempts: number, then: (() => void) | undefined): void {
		this.host.runner.run(deleteWords(this.path.name, this.path.prefix, this.address), COMMAND_MAX, ({ code }) => {
			if (code !== 0 && attempts > 1 && hasAddress(this.host, this.address)) {
				this.delete(attempts - 1, then);
				return;
			}
			this.removing = false;
			this.present = false;
			this.finish(then);
		});
	}

	private finish(then: (() => void) | undefined): void {
		this.busy = false;
		const released = this.released.splice(0);
		then?.();
		for (const done of released) done();
		const next = this.next;
		this.next = undefined;
		if (next !== undefined) this.begin(next.path, next.address);
	}

	private run(words: readonly string[], ended: (outcome: CommandOutcome) => void): void {
		const command = this.host.runner.run(words, COMMAND_MAX, (outcome) => {
			this.commands.delete(command);
			ended(outcome);
		});
		this.commands.add(command);
	}

	private stop(): void {
		for (const command of this.commands) command.kill();
		this.commands.clear();
	}
}

function ignore(): void {}
