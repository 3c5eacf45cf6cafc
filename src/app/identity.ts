import { toHex } from "../base/hex";
import type { Millis } from "../core/time";
import type { Random } from "../ports/random";
import type { Store } from "../ports/store";

/** What identifies a device across restarts. */
export interface Identity {
	/** 16 hexadecimal digits. */
	readonly id: string;
	/** Counts starts, this one included. */
	readonly boot: number;
	/** Its name; empty until it has one. */
	readonly name: string;
	readonly automaticName: boolean;
}

const AUTOMATIC = "auto ";
const CHOSEN = "own ";

/**
 * Reads the 16 hexadecimal digits that identify a device; draws and stores them at the first start.
 * @param memory takes them @default the store
 */
export function loadId(store: Store, random: Random, memory = store): string {
	let id = store.read("id") ?? "";
	if (!isId(id)) {
		const bytes = new Uint8Array(8);
		random.fill(bytes);
		id = toHex(bytes);
		memory.write("id", id);
	}
	return id;
}

/**
 * Reads the identity of a device from its store; makes one at the first start.
 * @param settingsName the name in the settings, used until the owner chooses another on a page
 * @param memory takes what changes; a device with a full medium starts all the same @default the store
 * @param utc the time, if it is known
 */
export function loadIdentity(
	store: Store,
	random: Random,
	settingsName: string,
	memory: Store & { readonly fault?: string } = store,
	utc: Millis = 0,
): Identity {
	const id = loadId(store, random, memory);
	const last = Number(store.read("boot") ?? "0");
	let boot = Number.isInteger(last) && last >= 0 && last < 0xffffffff ? last + 1 : 1;
	memory.write("boot", `${boot}`);
	if (memory.fault) {
		// Other cameras do not listen to a number twice, so the minutes count in place of the starts.
		boot = Math.max(boot, Math.floor(utc / 60_000));
		memory.write("boot", `${boot}`);
	}
	const stored = store.read("name") ?? "";
	if (stored.startsWith(CHOSEN)) return { id, boot, name: stored.slice(CHOSEN.length), automaticName: false };
	if (settingsName !== "") return { id, boot, name: settingsName, automaticName: false };
	return { id, boot, name: stored.startsWith(AUTOMATIC) ? stored.slice(AUTOMATIC.length) : "", automaticName: true };
}

/** Stores the name (IMG-15). */
export function keepName(store: Store, name: string, automatic: boolean): void {
	store.write("name", (automatic ? AUTOMATIC : CHOSEN) + name);
}

function isId(text: string): boolean {
	if (text.length !== 16) return false;
	for (let i = 0; i < 16; i++) if (!"0123456789abcdef".includes(text[i])) return false;
	return true;
}
