import type { Machine, Outlet } from "../../core/machine";
import type { Millis } from "../../core/time";
import type { FetchResult } from "../../ports/url-fetcher";
import { DYNAMIC_DNS_MESSAGES } from "../../web/dynamic-dns-messages";
import { buildUpdate, readAnswer, type UpdateRequest } from "../../wire/dyndns2";

/** The shortest time between two requests. */
const APART: Millis = 60_000;
/** Services drop names that were not updated for a month. */
const REFRESH: Millis = 25 * 86_400_000;
/** The longest wait after failures. An update from before a restart counts for the same time. */
const WAIT_MAX: Millis = 3_600_000;
/** The wait after a service reported that it is out of order. */
const BUSY: Millis = 1_800_000;

/** Which service is updated, and with what. */
export interface DynamicDnsSettings {
	/** Template of the update's URL; empty: no service. @see isUpdateTemplate */
	readonly template: string;
	/** The domain name; may be empty. */
	readonly name: string;
	/** The User-Agent of requests. */
	readonly agent: string;
}

/** The state of the updates, for pages and programs. */
export interface DynamicDnsView {
	/**
	 * `off`: no service is set; `waiting`: no address yet, or another camera updates the service; `updating`: a request is
	 * under way or due; `current`: the service has the address; `retrying`: the last update failed; `stopped`: a person has
	 * to act.
	 */
	readonly state: "off" | "waiting" | "updating" | "current" | "retrying" | "stopped";
	/** The state as a sentence; empty for `off`. */
	readonly message: string;
	/** What to do about it; empty: nothing. */
	readonly remedy: string;
	/** The address of the last update; empty: none. */
	readonly lastAddress: string;
}

/** Results of updates, for the log and the pages. */
export type DynamicDnsEvent =
	/** The service has this address now. */
	| { readonly type: "updated"; readonly address: string }
	/** The update failed and will be tried again. */
	| { readonly type: "failed"; readonly message: string }
	/** The update failed and is not tried again until the address or the settings change. */
	| { readonly type: "stopped"; readonly message: string; readonly remedy: string };

/** What the machine may do. */
export interface DynamicDnsOutbox extends Outlet<DynamicDnsEvent> {
	/** Sends a request; {@link DynamicDns.answered} follows in any case, after this call. */
	fetch(request: UpdateRequest): void;
}

/**
 * Keeps a domain name on the gateway's external address: updates a dynamic DNS service when the address is known, when it
 * changes, and every 25 days. Only the representative updates it, as all cameras share the address.
 *
 * Requests are at least a minute apart; after failures it waits 1, 2, 4 … 60 minutes.
 * @see https://help.dyn.com/remote-access-api/ (dyndns2), IMG-5
 */
export class DynamicDns implements Machine<DynamicDnsOutbox> {
	deadline: Millis = Infinity;
	private address = "";
	private active = false;
	/** The address of the last successful update, and when to repeat it. */
	private told = "";
	private refreshAt: Millis = Infinity;
	/** The address and the name of the request under way. */
	private asked = "";
	private askedName = "";
	private askedAt: Millis = -Infinity;
	private failures = 0;
	private retryAt: Millis = -Infinity;
	private message = "";
	private remedy = "";
	/** True: no more requests for this address. */
	private stopped = false;
	/** True: no more requests at all. */
	private over = false;

	constructor(private settings: DynamicDnsSettings) {}

	/** The domain name is another one from now on: the service is told the address of that. */
	rename(now: Millis, name: string): void {
		this.settings = { ...this.settings, name };
		this.told = "";
		this.failures = 0;
		this.stopped = this.over;
		this.retryAt = -Infinity;
		this.plan(now);
	}

	/** Restores the last update from before a restart, `age` milliseconds ago. It counts for an hour, so that a crash loop does not flood the service. */
	remember(now: Millis, address: string, age: Millis): void {
		if (!(age >= 0 && age < WAIT_MAX)) return;
		this.told = address;
		this.refreshAt = now + WAIT_MAX - age;
	}

