import { Allowance } from "../base/allowance";
import { latin1, utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { FleetChannel } from "./fleet-channel";
import type { FleetOutbox } from "./fleet-contract";
import type { FleetKey } from "./fleet-key";
import type { Member } from "./member";
import { MEMBERS_MAX } from "./member-registry";

/** The longest login record in octets. */
export const LOGIN_TEXT_MAX = 512;
/** The most that a version may be above ours, so that no message can use the counter up. */
export const LOGIN_LEAP_MAX = 1000000;

const VERSION_MAX = 0xffffffff;
/** The times at which a change is sent to all, because datagrams get lost. */
const REPEATS: readonly Millis[] = Object.freeze([0, 80, 300]);
/** The least time between two records sent to one camera. */
const OFFER_SPACING: Millis = 5000;
/** The most records sent to single cameras in one second. */
const OFFERS_PER_SECOND = 20;
/** How long the other cameras leave it to the representative to send the record. */
const GRACE: Millis = 200;
/** The average time between two of the other cameras that send it; the first makes it unnecessary for the rest. */
const TURN: Millis = 20;
/** Characters of the code of a record. */
const CODE = 32;
const LABEL = "login";

/**
 * Keeps the same login record (the accounts' password hashes) in all cameras of a sealed fleet: the one with the
 * largest version, and of two with the same version the one with the larger text.
 *
 * A change is sent to all cameras at once. Announcements carry the version and 32 bits of the record's code. A camera
 * that hears an older one sends the record: the representative at once, the others after a random delay if it is still
 * needed. The text is masked under the fleet's key. The mask's label contains the version and the record's code, a keyed
 * hash of all of it, so that no label is used for two records, without random numbers. In an open fleet no records are
 * sent or accepted.
 * @see RFC 5297 §2.6, from which the construction is taken
 */
export class LoginRecordSync {
	/** When {@link expire} must be called next; `Infinity` while nothing is pending. */
	deadline: Millis = Infinity;
	/** 0: there is no record, or one that is not shared. */
	version = 0;
	text = "";
	/** Records that were refused: damaged, too long, or with a version too far above ours. */
	refused = 0;

	private sendAt: Millis = Infinity;
	private copies = 0;
	/** When the record is to be sent to a member, by its id, unless it has the record by then. */
	private readonly offers = new Map<string, Millis>();
	/** When the record was last sent to a member alone. */
	private readonly offeredAt = new Map<string, Millis>();
	private readonly allowance = new Allowance(OFFERS_PER_SECOND);
	/** The record's code under {@link codeKey}, and its first 32 bits, which are compared with every announcement. */
	private code = "";
	private check = 0;
	private codeKey: FleetKey | undefined;

	/** @param random numbers in [0, 1) */
	constructor(
		private readonly channel: FleetChannel,
		private readonly random: { unit(): number },
	) {}

	/**
	 * Sets this camera's own record, as stored or as just changed; a change is sent to all.
	 * @throws RangeError when the version is not an unsigned 32-bit number, or the text too long or not ASCII
	 */
	set(now: Millis, version: number, text: string, out: FleetOutbox): void {
		if (!Number.isInteger(version) || version < 0 || version > VERSION_MAX) throw new RangeError("login version");
		if (!isLoginText(text)) throw new RangeError("login text");
		if (version === this.version && text === this.text) return;
		this.use(version, text);
		if (version > 0 && this.channel.isActive) {
			this.copies = 0;
			this.sendAt = now;
		}
		this.expire(now, out);
	}

	/** Adds to an announcement which record this camera has. @returns the announcement */
	mark(message: FleetMessage): FleetMessage {
		const { key } = this.channel.sender;
		if (key === undefined || this.version === 0) return message;
		message.login = this.version;
		message.loginCheck = this.checkUnder(key);
		return message;
	}

	/** A member has announced itself: it is sent the record if it has an older one. */
	announced(now: Millis, member: Member, message: FleetMessage, out: FleetOutbox): void {
		const { key } = this.channel.receiver;
		if (key === undefined || this.version === 0) return;
		const { login = 0, loginCheck } = message;
		const differs = login === this.version && loginCheck !== this.checkUnder(key);
		if (login < this.version || differs) this.offer(now, member, out);
		else this.offers.delete(member.id);
		this.plan();
	}

	/**
	 * Handles a `login`, whose seal was checked: a newer record is used, and the owner is told of it.
	 * @returns true: this camera has to announce itself, so that those about to send it the record know that it has it
	 */
	heard(now: Millis, message: FleetMessage, out: FleetOutbox): boolean {
		const { channel } = this;
		const { key } = channel.receiver;
		const { login: version = 0, loginCheck, target, secret, sender } = message;
		if (key === undefined || version === 0) return false;
		if (target !== undefined && target !== channel.settings.id) return false;
		if (version === this.version && loginCheck === this.checkUnder(key)) return false;
		const text = version - this.version > LOGIN_LEAP_MAX ? undefined : unmask(key, version, secret);
		if (text === undefined) {
			this.refused++;
			return false;
		}
		if (version > this.version || (version === this.version && text > this.text)) {
			this.use(version, text);
			out.emit({ type: "login", version, text });
			return target !== undefined;
		}
		const member = channel.registry.get(sender);
		if (member !== undefined && this.version > 0) this.offer(now, member, out);
		this.plan();
		return false;
	}

	expire(now: Millis, out: FleetOutbox): void {
		if (this.sendAt <= now) {
			const message = this.compose(undefined);
			if (message !== undefined) this.channel.sendToAll(message, out);
			this.copies++;
			const next = REPEATS[this.copies];
			this.sendAt = next === undefined || message === undefined ? Infinity : now + next - REPEATS[this.copies - 1];
		}
		for (const [id, at] of this.offers) {
			if (at > now) continue;
			this.offers.delete(id);
			const member = this.channel.registry.get(id);
			if (member !== undefined) this.send(now, member, out);
		}
		this.plan();
	}

	/** Sends nothing more: the camera leaves, or has no network. */
	stop(): void {
		this.offers.clear();
		this.sendAt = this.deadline = Infinity;
	}

	private use(version: number, text: string): void {
		this.version = version;
		this.text = text;
		this.codeKey = undefined;
		this.stop();
	}

	private offer(now: Millis, member: Member, out: FleetOutbox): void {
		if (
			!this.channel.isActive ||
			this.offers.has(member.id) ||
			now - (this.offeredAt.get(member.id) ?? -Infinity) < OFFER_SPACING
		)
			return;
		if (this.channel.self.representative) this.send(now, member, out);
		else this.offers.set(member.id, now + GRACE + this.random.unit() * TURN * this.channel.registry.size);
	}

	private send(now: Millis, member: Member, out: FleetOutbox): void {
		const message = this.compose(member.id);
		if (message === undefined || !this.allowance.take(now)) return;
		if (this.offeredAt.size >= MEMBERS_MAX) this.offeredAt.clear();
		this.offeredAt.set(member.id, now);
		this.channel.sender.sendTo(member, message, out);
	}

	/** @returns `undefined` in an open fleet, and when there is no record to share */
	private compose(target: string | undefined): FleetMessage | undefined {
		const { key } = this.channel.sender;
		if (key === undefined || this.version === 0) return undefined;
		const message = this.mark(this.channel.message("login"));
		const code = this.codeUnder(key);
		const secret = new Uint8Array(CODE + this.text.length);
		secret.set(utf8Encode(code));
		secret.set(key.mask(maskLabel(this.version, code), utf8Encode(this.text)), CODE);
		message.secret = secret;
		if (target !== undefined) message.target = target;
		return message;
	}

	private codeUnder(key: FleetKey): string {
		if (this.codeKey !== key) {
			this.code = key.sign(LABEL, `${this.version} ${this.text}`);
			this.check = Number.parseInt(this.code.slice(0, 8), 16);
			this.codeKey = key;
		}
		return this.code;
	}

	private checkUnder(key: FleetKey): number {
		this.codeUnder(key);
		return this.check;
	}

	private plan(): void {
		let next = this.sendAt;
		if (this.offers.size > 0) for (const at of this.offers.values()) if (at < next) next = at;
		this.deadline = next;
	}
}

/** Tells whether text can be a login record: lines of ASCII, up to {@link LOGIN_TEXT_MAX} octets. */
export function isLoginText(text: string): boolean {
	if (text.length > LOGIN_TEXT_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if ((code < 32 && code !== 10) || code > 126) return false;
	}
	return true;
}

function maskLabel(version: number, code: string): string {
	return `${LABEL} ${version} ${code}`;
}

/** @returns `undefined` when the record does not match its code */
function unmask(key: FleetKey, version: number, secret: Uint8Array | undefined): string | undefined {
	if (secret === undefined || secret.length < CODE) return undefined;
	const code = latin1(secret, 0, CODE);
	const text = latin1(key.mask(maskLabel(version, code), secret.subarray(CODE)));
	return isLoginText(text) && key.verify(LABEL, `${version} ${text}`, code) ? text : undefined;
}
