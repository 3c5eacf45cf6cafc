import { toBase64 } from "../../../base/base64";
import { HmacSha1 } from "../../../base/sha1";
import { utf8Encode } from "../../../base/text";
import type { Endpoint } from "../../../core/endpoint-table";
import type { Seconds } from "../../../core/time";
import type { TurnServer } from "../../candidate";

/** How long the credentials of a TURN server are good: for a long session, as refreshing an allocation needs them, too. */
export const TURN_LIFE: Seconds = 86_400;

/**
 * Makes short-lived credentials for a TURN server by its REST scheme: the user name begins with the time at which it ends, the password
 * is an HMAC of the name under a secret that the TURN server knows (coturn's `use-auth-secret` and `static-auth-secret`).
 * @see draft-uberti-behave-turn-rest-00
 */
export class TurnIssuer {
	private readonly hmac: HmacSha1;

	/** @param secret as the TURN server has it @param places its addresses; may change */
	constructor(
		secret: string,
		readonly places: readonly Endpoint[],
	) {
		this.hmac = new HmacSha1(utf8Encode(secret));
	}

	/**
	 * Makes credentials.
	 * @param isIpv6 the wanted family of the server's address, if it has one @param until seconds since 1970 @param name tells users apart
	 * @returns `undefined` while no address is known
	 */
	issue(isIpv6: boolean, until: Seconds, name: string): TurnServer | undefined {
		const place = this.places.find(({ address }) => address.includes(":") === isIpv6) ?? this.places[0];
		if (place === undefined) return undefined;
		const username = `${Math.floor(until)}:${name}`;
		const password = toBase64(this.hmac.sign(utf8Encode(username)));
		return { address: place.address, port: place.port, username, password };
	}
}
