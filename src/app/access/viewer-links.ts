import type { Moment } from "../../access/access-tokens";
import { LINK_ID_DIGITS } from "../../access/revoked-links";
import { toHex } from "../../base/hex";
import type { Millis, Seconds } from "../../core/time";
import type { Random } from "../../ports/random";
import type { Store } from "../../ports/store";

/** The most viewer links that are valid at a time. */
export const LINKS_MAX = 20;
/** The longest name of a link, in characters. */
export const LINK_NAME_MAX = 40;

/** The key in the store. */
const KEY = "links";
/** The last use of a link is stored at most this often, as flash wears out. */
const USE_SPACING: Millis = 3_600_000;

/** A viewer link, as its owner sees it: all but its token. */
export interface ViewerLink {
	/** @see Grant.link */
	readonly id: string;
	/** Its name in the list of links; may be empty. */
	readonly name: string;
	/** The epoch of its times. @see Moment */
	readonly epoch: string;
	readonly made: Seconds;
	readonly until: Seconds;
	/** When it was last used at this device; 0: never. */
	readonly used: Seconds;
}

/** A viewer link as it is kept. */
interface KeptLink extends ViewerLink {
	used: Seconds;
	/** The monotonic time of a use that is not in {@link used} yet; -1: there is none. */
	usedAt: Millis;
}

/** What {@link ViewerLinks} need of their host. */
export interface ViewerLinksHost {
	readonly random: Pick<Random, "fill">;
	/** Takes what the owner asks for: its failure is the owner's to know. */
	readonly store: Store;
}

/** The part of the credential store that {@link ViewerLinks} need. */
export interface ViewerLinksKeys {
	/** The name depends only on the key of all tokens: links of another key are no longer valid. */
	readonly tokens: { readonly name: string };
	moment(now: Millis): Moment;
}

/**
 * The viewer links that were made at this device and are valid: a bounded list, stored, so that each can be revoked alone.
 *
 * The list is for the owner. A link counts by its own signature, at each device that has the key, until the login record of the
 * fleet says that it is revoked.
 */
export class ViewerLinks {
	private links: KeptLink[];
	/** The key whose links these are. */
	private key: string;
	/** When uses were stored last. */
	private storedAt: Millis = -Infinity;

	/** @param memory takes what happens by itself */
	constructor(
		private readonly host: ViewerLinksHost,
		private readonly memory: Store,
		private readonly keys: ViewerLinksKeys,
	) {
		this.key = keys.tokens.name;
		this.links = parse(memory.read(KEY) ?? "", this.key);
	}

	/** The links that are valid, the newest last. */
	list(now: Millis): readonly ViewerLink[] {
		this.tidy(now);
		this.dateUses(now);
		return this.links;
	}

	/**
	 * Adds a link.
	 * @returns what its token must carry; `undefined`: there are as many as can be
	 * @throws {StoreError} when it can't be stored; then it is not added
	 */
	add(now: Millis, name: string, lifetime: Seconds): ViewerLink | undefined {
		this.tidy(now);
		if (this.links.length >= LINKS_MAX) return undefined;
		const { epoch, seconds } = this.keys.moment(now);
		const bytes = new Uint8Array(LINK_ID_DIGITS / 2);
		this.host.random.fill(bytes);
		const made = Math.floor(seconds);
		const link = { id: toHex(bytes), name, epoch, made, until: Math.floor(seconds + lifetime), used: 0, usedAt: -1 };
		this.host.store.write(KEY, write(this.key, [...this.links, link]));
		this.links.push(link);
		return link;
	}

	/** Returns a link; `undefined`: it is not known here, or no longer valid. */
	find(now: Millis, id: string): ViewerLink | undefined {
		return this.list(now).find((link) => link.id === id);
	}

	/** Removes a link that has been revoked. */
	remove(now: Millis, id: string): void {
		const at = this.links.findIndex((link) => link.id === id);
		if (at < 0) return;
		this.links.splice(at, 1);
		this.save(now);
	}

	/** A link was used. Cheap: it may happen at each request. */
	used(now: Millis, id: string): void {
		for (const link of this.links) {
			if (link.id !== id) continue;
			link.usedAt = now;
			if (now - this.storedAt < USE_SPACING) return;
			this.storedAt = now;
			this.save(now);
			return;
		}
	}

	/** Stores when links were last used. Call it when the device stops. */
	save(now: Millis): void {
		this.dateUses(now);
		if (this.links.length > 0) this.memory.write(KEY, write(this.key, this.links));
		else if (this.memory.read(KEY) !== undefined) this.memory.delete(KEY);
	}

	/** Gives the uses since the last call their date; a device that does not know it keeps the one before. */
	private dateUses(now: Millis): void {
		const { epoch, seconds } = this.keys.moment(now);
		for (const link of this.links) {
			if (link.usedAt < 0) continue;
			if (link.epoch === epoch) link.used = Math.floor(seconds - (now - link.usedAt) / 1000);
			link.usedAt = -1;
		}
	}

	/** Forgets links that have expired, or whose key is gone: after a new password, in another fleet. */
	private tidy(now: Millis): void {
		const key = this.keys.tokens.name;
		if (key !== this.key) {
			this.key = key;
			this.links = [];
		}
		const { epoch, seconds } = this.keys.moment(now);
		// A device that does not know the date yet keeps those that were made when it did.
		const isOver = (link: ViewerLink): boolean =>
			link.epoch === epoch ? link.until <= seconds : link.epoch !== "u" || epoch === "u";
		if (this.links.some(isOver)) this.links = this.links.filter((link) => !isOver(link));
	}
}

/** Tells whether text can be the name of a link: no control characters, not too long. */
export function isLinkName(name: string): boolean {
	if (name.length > LINK_NAME_MAX) return false;
	for (let i = 0; i < name.length; i++) {
		const code = name.charCodeAt(i);
		if (code < 32 || code === 127) return false;
	}
	return true;
}

function write(key: string, links: readonly ViewerLink[]): string {
	const lines = links.map(
		({ id, name, epoch, made, until, used }) => `${id} ${epoch} ${made} ${until} ${used} ${name}`,
	);
	return [key, ...lines].join("\n");
}

function parse(text: string, key: string): KeptLink[] {
	const [first, ...lines] = text.split("\n");
	const links: KeptLink[] = [];
	if (first !== key) return links;
	for (const line of lines.slice(0, LINKS_MAX)) {
		const [id, epoch = "", made, until, used, ...name] = line.split(" ");
		const link = {
			id,
			name: name.join(" "),
			epoch,
			made: Number(made),
			until: Number(until),
			used: Number(used),
			usedAt: -1,
		};
		if (link.made >= 0 && link.until >= 0 && link.used >= 0) links.push(link);
	}
	return links;
}
