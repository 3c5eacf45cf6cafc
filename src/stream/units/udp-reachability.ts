import { ipKind } from "../../core/ip-address";
import type { Millis } from "../../core/time";
import { RtspRefusal } from "../rtsp-refusal";

/** How long a stream to an Internet client plays without a report before it ends. Players report at least every 5 s. */
export const SILENCE_MAX: Millis = 20_000;
/** How long such a client's address gets no stream by UDP. */
const REFUSED_FOR: Millis = 600_000;
/** The most addresses that are remembered. */
const ADDRESSES_MAX = 256;

/** Why such a stream ends; for the log and the status. */
export const UNREACHABLE_REASON =
	"the client reports no packets: probably its own router keeps UDP away; it must use RTP interleaved in TCP";

/**
 * Remembers the addresses of Internet clients that UDP packets don't reach, as their own router keeps them away (STR-22).
 *
 * The owner asks {@link isUnreachable} about each UDP stream that plays, about once a second, ends it with
 * {@link UNREACHABLE_REASON} when it is, and asks {@link refusal} at each SETUP by UDP.
 */
export class UdpReachability {
	/** How many streams have ended so. */
	ended = 0;
	/** When each address may try again, in the order in which they were added. */
	private readonly until = new Map<string, Millis>();

	/** How many addresses are refused now. */
	refused(now: Millis): number {
		for (const [client, until] of this.until) {
			if (now < until) break;
			this.until.delete(client);
		}
		return this.until.size;
	}

	/**
	 * Tells whether a stream's packets don't arrive, and remembers its client's address.
	 * @param expects whether reports can be expected ({@link MediaPath.expectsReports})
	 * @param playingSince when it began to play; `Infinity` while it does not
	 * @param reportedAt when the last report on it came; `-Infinity`: never
	 */
	isUnreachable(now: Millis, client: string, expects: boolean, playingSince: Millis, reportedAt: Millis): boolean {
		if (!expects || reportedAt !== -Infinity || now - playingSince < SILENCE_MAX) return false;
		this.ended++;
		this.until.delete(client);
		if (this.until.size >= ADDRESSES_MAX)
			for (const first of this.until.keys()) {
				this.until.delete(first);
				break;
			}
		this.until.set(client, now + REFUSED_FOR);
		return true;
	}

	/** The client's packets do arrive: a report came. */
	reached(client: string): void {
		if (this.until.size > 0) this.until.delete(client);
	}

	/** Refuses SETUP by UDP with 461 for a client that packets don't reach; `undefined`: it may. */
	refusal(now: Millis, client: string): RtspRefusal | undefined {
		const until = this.until.get(client);
		if (until === undefined) return undefined;
		if (now < until) return UNREACHABLE;
		this.until.delete(client);
		return undefined;
	}
}

/**
 * Tells whether a client says that it is behind a router of its own: the address that it names as its own is private, and it comes
 * from another one that is not (STR-22).
 */
export function saysBehindRouter(client: string, named: string): boolean {
	return ipKind(named) === "private" && ipKind(client) !== "private" && ipKind(client) !== "loopback";
}

/** Refuses SETUP by UDP. */
export const UNREACHABLE: RtspRefusal = Object.freeze(
	new RtspRefusal(
		461,
		"UDP packets don't reach this client, probably because of its own router: use RTP/AVP/TCP (interleaved in the RTSP connection)",
	),
);
