import type { Log } from "../../ports/log";
import type { Store } from "../../ports/store";

/** The key in the store of a first password that nobody has used yet. */
const KEY = "first-password";

/** Tells the owner the password at the first start. */
export function firstPassword(password: string): string {
	return `${login(password)}
You won't see it again. To change it, use the camera's settings page or --password-file.`;
}

function login(password: string): string {
	return `Log in as "owner" with the password ${password}`;
}

/**
 * Keeps the first password in the store until it has been used, for hosts whose output goes into a log, which others
 * may read or copy. The log says where it is.
 * @param place where the store keeps a value, for people
 */
export function keepFirstPassword(store: Store, log: Log, password: string, place: (key: string) => string): void {
	try {
		store.write(KEY, password);
	} catch {
		// Nobody could log in otherwise.
		log.write("warn", "web", `${login(password)}. It cannot be stored: change it before the camera restarts.`);
		return;
	}
	tellPlace(log, place);
}

/** Tells the place of a first password that nobody has used, at each later start. */
export function remindOfFirstPassword(store: Store, log: Log, place: (key: string) => string): void {
	if (hasFirstPassword(store)) tellPlace(log, place);
}

function tellPlace(log: Log, place: (key: string) => string): void {
	log.write(
		"warn",
		"web",
		`the first password of the user "owner" is in ${place(KEY)}; the file is deleted at the first login`,
	);
}

/** Whether there is a first password that nobody has used. */
export function hasFirstPassword(store: Store): boolean {
	return store.read(KEY) !== undefined;
}

/** Deletes the first password: the owner knows it, or has another. */
export function dropFirstPassword(store: Store): void {
	store.delete(KEY);
}
