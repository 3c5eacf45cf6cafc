import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { FleetChannel } from "./fleet-channel";
import type { FleetOutbox } from "./fleet-contract";
import { NO_MEMBERS } from "./fleet-sender";
import { FLEET_PORT } from "./fleet-settings";
import type { Member } from "./member";
import type {
	Candidate,
	FormerRepresentative,
	SuccessionContext,
	SuccessionMessage,
	SuccessionOutbox,
} from "./succession-contract";
import { SuccessionElection } from "./succession-election";

/** The last place in the order of external ports, where only this camera's own port is known. */
const PLACES_MAX = 16;

/** Is told when this camera becomes the representative, or stops being it. @see SuccessionOutbox.role */
export interface RoleListener {
	roleChanged(now: Millis, representative: boolean, formers: readonly FormerRepresentative[], out: FleetOutbox): void;
}

/**
 * Connects the election with the fleet: tells it of the members, and sends its messages.
 *
 * Every call that may make the election act is preceded by {@link begin}.
 */
export class FleetSuccession implements SuccessionOutbox, SuccessionContext {
	readonly election: SuccessionElection;
	/** Where the gateway's table has the representative, and our interface towards it; `undefined`: not known. */
	tableEntry: { readonly path: Path; readonly address: string } | undefined;
	private now: Millis = 0;
	private out: FleetOutbox | undefined;
	private sender = "";
	private path: Path | undefined;
	private address = "";
	private port = 0;

	/** @param random numbers in [0, 1) */
	constructor(
		private readonly channel: FleetChannel,
		private readonly listener: RoleListener,
		random: { unit(): number },
	) {
		const { succession, id } = channel.settings;
		this.election = new SuccessionElection(succession, id, this, random);
		channel.election = this.election;
	}

	/** Sets the time and the outbox of what the election does next. */
	begin(now: Millis, out: FleetOutbox): this {
		this.now = now;
		this.out = out;
		this.sender = "";
		this.path = undefined;
		return this;
	}

	/** As {@link begin}, after a message: its sender can be answered even if it is not a member. */
	beginAnswer(now: Millis, out: FleetOutbox, sender: string, path: Path, address: string, port: number): this {
		this.now = now;
		this.out = out;
		this.sender = sender;
		this.path = path;
		this.address = address;
		this.port = port;
		return this;
	}

	/** @see SuccessionContext.version */
	get version(): number {
		return this.channel.registry.version;
	}

	/** @see SuccessionContext.externalPort */
	get externalPort(): number {
		return this.channel.self.externalPort;
	}

	/** @see SuccessionContext.holds */
	get holds(): boolean {
		return this.channel.self.holds;
	}

	/** @see SuccessionContext.value */
	get value(): string {
		const { sender, settings } = this.channel;
		return sender.paths[0]?.mac || settings.id;
	}

	/** @see SuccessionContext.candidates */
	candidates(): Iterable<Candidate> {
		const heard: Candidate[] = [];
		for (const member of this.channel.registry.values()) if (!member.isFromTable) heard.push(member);
		return heard;
	}

	/** @see SuccessionContext.place */
	get place(): number | undefined {
		const { self, settings } = this.channel;
		if (settings.announcements) return undefined;
		const before = self.externalPort - settings.firstPort - 1;
		return before >= 0 && before < PLACES_MAX ? before : PLACES_MAX;
	}

	/** @see SuccessionOutbox.send */
	send(to: string | undefined, message: SuccessionMessage): void {
		const { channel, out, path } = this;
		if (out === undefined) return;
		if (message.type === "probe" && to === this.election.leader) channel.receiver.expectedNonce = message.nonce;
		const complete = Object.assign(channel.message(message.type), message);
		const member: Member | undefined = to === undefined ? undefined : channel.registry.get(to);
		if (to === undefined) channel.sendToAll(complete, out);
		else if (message.type === "probe") this.probe(to, member, complete, out);
		else if (member !== undefined) channel.sender.sendTo(member, complete, out);
		else if (to === this.sender && path !== undefined)
			channel.sender.send(complete, path, this.address, this.port, out);
	}

	/** Sends a probe in the chosen ways; by unicast also to where the gateway's table has the representative (IMG-24). */
	private probe(to: string, member: Member | undefined, message: FleetMessage, out: FleetOutbox): void {
		const { settings, sender } = this.channel;
		sender.sendToAll(message, member === undefined ? NO_MEMBERS : [member], out, settings.probes);
		const { tableEntry } = this;
		if (to !== this.election.leader || !settings.probes.unicast || tableEntry === undefined) return;
		const { path, address } = tableEntry;
		if (member?.address !== address) sender.send(message, path, address, FLEET_PORT, out);
	}

	/** @see SuccessionOutbox.role */
	role(representative: boolean, formers: readonly FormerRepresentative[]): void {
		if (this.out !== undefined) this.listener.roleChanged(this.now, representative, formers, this.out);
	}

	/** @see SuccessionOutbox.memberFailed */
	memberFailed(id: string): void {
		this.channel.registry.lose(id);
	}

	/** @see SuccessionOutbox.checkGateway */
	checkGateway(): void {
		this.out?.emit({ type: "check-gateway" });
	}
}
