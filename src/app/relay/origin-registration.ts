import { toHex } from "../../base/hex";
import { latin1 } from "../../base/text";
import { nextPause } from "../../core/backoff";
import type { Millis } from "../../core/time";
import {
	checkAnswer,
	formatRegistration,
	NONCE_DIGITS,
	REGISTRATION_FIELD,
	REGISTRATION_PATH,
	REGISTRATION_TYPE,
	type Registration,
	signRegistration,
	type UsedTicket,
} from "../../relay/registration";
import { ANSWER_OCTETS_MAX, parseAnswer, type RegistrationAnswer } from "../../relay/registration-answer";
import { RelaySigner } from "../../relay/relay-key";
import type { RelayOrigin } from "../../relay/relayed-content";
import { authorityFor, type HttpUrl, parseUrl } from "../../wire/http-url";
import { fieldOf, type TextMessage } from "../../wire/text-message";
import { HttpCall } from "../http-call";
import { offeredWay } from "./origin-guard";
import type { RelayServices } from "./relay-services";

/** The pauses after failures, and the shortest and longest between registrations. Passes of cameras hold for three minutes. */
const FIRST_PAUSE: Millis = 2000;
const LONGEST_PAUSE: Millis = 60_000;
const EVERY_MIN: Millis = 10_000;
const EVERY_MAX: Millis = 100_000;
/** Until the date is known. */
const DATE_PAUSE: Millis = 5000;

/** What an {@link OriginRegistration} needs of its owner. */
export interface RegistrationOwner extends Pick<RelayServices, "node" | "host" | "name"> {
	/** What every registration says, where it says the same to all. */
	place(origin: RelayOrigin): Omit<Registration, "relay" | "time" | "nonce" | "reports" | "used">;
	/** Takes the tickets that an origin has not been told of: the member that gets the reports is told. */
	takeUsed(origin: RelayOrigin): readonly UsedTicket[];
	/** The tickets were not delivered. */
	returnUsed(origin: RelayOrigin, used: readonly UsedTicket[]): void;
	answered(registration: OriginRegistration, answer: RegistrationAnswer): void;
	/** Whether viewers wait for a camera of this origin, whose place may have changed. */
	isMissing(origin: RelayOrigin): boolean;
	/** What pages show has changed. */
	changed(): void;
}

/** Keeps a relay registered with one member of an origin (ONE-7): again and again, more slowly while that fails. */
export class OriginRegistration {
	/** Why the last registration failed; empty: it did not. */
	fault = "";
	/** How long the present registration counts; 0: there was none yet. */
	until: Millis = 0;
	private readonly url: HttpUrl | undefined;
	private readonly signer: RelaySigner;
	private call: HttpCall | undefined;
	private pause: Millis = 0;
	/** The time of the last registration: the next one has a later time, also when the clock was set back. */
	private last: Millis = 0;
	private isOver = false;

	/** Begins at once. @param base of the member's pages */
	constructor(
		private readonly owner: RegistrationOwner,
		readonly origin: RelayOrigin,
		readonly base: string,
	) {
		this.url = parseUrl((base.endsWith("/") ? base.slice(0, -1) : base) + REGISTRATION_PATH);
		this.signer = new RelaySigner(origin.key, "registration");
		if (this.url === undefined) this.fault = "its URL in the table is malformed";
		else this.register(this.url);
	}

	/** Stops: the origin forgets this relay by itself. */
	stop(): void {
		this.isOver = true;
		this.call?.cancel();
	}

	private register(url: HttpUrl): void {
		if (this.isOver) return;
		const { owner, origin } = this;
		const { node, host, name } = owner;
		const utc = host.clock.utc();
		if (utc === undefined) {
			this.fault = "the date is not known yet";
			return this.again(url, DATE_PAUSE);
		}
		this.last = Math.max(this.last + 1, Math.floor(utc));
		const octets = new Uint8Array(NONCE_DIGITS / 2);
		host.random.fill(octets);
		const nonce = toHex(octets);
		const reports = this.base === origin.url;
		const used = reports ? owner.takeUsed(origin) : [];
		const body = formatRegistration({ relay: name, time: this.last, nonce, reports, used, ...owner.place(origin) });
		const fields = [
			["Content-Type", REGISTRATION_TYPE],
			[REGISTRATION_FIELD, signRegistration(this.signer, name, body)],
		] as const;
		// Only the owner's word leads to this machine.
		const { network, resolver } = this.base === origin.url ? host : offeredWay(owner, origin);
		const { sourceCertificate: certificate } = node.settings;
		const request = { method: "POST", url, certificate, fields, body, answerMax: ANSWER_OCTETS_MAX } as const;
		this.call = new HttpCall({ pump: node.pump, network, resolver }, request, (now, answer) => {
			this.call = undefined;
			const result = typeof answer === "string" ? answer : this.read(nonce, answer);
			if (typeof result === "string") {
				owner.returnUsed(origin, used);
				this.failed(url, result);
			} else this.done(url, now, result);
		});
	}

	/** Reads an answer. @returns why it can't be used, for the log and the owner */
	private read(nonce: string, answer: TextMessage): RegistrationAnswer | string {
		const { status, body } = answer;
		if (status === 403)
			return `it does not accept the key of a relay with the name ${this.owner.name}, or the clocks differ`;
		if (status !== 200) return `it answers ${status}`;
		const field = fieldOf(answer, REGISTRATION_FIELD.toLowerCase()) ?? "";
		if (!checkAnswer(this.signer, nonce, body, field)) return "its answer is not signed with the key of this relay";
		return parseAnswer(body) ?? `its answer is malformed: ${latin1(body, 0, 40)}`;
	}

	private done(url: HttpUrl, now: Millis, answer: RegistrationAnswer): void {
		const { owner, origin, fault } = this;
		const isNew = this.until === 0 || fault !== "";
		this.fault = "";
		this.pause = 0;
		this.until = now + answer.valid * 1000;
		// The other members are many, and say the same.
		const level = this.base === origin.url ? "info" : "debug";
		if (isNew)
			this.log(
				level,
				`registered with ${origin.name} at ${authorityFor(url)}: ${answer.cameras.length === 1 ? "1 camera" : `${answer.cameras.length} cameras`}`,
			);
		owner.answered(this, answer);
		if (isNew) owner.changed();
		this.again(url, Math.min(EVERY_MAX, Math.max(EVERY_MIN, (answer.valid * 1000) / 3)));
	}

	private failed(url: HttpUrl, why: string): void {
		const { origin } = this;
		if (this.fault !== why) {
			this.fault = why;
			this.log(
				this.base === origin.url ? "warn" : "info",
				`not registered with ${origin.name} at ${authorityFor(url)}: ${why}`,
			);
			this.owner.changed();
		}
		this.pause = nextPause(this.pause, FIRST_PAUSE, LONGEST_PAUSE);
		// Relays of one origin do not come all at once after it was away.
		this.again(url, this.pause * (0.75 + 0.5 * this.owner.host.random.unit()));
	}

	/** Registers after a pause; sooner, but no sooner than after {@link EVERY_MIN}, while viewers wait for a camera. */
	private again(url: HttpUrl, pause: Millis): void {
		if (this.isOver) return;
		const { pump } = this.owner.node;
		const step = Math.min(pause, EVERY_MIN);
		pump.after(step, () => {
			if (step >= pause || this.owner.isMissing(this.origin)) this.register(url);
			else this.again(url, pause - step);
		});
	}

	private log(level: "debug" | "info" | "warn", text: string): void {
		this.owner.host.log.write(level, "relay", text);
	}
}
