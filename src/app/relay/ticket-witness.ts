import type { Millis } from "../../core/time";
import type { MeteredSession, Metering } from "../../relay/metering";
import type { DeliveryCounters, MeteredViewer } from "../../relay/metering-record";
import type { UsedTicket } from "../../relay/registration";
import type { RelayedContent } from "../../relay/relayed-content";
import type { TicketChecker } from "../../relay/ticket-checker";

/**
 * Notes the tickets of viewers who begin to watch, for their origins: a record that never comes, as the relay was lost, is missed there
 * (REP-12). All else is up to the metering manager.
 */
export class TicketWitness implements Metering {
	/** Takes what was noted. @param origin its name */
	used: (origin: string, ticket: UsedTicket) => void = () => {};

	constructor(
		private readonly manager: Metering,
		private readonly tickets: TicketChecker,
	) {}

	begin(now: Millis, viewer: MeteredViewer, content: RelayedContent, counters: DeliveryCounters): MeteredSession {
		const ticket = viewer.ticket === "" ? undefined : this.tickets.textOf(viewer.ticket);
		if (ticket !== undefined) this.used(content.origin, { ticket, content: content.content });
		return this.manager.begin(now, viewer, content, counters);
	}

	reach: Metering["reach"] = (...values) => this.manager.reach(...values);

	settle: Metering["settle"] = (...values) => this.manager.settle(...values);
}
