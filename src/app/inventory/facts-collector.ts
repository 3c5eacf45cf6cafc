import type { Pump } from "../../core/pump";
import type { Millis, Octets, Seconds } from "../../core/time";
import type { Member } from "../../fleet/member";
import type { Network } from "../../ports/net";
import type { CredentialStore } from "../access/credential-store";
import type { DeviceFacts } from "../device-facts";
import { askMember } from "../fleet/ask-member";
import type { HttpCall } from "../http-call";
import { readDeviceFacts } from "./read-device-facts";

/** How many members are asked at a time. */
const ASKED_AT_ONCE = 8;
/** The limit of one question, and of all: a member that has not answered by then is listed without facts. */
const LIMIT: Millis = 4000;
const LIMIT_OF_ALL: Millis = 8000;
const ANSWER_MAX: Octets = 4096;
/** For so long answers are used again, so that frequent questions cost the members nothing. */
const FRESH: Millis = 10_000;
/** The most that wait for answers at a time. */
const WAITING_MAX = 32;

/** How long the tickets are good by which members are asked. */
const TICKET: Seconds = 240;

/** The facts of members that have answered, by their identities. */
export type MemberFacts<Facts = DeviceFacts> = ReadonlyMap<string, Facts>;

/** What members are asked. */
export interface FactsQuestion<Facts> {
	/** A path without a query. */
	readonly target: string;
	/** Reads an answer, in which nothing is trusted. @returns `undefined`: it can't be read */
	read(bytes: Uint8Array): Facts | undefined;
}

/** Asks for what an inventory lists. */
export const INVENTORY_QUESTION: FactsQuestion<DeviceFacts> = Object.freeze({
	target: "/api/v1/device",
	read: readDeviceFacts,
});

/** The device that asks. */
export interface AskingDevice {
	readonly pump: Pump;
	readonly host: { readonly network: Network };
	readonly access: { readonly credentials: Pick<CredentialStore, "tickets" | "moment"> };
}

/** Asks the members of a fleet for their state, by tickets of the fleet's key. */
export class FactsCollector<Facts> {
	private facts = new Map<string, Facts>();
	private collectedAt: Millis = -Infinity;
	private waiting: ((facts: MemberFacts<Facts>) => void)[] = [];
	private readonly asked = new Set<HttpCall>();
	private queue: Member[] = [];
	/** Counts collections, so that the end of an earlier one is told from that of this one. */
	private round = 0;

	constructor(
		private readonly device: AskingDevice,
		private readonly question: FactsQuestion<Facts>,
	) {}

	/**
	 * Asks all members, unless they were asked a moment ago.
	 * @param done called once: during this call, or within some seconds
	 * @returns false: too many wait already, and `done` is not called
	 */
	collect(members: readonly Member[], done: (facts: MemberFacts<Facts>) => void): boolean {
		const { pump } = this.device;
		const now = pump.now();
		if (this.waiting.length === 0 && now - this.collectedAt < FRESH) {
			done(this.facts);
			return true;
		}
		if (this.waiting.length >= WAITING_MAX) return false;
		this.waiting.push(done);
		if (this.waiting.length > 1) return true;
		const round = ++this.round;
		this.facts = new Map();
		this.queue = members.filter((member) => !member.isFromTable && member.httpPort !== 0);
		pump.after(LIMIT_OF_ALL, () => {
			if (round === this.round) this.end();
		});
		this.next();
		return true;
	}

	/** Ends all questions; nobody is answered any more. */
	close(): void {
		this.waiting = [];
		this.end();
	}

	private next(): void {
		while (this.asked.size < ASKED_AT_ONCE) {
			const member = this.queue.shift();
			if (member === undefined) break;
			const ticket = this.ticket(member.id);
			if (ticket !== "") this.ask(member, ticket);
		}
		if (this.asked.size === 0) this.end();
	}

	/** Lets the question in at a member; empty without a key or a date. */
	private ticket(id: string): string {
		const { pump, access } = this.device;
		const moment = access.credentials.moment(pump.now());
		return access.credentials.tickets.issue("viewer", id, moment, moment.seconds + TICKET);
	}

	private ask(member: Member, ticket: string): void {
		const question = {
			method: "GET",
			target: this.question.target,
			ticket,
			bodyLimit: ANSWER_MAX,
			timeout: LIMIT,
		} as const;
		const { pump, host } = this.device;
		const request = askMember({ pump, network: host.network }, member, question, (answer) => {
			this.asked.delete(request);
			const facts = answer?.status === 200 ? this.question.read(answer.body) : undefined;
			if (facts !== undefined) this.facts.set(member.id, facts);
			this.next();
		});
		this.asked.add(request);
	}

	private end(): void {
		this.round++;
		this.queue = [];
		for (const request of this.asked) request.cancel();
		this.asked.clear();
		this.collectedAt = this.device.pump.now();
		const { waiting } = this;
		this.waiting = [];
		for (const done of waiting) done(this.facts);
	}
}
