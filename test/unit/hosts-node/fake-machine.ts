import type { Command, CommandOutcome, CommandRunner } from "../../../hosts/node/command-runner";
import type { FloatingHost, LiveInterface } from "../../../hosts/node/floating-host";
import { VirtualClock } from "../../../hosts/virtual/virtual-clock";
import { World } from "../../../hosts/virtual/world";

/** The hardware address of the machine's only interface. */
export const OWN_MAC = "02:00:00:00:00:01";
/** The hardware address of another machine that has the address. */
export const OTHER_MAC = "02:00:00:00:00:99";

/** A Linux machine with `eth0` in virtual time, which carries out the commands of a floating address on paper. */
export class FakeMachine implements FloatingHost, CommandRunner {
	readonly world = new World(1);
	readonly alarm = new VirtualClock(this.world, false);
	readonly runner = this;
	platform = "linux";
	/** The commands in their order, as `60 ip address …`. */
	readonly log: string[] = [];
	/** The addresses of each interface, the own one first. */
	readonly addresses = new Map([["eth0", ["192.168.0.11"]]]);
	/** False: the cable is out, and Node.js does not list the interface. */
	plugged = true;
	/** Who answers for the address on the wire. */
	owner: string | undefined;
	/** How the other one speaks up: it answers, or it announces the address itself. */
	speech: "Unicast reply" | "Broadcast request" = "Unicast reply";
	/** How long `arping` takes to start, and how much longer when it is to probe. */
	lag = 0;
	probeLag = 0;
	/** What a program says instead of doing its work, by name. */
	readonly broken = new Map<string, Partial<CommandOutcome>>();
	guards = 0;
	/** The guard's last input, and what to call when it ends. */
	guarded = "";
	guardEnded: () => void = () => {};
	private told = 0;

	interfaces(): Map<string, LiveInterface> {
		const list = new Map<string, LiveInterface>();
		if (!this.plugged) return list;
		for (const [name, addresses] of this.addresses) list.set(name, { mac: OWN_MAC, addresses: [...addresses] });
		return list;
	}

	run(words: readonly string[], limit: number, ended: (outcome: CommandOutcome) => void): Command {
		const line = words.join(" ");
		this.log.push(`${Math.round(this.world.now)} ${line}`);
		const broken = this.broken.get(words[0]);
		let took = words[0] === "ip" ? 5 : words[1] === "-V" ? 2 : this.owner === undefined ? 1000 : 3;
		let outcome: CommandOutcome = { code: 0, stdout: "", stderr: "" };
		if (broken !== undefined) {
			took = 2;
			outcome = { ...outcome, code: 2, ...broken };
		} else if (words[1] === "-D" && this.owner !== undefined) {
			outcome = {
				...outcome,
				code: 1,
				stdout: `${this.speech} from ${words.at(-1)} [${this.owner.toUpperCase()}]  1ms`,
			};
		}
		if (words[0] === "arping") took += this.lag + (words[1] === "-D" ? this.probeLag : 0);
		if (took > limit) outcome = { code: -1, stdout: "", stderr: "" };
		const event = this.world.after(Math.min(took, limit), () => {
			if (broken === undefined && words[0] === "ip") outcome = this.ip(words, outcome);
			ended(outcome);
		});
		return { kill: () => this.world.cancel(event) };
	}

	guard(words: readonly string[], input: string, ended: () => void): Command {
		this.guards++;
		this.guarded = `${words.join(" ")} < ${input}`;
		this.guardEnded = () => {
			this.guards--;
			ended();
		};
		return { kill: () => this.guards-- };
	}

	/** Lets time pass. @returns the commands since the last call, without their times */
	pass(span: number): string[] {
		this.world.runFor(span);
		const fresh = this.log.slice(this.told);
		this.told = this.log.length;
		return fresh.map((line) => line.slice(line.indexOf(" ") + 1));
	}

	private ip(words: readonly string[], done: CommandOutcome): CommandOutcome {
		if (words.includes("-json")) {
			const list = Array.from(this.addresses, ([ifname, addresses]) => ({
				ifname,
				addr_info: addresses.map((local, i) => ({ local, prefixlen: 24, ...(i > 0 && { secondary: true }) })),
			}));
			return { ...done, stdout: JSON.stringify(list) };
		}
		const [, , verb, network, , name] = words;
		const address = network.split("/")[0];
		const others = this.addresses.get(name)?.filter((other) => other !== address) ?? [];
		this.addresses.set(name, verb === "replace" ? [...others, address] : others);
		return done;
	}
}
