import type { Prng } from "../../src/base/prng";
import type {
	Candidate,
	FormerRepresentative,
	SuccessionContext,
	SuccessionMessage,
	SuccessionOutbox,
} from "../../src/fleet/succession-contract";
import { SuccessionElection } from "../../src/fleet/succession-election";
import type { SuccessionSettings } from "../../src/fleet/succession-settings";
import type { FleetMessage } from "../../src/wire/fleet-message";
import { SUCCESSION_SETTINGS } from "./fleet-settings";

/** The delays of messages in milliseconds, drawn for each receiver; where radios sleep, multicast arrives all at once. */
export interface Air {
	unicast(random: Prng): number;
	multicast(random: Prng, now: number): number;
}

/** A cable; Wi-Fi; Wi-Fi whose access point delays multicast until the next DTIM. */
export const AIRS: Readonly<Record<"lan" | "wifi" | "sleeping", Air>> = {
	lan: { unicast: (r) => 0.2 + 1.3 * r.unit(), multicast: (r) => 0.2 + 1.3 * r.unit() },
	wifi: { unicast: wifi, multicast: wifi },
	sleeping: { unicast: wifi, multicast: (_, now) => 102.4 - (now % 102.4) + 0.5 },
};

function wifi(random: Prng): number {
	return 2 - 3 * Math.log(1 - random.unit()) - 3 * Math.log(1 - random.unit());
}

interface Arrival {
	readonly at: number;
	readonly to: Player;
	readonly message: FleetMessage;
}

/** One camera, as far as the election is concerned. */
export class Player implements SuccessionOutbox, SuccessionContext, Candidate {
	readonly succession: SuccessionElection;
	/** False: crashed, or has left. */
	on = true;
	/** Whether the radio neither receives nor sends now. */
	deaf: (now: number) => boolean = () => false;
	representative = false;
	formers: readonly FormerRepresentative[] = [];
	holds = false;
	missed = 0;
	readonly version = 1;
	sequence = 0;
	/** Cameras of different groups do not hear each other. */
	group = 0;

	constructor(
		readonly ring: SuccessionRing,
		readonly id: string,
		readonly externalPort: number,
		settings: Partial<SuccessionSettings>,
	) {
		const all = { ...SUCCESSION_SETTINGS, ...settings };
		this.priority = all.priority;
		this.succession = new SuccessionElection(all, id, this, ring.random);
	}

	readonly priority: number;

	candidates(): Iterable<Candidate> {
		return this.ring.players.filter((p) => p !== this && p.known);
	}

	known = true;

	send(to: string | undefined, message: SuccessionMessage): void {
		const complete: FleetMessage = {
			fleet: 0,
			sender: this.id,
			boot: 1,
			sequence: ++this.sequence,
			answer: false,
			representative: this.succession.phase === "representative",
			automaticName: false,
			holds: this.holds,
			...message,
			term: this.succession.term,
		};
		this.ring.carry(this, to, complete);
	}

	role(representative: boolean, formers: readonly FormerRepresentative[]): void {
		this.representative = representative;
		this.formers = formers;
		this.ring.changed(this);
	}

	memberFailed(): void {}

	checkGateway(): void {
		this.ring.doubts.push({ at: this.ring.now + 5, player: this });
	}

	/** Leaves in good order. */
	leave(): void {
		const heirs = this.succession.nameHeirs();
		const bye: SuccessionMessage = this.representative ? { type: "bye", heirs } : { type: "bye" };
		this.succession.stop();
		this.send(undefined, bye);
		for (const heir of heirs) this.send(heir, bye);
		this.send(undefined, bye);
		for (const heir of heirs) this.send(heir, bye);
		this.on = false;
		this.known = false;
		this.representative = false;
	}

	crash(): void {
		this.on = false;
		this.known = false;
		this.representative = false;
	}
}

/** Cameras that elect a representative, without sockets, codecs or a gateway: in virtual time, from one seed. */
export class SuccessionRing {
	now = 0;
	readonly players: Player[] = [];
	readonly doubts: { at: number; player: Player }[] = [];
	/** When the set of representatives last changed. */
	changedAt = 0;
	claims = 0;
	sent = 0;
	loss = 0;
	/** False: the gateway does not answer. */
	gateway = true;
	private readonly wire: Arrival[] = [];

	constructor(
		readonly random: Prng,
		readonly air: Air = AIRS.lan,
	) {}

	add(settings: Partial<SuccessionSettings> = {}): Player {
		const number = this.players.length;
		const id = (0x1000000000000000n + BigInt(number) * 0x9e3779b97f4a7n).toString(16).slice(0, 16);
		const player = new Player(this, id, 8080 + number, settings);
		this.players.push(player);
		return player;
	}

	/** Starts all cameras; the first becomes the representative. */
	settle(): this {
		const [first, ...others] = this.players;
		first.succession.start(this.now);
		this.run(800);
		for (const player of others) player.succession.start(this.now);
		this.run(this.now + 1000);
		return this;
	}

	get representatives(): Player[] {
		return this.players.filter((p) => p.on && p.representative);
	}

	changed(_player: Player): void {
		this.changedAt = this.now;
	}

	carry(from: Player, to: string | undefined, message: FleetMessage): void {
		this.sent++;
		if (message.type === "claim") this.claims++;
		if (!from.on || from.deaf(this.now)) return;
		const { random, air } = this;
		if (to === undefined) {
			for (const player of this.players)
				if (player !== from) this.fly(player, from, air.multicast(random, this.now), message);
		} else {
			const player = this.players.find((p) => p.id === to);
			// Radios acknowledge and repeat unicast.
			if (player !== undefined && !(air !== AIRS.lan && random.chance(0.999)) && random.chance(this.loss)) return;
			if (player !== undefined) this.fly(player, from, air.unicast(random), message, true);
		}
	}

	private fly(to: Player, from: Player, delay: number, message: FleetMessage, sure = false): void {
		if (!to.on || to.group !== from.group || (!sure && this.random.chance(this.loss))) return;
		insert(this.wire, { at: this.now + delay, to, message });
	}

	/** Lets virtual time pass. */
	run(until: number): void {
		for (;;) {
			let next = this.wire.length > 0 ? this.wire[0].at : Infinity;
			for (const p of this.players) if (p.on && p.succession.deadline < next) next = p.succession.deadline;
			for (const d of this.doubts) if (d.at < next) next = d.at;
			if (next > until) break;
			this.step(Math.max(this.now, next));
		}
		this.now = until;
	}

	private step(now: number): void {
		this.now = now;
		while (this.wire.length > 0 && this.wire[0].at <= now) {
			const arrival = this.wire.shift();
			if (arrival?.to.on && !arrival.to.deaf(now))
				arrival.to.succession.heard(now, arrival.message, `192.168.0.${arrival.message.sender.slice(-2)}`, arrival.to);
		}
		for (const doubt of this.doubts.splice(0)) {
			if (doubt.at > now) this.doubts.push(doubt);
			else if (this.gateway && !doubt.player.deaf(now)) doubt.player.succession.gatewayAnswered(now);
		}
		for (const p of this.players) if (p.on && p.succession.deadline <= now) p.succession.expire(now, p);
	}
}

function insert(wire: Arrival[], arrival: Arrival): void {
	let at = wire.length;
	while (at > 0 && wire[at - 1].at > arrival.at) at--;
	wire.splice(at, 0, arrival);
}
