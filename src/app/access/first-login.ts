import { hashPassword, LoginRecord } from "../../access/login-record";
import { toHex } from "../../base/hex";
import type { Random } from "../../ports/random";
import type { Store } from "../../ports/store";
import type { ACCESS_SCHEMA } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import { drawCode } from "../../wire/join-code";

/** Characters of a generated password: 60 bits. */
const PASSWORD_LETTERS = 12;
/** Octets of the salt of a login record; sessions end when it changes. */
export const SALT_OCTETS = 8;

/** Generates a password for the owner that is easy to type: `ABCD-EFGH-IJKL`. @param random unpredictable octets */
export function drawPassword(random: Random): string {
	return drawCode(random, PASSWORD_LETTERS);
}

/** The Digest realm of a device. @param id its identity. @see RFC 7616 §3.3 */
export function realmOf(id: string): string {
	return `Porthole ${id}`;
}

/** Reads the accounts; `undefined` when none are stored or the record is damaged. */
export function readLogin(store: Store): LoginRecord | undefined {
	const text = store.read("login") ?? "";
	const space = text.indexOf(" ");
	return LoginRecord.parse(Number(text.slice(0, Math.max(0, space))), text.slice(space + 1));
}

/** Stores the accounts: hashes, not passwords. */
export function keepLogin(store: Store, record: LoginRecord): void {
	store.write("login", `${record.version} ${record}`);
}

/**
 * Makes and stores a new login record, which replaces any old one: at the first start, and by the set-up page.
 * @param id the identity of the device
 * @param password the owner's
 */
export function firstLogin(
	store: Store,
	random: Random,
	id: string,
	password: string,
	{ viewerPassword, digestMd5 }: Pick<ValuesOf<typeof ACCESS_SCHEMA>, "viewerPassword" | "digestMd5">,
): LoginRecord {
	const realm = realmOf(id);
	const salt = new Uint8Array(SALT_OCTETS);
	random.fill(salt);
	const owner = hashPassword("owner", realm, password, digestMd5);
	const viewer = viewerPassword === "" ? undefined : hashPassword("viewer", realm, viewerPassword, digestMd5);
	const record = new LoginRecord(0, realm, toHex(salt), owner, viewer);
	keepLogin(store, record);
	return record;
}
