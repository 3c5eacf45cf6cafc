import type { Authenticator } from "../../access/authenticator";
import type { Millis } from "../../core/time";
import { notAuthorized, type SoapFault } from "../../onvif/soap-fault";
import { type TokenFault, UsedTokens } from "../../onvif/used-tokens";
import { parseUsernameToken, provesPassword } from "../../onvif/username-token";
import type { XmlElement } from "../../wire/xml-element";
import type { OnvifAccount } from "./onvif-account";

/** The client must log in by Digest, as its user has no password that can be checked here. */
export const BY_DIGEST = "by-digest";

/** Where and when a client logs in. */
export interface LoginPlace {
	readonly now: Millis;
	/** The date; `undefined` while it is not known. */
	readonly utc: Millis | undefined;
	/** The client's address. */
	readonly address: string;
}

/** Checks the logins that come in the header of requests: WS-UsernameToken with a digest. @see ONVIF Core §5.9.4 */
export class OnvifLogin {
	private readonly tokens = new UsedTokens();

	constructor(
		private readonly authenticator: Authenticator,
		private readonly account: OnvifAccount,
	) {}

	/** @returns why the client is not logged in; `undefined`: it is the account */
	check({ now, utc, address }: LoginPlace, security: XmlElement): SoapFault | typeof BY_DIGEST | undefined {
		const token = parseUsernameToken(security);
		if (token === undefined) return notAuthorized("A UsernameToken with a PasswordDigest is needed.");
		if (token.user !== this.account.user) return BY_DIGEST;
		let fault: TokenFault | undefined;
		const result = this.authenticator.logInProgram(now, address, () => {
			if (!provesPassword(token, this.account.password)) return false;
			fault = this.tokens.use(utc, token);
			return fault === undefined ? true : undefined;
		});
		if (result.outcome === "granted") return undefined;
		if (result.outcome === "throttled")
			return notAuthorized(`Too many wrong passwords: wait ${result.retryAfter} s.`, 429);
		switch (fault as TokenFault | undefined) {
			case "clock":
				return notAuthorized("The clocks of the client and of the camera differ by more than 5 minutes.");
			case "used":
				return notAuthorized("This login was used before.");
			default:
				return notAuthorized("Wrong password. See the ONVIF page of the camera.");
		}
	}
}
