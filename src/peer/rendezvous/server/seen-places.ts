import type { Endpoint } from "../../../core/endpoint-table";
import { ipKind } from "../../../core/ip-address";
import type { Millis } from "../../../core/time";
import type { StunReader } from "../../../wire/stun-reader";
import { ALSO_AT } from "../peer-attributes";
import { readProvenAddress } from "../proven-address";
import type { KnownPlaces } from "./accepted-candidates";
import type { Leg } from "./leg";
import type { NonceCookies } from "./nonce-cookies";
import type { TurnIssuer } from "./turn-issuer";

/** Says where the sender of a request is: where the request came from, and where else it has proved to be. */
export class SeenPlaces {
	constructor(
		private readonly cookies: NonceCookies,
		private readonly turn: TurnIssuer | undefined,
	) {}

	/** Returns the other address of the sender, if it has proved one. */
	proven(now: Millis, request: StunReader): Endpoint | undefined {
		const at = request.find(ALSO_AT);
		const also = at < 0 ? undefined : readProvenAddress(request.bytes, at, at + request.length);
		if (also === undefined || ipKind(also.address) === "multicast") return undefined;
		const { address, port, nonce } = also;
		return this.cookies.isGood(now, address, port, nonce, 0, nonce.length) ? { address, port } : undefined;
	}

	/** @param request whose nonce was good */
	of(now: Millis, request: StunReader, { address, port, stream }: Leg): KnownPlaces {
		const seen: Endpoint[] = stream === undefined ? [{ address, port }] : [];
		const also = this.proven(now, request);
		if (also !== undefined) seen.push(also);
		return { seen, turn: this.turn?.places.map((place) => place.address) ?? [] };
	}
}
