import { hashPassword, LoginRecord } from "../../access/login-record";
import { toHex } from "../../base/hex";
import type { Random } from "../../ports/random";
import type { Store } from "../../ports/store";
import type { CameraSettings } from "../../settings/camera-schema";
import { drawCode } from "../../wire/join-code";

/** Letters of a password that a camera draws: 60 bits. */
const PASSWORD_LETTERS = 12;
/** What ends sessions when it changes. */
export const SALT_OCTETS = 8;

/** Draws a password for the owner that can be typed: `ABCD-EFGH-IJKL`. @param random unpredictable octets */
export function drawPassword(random: Random): string {
	return drawCode(random, PASSWORD_LETTERS);
}

/** What passwords of a camera are hashed with. @param id of the camera. @see RFC 7616 §3.3 (realm) */
export function realmOf(id: string): string {
	return `Porthole ${id}`;
}

/** Reads who may log in; `undefined` when nothing was kept, or it is damaged. */
export function readLogin(store: Store): LoginRecord | undefined {
	const text = store.read("login") ?? "";
	const space = text.indexOf(" ");
	return LoginRecord.parse(Number(text.slice(0, Math.max(0, space))), text.slice(space + 1));
}

/** Keeps who may log in: hashes, no password. */
export function keepLogin(store: Store, record: LoginRecord): void {
	store.write("login", `${record.version} ${record}`);
}

/**
 * Makes and keeps the first record of a camera, in place of any that there was: at its first start, and by a set-up page.
 * @param id of the camera
 * @param password of the owner
 */
export function firstLogin(
	store: Store,
	random: Random,
	id: string,
	password: string,
	{ viewerPassword, digestMd5 }: Pick<CameraSettings, "viewerPassword" | "digestMd5">,
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
