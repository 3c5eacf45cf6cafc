import type { DatagramOutbox } from "../core/datagram";
import type { FleetMessage, FleetMessageType } from "../wire/fleet-message";
import { FleetReceiver } from "./fleet-receiver";
import { FleetSender, NO_MEMBERS } from "./fleet-sender";
import type { FleetSettings } from "./fleet-settings";
import { MemberRegistry } from "./member-registry";
import { SelfDescription } from "./self-description";
import type { SuccessionElection } from "./succession-election";

const NO_ELECTION: Pick<SuccessionElection, "term" | "phase"> = Object.freeze({ term: 0, phase: "off" });

/**
 * What all parts of a fleet share: this camera's description, the known members, and the way to them.
 */
export class FleetChannel {
	readonly self = new SelfDescription();
	readonly registry = new MemberRegistry();
	readonly receiver: FleetReceiver;
	readonly sender: FleetSender;
	/** False: this camera is leaving, and sends byes only. */
	isOpen = true;
	/** The state of the election, which all messages carry. */
	election: Pick<SuccessionElection, "term" | "phase"> = NO_ELECTION;

	constructor(readonly settings: FleetSettings) {
		this.sender = new FleetSender(settings.delivery);
		this.receiver = new FleetReceiver(settings.fleet, settings.id);
	}

	/** True while this camera exchanges messages with its fleet. */
	get isActive(): boolean {
		return this.isOpen && this.sender.paths.length > 0;
	}

	/** Begins a message with the fields that all have; the sender numbers it. */
	message(type: FleetMessageType): FleetMessage {
		const { self, settings } = this;
		return {
			type,
			fleet: settings.fleet,
			sender: settings.id,
			boot: settings.boot,
			sequence: 0,
			term: this.election.term,
			answer: false,
			// A camera that has only claimed must not be taken for the established representative.
			representative: this.election.phase === "representative",
			holds: self.holds,
			automaticName: self.automaticName,
			trouble: self.trouble,
		};
	}

	/**
	 * Sends a message to all. Where multicast or broadcast reaches the others, only the representative, and members that
	 * it may not reach, get the message by unicast too.
	 */
	sendToAll(message: FleetMessage, out: DatagramOutbox): void {
		const { multicast, broadcast, unicast, all } = this.settings.delivery;
		const toAll = all === true || (!multicast && !broadcast);
		const recipients = unicast ? this.registry.unicastRecipients(toAll) : NO_MEMBERS;
		this.sender.sendToAll(message, recipients, out);
	}
}
