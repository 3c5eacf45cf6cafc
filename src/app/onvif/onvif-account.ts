import type { AccessTokens } from "../../access/access-tokens";
import type { ProgramAccount } from "../../access/authenticator";
import { hashPassword, type LoginRecord, type PasswordHashes } from "../../access/login-record";

/** How many hexadecimal digits the password has: 80 bits. */
const DIGITS = 20;
const GROUP = 5;

/** What the account is derived from: the part of the credential store that it needs. */
export interface OnvifCredentials {
	readonly record: Pick<LoginRecord, "realm">;
	readonly tokens: AccessTokens;
}

/**
 * The account of ONVIF clients.
 *
 * Their login (WS-UsernameToken) is checked with the password itself, and of the two accounts only hashes are stored. So clients
 * have a password of their own. It is stored nowhere: it is derived from the key that signs sessions and links, so it changes when
 * these end, and the cameras of a sealed fleet have the same.
 */
export class OnvifAccount implements ProgramAccount {
	readonly user = "onvif";
	private tokens: AccessTokens | undefined;
	private realm = "";
	private derived = "";
	private hashed: PasswordHashes | undefined;

	/** @param withMd5 whether clients that only know MD5 may log in by Digest */
	constructor(
		private readonly credentials: OnvifCredentials,
		private readonly withMd5: boolean,
	) {}

	/** The password: `0a1b2-c3d4e-5f607-18293`. */
	get password(): string {
		this.derive();
		return this.derived;
	}

	/** @see ProgramAccount */
	get hashes(): PasswordHashes {
		this.derive();
		this.hashed ??= hashPassword(this.user, this.realm, this.derived, this.withMd5);
		return this.hashed;
	}

	private derive(): void {
		const { tokens, record } = this.credentials;
		if (tokens === this.tokens && record.realm === this.realm) return;
		this.tokens = tokens;
		this.realm = record.realm;
		this.hashed = undefined;
		const digits = tokens.secret("onvif").slice(0, DIGITS);
		const groups: string[] = [];
		for (let i = 0; i < DIGITS; i += GROUP) groups.push(digits.slice(i, i + GROUP));
		this.derived = groups.join("-");
	}
}
