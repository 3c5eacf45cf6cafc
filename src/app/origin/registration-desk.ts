import { Allowance } from "../../base/allowance";
import type { Millis, Seconds } from "../../core/time";
import type { RegisteredRelays } from "../../relay/registered-relays";
import {
	parseRegistration,
	parseRegistrationField,
	type Registration,
	signAnswer,
	type UsedTicket,
} from "../../relay/registration";
import { formatAnswer, type RegistrationAnswer } from "../../relay/registration-answer";
import type { RelaySigner } from "../../relay/relay-key";
import { ReplayWindow } from "../../relay/replay-window";
import type { FleetRelayKeys } from "./fleet-relay-keys";

/** How long a registration counts: relays register again after a third of it. */
const REGISTRATION_LIFE: Seconds = 300;
/** Registrations in one second from addresses of which none is registered, in all and from one: checking one costs time. */
const FIRST_REGISTRATIONS = 30;
const FIRST_REGISTRATIONS_PER_ADDRESS = 10;
/** The same from addresses of registered relays, which strangers can't keep from registering again. */
const REGISTRATIONS = 60;
const REGISTRATIONS_PER_ADDRESS = 20;

/** What a {@link RegistrationDesk} needs of its owner. */
export interface RegistrationDeskHost {
	readonly keys: FleetRelayKeys;
	readonly relays: RegisteredRelays;
	/** The date in milliseconds since 1970; `undefined` while it is not known. */
	utc(): Millis | undefined;
	/** A relay says that viewers have shown these tickets; they are not checked yet. */
	used(relay: string, tickets: readonly UsedTicket[]): void;
}

/** The answer to a registration, or why it is refused. */
export type DeskAnswer =
	| { readonly status: 200; readonly body: Uint8Array; readonly signature: string; readonly registration: Registration }
	| { readonly status: 400 | 403 | 429 | 503 };

/** Takes the registrations of relays (ONE-7): only those that a relay of this fleet has signed, each of them once. */
export class RegistrationDesk {
	readonly counters = { taken: 0, refused: 0 };
	private readonly firsts = new Allowance(FIRST_REGISTRATIONS, FIRST_REGISTRATIONS_PER_ADDRESS);
	private readonly renewals = new Allowance(REGISTRATIONS, REGISTRATIONS_PER_ADDRESS);
	/** `undefined`: the date was not known so far. */
	private window: ReplayWindow | undefined;

	constructor(private readonly host: RegistrationDeskHost) {}

	/** The program starts: what relays signed before counts no more. */
	start(): void {
		const utc = this.host.utc();
		if (utc !== undefined) this.window = new ReplayWindow(utc);
	}

	/**
	 * Takes a registration.
	 * @param address where it came from
	 * @param field the value of its field `Porthole-Relay`
	 * @param offer what a relay is offered
	 */
	take(
		now: Millis,
		address: string,
		field: string,
		body: Uint8Array,
		offer: () => Omit<RegistrationAnswer, "valid">,
	): DeskAnswer {
		const answer = this.check(now, address, field, body, offer);
		if (answer.status === 200) this.counters.taken++;
		else this.counters.refused++;
		return answer;
	}

	private check(
		now: Millis,
		address: string,
		field: string,
		body: Uint8Array,
		offer: () => Omit<RegistrationAnswer, "valid">,
	): DeskAnswer {
		const { keys, relays } = this.host;
		const utc = this.host.utc();
		const allowance = relays.isFrom(now, address) ? this.renewals : this.firsts;
		if (!allowance.take(now, address)) return { status: 429 };
		if (utc === undefined) return { status: 503 };
		this.window ??= new ReplayWindow(utc);
		const said = parseRegistrationField(field);
		if (said === undefined || said.relay === "") return { status: 400 };
		const signers: readonly RelaySigner[] = keys.signersOf(said.relay, "registration");
		const signer = signers.find((signer) => signer.verify(body, said.signature));
		if (signer === undefined) return { status: 403 };
		const registration = parseRegistration(body);
		if (registration === undefined || registration.relay !== said.relay) return { status: 400 };
		if (!this.window.take(registration.relay, registration.time, utc)) return { status: 403 };
		if (!relays.take(now, registration, address, REGISTRATION_LIFE * 1000)) return { status: 503 };
		this.host.used(registration.relay, registration.used);
		const answer = formatAnswer({ valid: REGISTRATION_LIFE, ...offer() });
		const signature = signAnswer(signer, registration.nonce, answer);
		return { status: 200, body: answer, signature, registration };
	}
}
