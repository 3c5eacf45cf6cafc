import type { LoginRecord } from "../../access/login-record";
import type { Seconds } from "../../core/time";
import type { CredentialListener } from "../access/credential-store";

/** What the fleet does with the accounts, which all cameras of a sealed fleet share. */
export interface FleetCredentials {
	readonly record: LoginRecord;
	/** True: the passwords stand in the settings, and are this camera's alone. */
	readonly pinned: boolean;
	listen(listener: CredentialListener): void;
	learn(version: number, text: string): void;
	/** @see CredentialStore.keyChanged */
	keyChanged(founded: boolean, keepsSessions: boolean): void;
	/** @see CredentialStore.heardLogout */
	heardLogout(session: string, until: Seconds): void;
	/** @see CredentialStore.drawnSecret */
	readonly drawnSecret: string;
	/** @see CredentialStore.isChosen */
	isChosen(password: string): boolean;
}
