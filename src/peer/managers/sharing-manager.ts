import type { Candidate } from "../candidate";
import { PEERS_PER_HOME } from "../peer-registry";
import type { DeviceRecord } from "../rendezvous/device-record";
import type { FoundDevice, PeerAnswer, PushedIntroduction } from "../rendezvous/peer-message";
import { writeFind, writeSelect } from "../rendezvous/peer-request";
import type { RequestWriter } from "./server-line";

/** How much older than the newest answer an introduction may be, in seconds: an older one is a copy that somebody sends again. */
const AGE_MAX = 60;
/** How many introductions are remembered. */
const REMEMBERED = 32;
/** A list comes in so many answers at most. */
const PAGES_MAX = 64;

/** Why there is no list or introduction: an error code of the server; 0: no server answers. */
export type SharingRefusal = number;

/** What the sharing manager asks by. @see ServerLine.ask */
export type AskServer = (write: RequestWriter, done: (answer: PeerAnswer | undefined) => void) => void;

/** An introduction that the server has made because we asked for it. */
export type IntroducedAnswer = Extract<PeerAnswer, { type: "introduced" }>;

/**
 * Exchanges addresses with other peers by the matching server (P2P-7): searches, selects, and learns the other's addresses; on the
 * selected side it takes the requester's, which come unasked.
 */
export class SharingManager {
	private readonly sessions: { readonly text: string; candidates: number }[] = [];

	/** @param ask sends a request to the matching server */
	constructor(private readonly ask: AskServer) {}

	/**
	 * Searches the devices of the home (P2P-3), all of them, however many answers that takes.
	 * @param withAddresses true: their records have candidates, which makes longer answers; false: those come with the selection
	 */
	find(
		name: string,
		tag: string,
		withAddresses: boolean,
		done: (found: readonly FoundDevice[] | SharingRefusal) => void,
	): void {
		this.findFrom({ name, tag, withAddresses, after: "", found: [], pages: 0, done });
	}

	/**
	 * Selects a device: the server sends each side the other's addresses.
	 * @param record about us, with our candidates
	 * @param session of the introduction before, to tell the device more candidates; absent: a new introduction
	 */
	select(
		target: string,
		self: string,
		record: DeviceRecord,
		session: Uint8Array | undefined,
		done: (introduced: IntroducedAnswer | SharingRefusal) => void,
	): void {
		this.ask(
			(who, head) => writeSelect(who, head, { target, self, record, ...(session === undefined ? {} : { session }) }),
			(answer) => done(answer?.type === "introduced" ? answer : refusalOf(answer)),
		);
	}

	/**
	 * Looks at an introduction that the server has pushed.
	 * @param stamp the time of the server in its newest answer
	 * @returns `new`: begin testing; `more`: the same one with more candidates; `known`: a repetition, which is only to be confirmed;
	 * `old`: a copy that somebody sends again, which is not to be answered
	 */
	pushed({ session, stamp, record }: PushedIntroduction, newest: number): "new" | "more" | "known" | "old" {
		if (stamp + AGE_MAX < newest) return "old";
		const text = session.join();
		const count = record.candidates.length;
		for (const known of this.sessions) {
			if (known.text !== text) continue;
			if (count <= known.candidates) return "known";
			known.candidates = count;
			return "more";
		}
		if (this.sessions.length >= REMEMBERED) this.sessions.shift();
		this.sessions.push({ text, candidates: count });
		return "new";
	}

	private findFrom(search: {
		readonly name: string;
		readonly tag: string;
		readonly withAddresses: boolean;
		readonly after: string;
		readonly found: readonly FoundDevice[];
		readonly pages: number;
		readonly done: (found: readonly FoundDevice[] | SharingRefusal) => void;
	}): void {
		const { name, tag, withAddresses, after, done } = search;
		this.ask(
			(who, head) => writeFind(who, head, { name, tag, after, withAddresses }),
			(answer) => {
				if (answer?.type !== "found") return done(refusalOf(answer));
				const found = search.found.concat(answer.devices);
				const last = answer.devices[answer.devices.length - 1];
				const pages = search.pages + 1;
				if (answer.left === 0 || last === undefined || found.length >= PEERS_PER_HOME || pages >= PAGES_MAX) {
					return done(found.slice(0, PEERS_PER_HOME));
				}
				this.findFrom({ ...search, after: last.peer, found, pages });
			},
		);
	}
}

/** Returns those of `candidates` that are not among `known`. */
export function newCandidates(candidates: readonly Candidate[], known: readonly Candidate[]): readonly Candidate[] {
	return candidates.filter(
		({ address, port }) => !known.some((other) => other.address === address && other.port === port),
	);
}

function refusalOf(answer: PeerAnswer | undefined): SharingRefusal {
	return answer?.type === "refused" ? answer.code : 0;
}