	/**
	 * Sets the external address (empty: none), and whether this camera is the one that updates the service. Harmless when
	 * nothing has changed.
	 */
	set(now: Millis, address: string, active: boolean): void {
		if (address !== this.address) {
			this.address = address;
			this.stopped = this.over;
			this.failures = 0;
			this.retryAt = -Infinity;
			// Another camera updates the service meanwhile, so what it has is unknown when the address returns.
			if (!active && address !== "") this.told = "";
		}
		this.active = active;
		this.plan(now);
	}

	expire(now: Millis, out: DynamicDnsOutbox): void {
		if (now < this.deadline) return;
		const { template, name, agent } = this.settings;
		this.asked = this.address;
		this.askedName = name;
		this.askedAt = now;
		this.plan(now);
		out.fetch(buildUpdate(template, this.address, name, agent));
	}

	/** Takes the result of the request under way; harmless when there is none. */
	answered(now: Millis, result: FetchResult, out: DynamicDnsOutbox): void {
		const { asked } = this;
		if (asked === "") return;
		this.asked = "";
		if ("failure" in result) {
			const message = DYNAMIC_DNS_MESSAGES.notTold(result.failure);
			if (result.final === true) this.stop(message, DYNAMIC_DNS_MESSAGES.wrongHost, out);
			else this.fail(now, message, 0, out);
			this.over = result.final === true;
		} else {
			const answer = readAnswer(result.status, result.body);
			if (this.askedName !== this.settings.name) {
				// The name has changed meanwhile; the new one has a request of its own.
			} else if (answer.kind === "done") {
				this.told = asked;
				this.refreshAt = now + REFRESH;
				this.failures = 0;
				this.retryAt = -Infinity;
				out.emit({ type: "updated", address: asked });
			} else if (asked !== this.address) {
				// The address has changed meanwhile; the new one has a try of its own.
			} else if (answer.kind === "refused") {
				const { message, remedy } = DYNAMIC_DNS_MESSAGES.refusals[answer.refusal];
				this.stop(message, remedy, out);
			} else {
				const { outOfOrder, unconfirmed, status } = DYNAMIC_DNS_MESSAGES;
				const { reason } = answer;
				const message =
					reason === "status" ? status(answer.status) : reason === "unconfirmed" ? unconfirmed : outOfOrder;
				this.fail(now, message, answer.busy ? BUSY : 0, out);
			}
		}
		this.plan(now);
	}

	/** The present state. */
	view(): DynamicDnsView {
		const { told, address } = this;
		const view = (state: DynamicDnsView["state"], message: string, remedy = ""): DynamicDnsView => ({
			state,
			message,
			remedy,
			lastAddress: told,
		});
		if (this.settings.template === "") return view("off", "");
		if (!this.active) return view("waiting", DYNAMIC_DNS_MESSAGES.waits);
		if (this.stopped) return view("stopped", this.message, this.remedy);
		if (address === "") return view("waiting", DYNAMIC_DNS_MESSAGES.noAddress);
		if (this.asked !== "") return view("updating", DYNAMIC_DNS_MESSAGES.tells);
		if (this.failures > 0) return view("retrying", `${this.message} ${DYNAMIC_DNS_MESSAGES.again}`);
		if (told !== address) return view("updating", DYNAMIC_DNS_MESSAGES.soon);
		return view("current", DYNAMIC_DNS_MESSAGES.knows(told));
	}

	private fail(now: Millis, message: string, least: Millis, out: DynamicDnsOutbox): void {
		this.failures++;
		this.retryAt = now + Math.max(least, Math.min(WAIT_MAX, APART * 2 ** Math.min(this.failures - 1, 10)));
		this.message = message;
		out.emit({ type: "failed", message });
	}

	private stop(message: string, remedy: string, out: DynamicDnsOutbox): void {
		this.stopped = true;
		this.message = message;
		this.remedy = remedy;
		out.emit({ type: "stopped", message, remedy });
	}

	private plan(now: Millis): void {
		const idle =
			this.settings.template === "" || !this.active || this.address === "" || this.asked !== "" || this.stopped;
		if (idle) {
			this.deadline = Infinity;
			return;
		}
		const due = this.told === this.address && this.failures === 0 ? this.refreshAt : now;
		this.deadline = Math.max(due, this.retryAt, this.askedAt + APART);
	}
}
