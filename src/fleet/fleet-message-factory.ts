import type { FleetMessage } from "../wire/fleet-message";
import type { SelfDescription } from "./fleet-contract";
import type { FleetSettings } from "./fleet-settings";
import type { SuccessionElection } from "./succession-election";

/** Puts this camera's messages together, out of what it says of itself. */
export class FleetMessageFactory {
	constructor(
		private readonly settings: FleetSettings,
		private readonly self: SelfDescription,
		private readonly succession: Pick<SuccessionElection, "term" | "phase">,
	) {}

	/** Begins a message with the fields that all have; `FleetSender` numbers it. */
	message(type: FleetMessage["type"]): FleetMessage {
		const { self, settings } = this;
		return {
			type,
			fleet: settings.fleet,
			sender: settings.id,
			boot: settings.boot,
			sequence: 0,
			term: this.succession.term,
			answer: false,
			// Whoever has only claimed is not to be taken for the one that is established.
			representative: this.succession.phase === "representative",
			holds: self.holds,
			automaticName: self.automaticName,
			secure: self.secure,
			trouble: self.trouble,
		};
	}

	/** Says all that others are to know of this camera. */
	announcement(): FleetMessage {
		const { self, settings } = this;
		const message = this.message("announce");
		if (self.name !== "") message.name = self.name;
		message.model = settings.model;
		message.priority = settings.succession.priority;
		if (self.httpPort !== 0) message.httpPort = self.httpPort;
		message.externalPort = self.externalPort;
		if (self.externalHost !== "") message.externalHost = self.externalHost;
		return message;
	}
}
