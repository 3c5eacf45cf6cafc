import { firstLogin, readLogin } from "../../src/app/access/first-login";
import { loadId } from "../../src/app/identity";
import type { Random } from "../../src/ports/random";
import type { Store } from "../../src/ports/store";
import type { CameraSettings } from "../../src/settings/camera-schema";
import { keepCredentials, type WifiCredentials } from "./wifi-credentials";

/** The checked choices of the set-up page. */
export interface SetupChoice {
	readonly credentials: WifiCredentials;
	/** The owner password; `undefined`: unchanged. */
	readonly ownerPassword: string | undefined;
}

/** Stored until the camera has joined the network chosen at the first set-up. */
const KEY = "set-up";

/**
 * Returns whether the set-up page has to show an owner password: until the camera has joined a network for the first
 * time. Later a visitor who can reach the page because the home's network is down cannot change the password.
 */
export function isFirstSetup(store: Store, settings: Pick<CameraSettings, "password">): boolean {
	return settings.password === "" && (store.read(KEY) !== undefined || readLogin(store) === undefined);
}

/** Stores the choice, of the owner's password only hashes. After a power cut in between, the set-up starts again. */
export function keepSetup(
	store: Store,
	random: Random,
	settings: Pick<CameraSettings, "viewerPassword" | "digestMd5">,
	{ credentials, ownerPassword }: SetupChoice,
): void {
	if (ownerPassword !== undefined) {
		store.write(KEY, "begun");
		firstLogin(store, random, loadId(store, random), ownerPassword, settings);
	}
	keepCredentials(store, credentials);
}

/** The camera has joined the chosen network: from now on its password stays. */
export function endSetup(store: Store): void {
	if (store.read(KEY) !== undefined) store.delete(KEY);
}
