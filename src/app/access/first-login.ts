import { hashPassword, LoginRecord } from "../../access/login-record";
import { toHex } from "../../base/hex";
import type { Random } from "../../ports/random";
import type { Store } from "../../ports/store";
import type { ACCESS_SCHEMA } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import { drawCode, readCode } from "../../wire/join-code";

/** Characters of a generated password: 60 bits. */
const PASSWORD_LENGTH = 12;
/** Length of the salt; a new salt ends all sessions. */
export const SALT_OCTETS = 8;

/** Generates an owner's password that is easy to type: `ABCD-EFGH-IJKL`. @param random unpredictable octets */
export function drawPassword(random: Random): string {
	return drawCode(random, PASSWORD_LENGTH);
}

/**
 * Reads a password that a device can have drawn, as people type it: in any case, with or without hyphens and spaces. What another
 * device seals may be sealed with such a one only: strangers can record that, and guess passwords that people choose.
 * @returns `undefined`: no device draws such a password
 */
export function readDrawnPassword(text: string): string | undefined {
	const code = readCode(text, PASSWORD_LENGTH);
	return code === undefined ? undefined : `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** Returns the realm of a camera, with which its passwords are hashed. @see RFC 7616 §3.3 (realm) */
export function realmOf(id: string): string {
	return `Porthole ${id}`;
}

/** Reads the stored accounts; `undefined` when there are none, or they are damaged. */
export function readLogin(store: Store): LoginRecord | undefined {
	const text = store.read("login") ?? "";
	const space = text.indexOf(" ");
	return LoginRecord.parse(Number(text.slice(0, Math.max(0, space))), text.slice(space + 1));
}

/** Stores the accounts: hashes, no passwords. */
export function keepLogin(store: Store, record: LoginRecord): void {
	store.write("login", `${record.version} ${record}`);
}

/**
 * Makes and stores the first record of a camera: at its first start, and by a set-up page. Replaces any earlier one.
 * @param id of the camera
 * @param password of the owner
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
