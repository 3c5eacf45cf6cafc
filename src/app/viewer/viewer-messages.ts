import { formatEndpoint } from "../../core/ip-address";
import type { PeerStep } from "../../peer/peer-link";
import type { PathKind, PeerPath } from "../../peer/peer-path";
import type { TunnelFailure } from "../../peer/tunnel/tunnel-contract";
import { TUNNEL_MESSAGES } from "../../web/tunnel-messages";
import { VIEW_MESSAGES } from "../../web/view-messages";
import type { PairingFault } from "../peer/pairing";

/** What `porthole view` says; functions fill in values. */
export const VIEWER_MESSAGES = Object.freeze({
	steps: VIEW_MESSAGES.steps satisfies Readonly<Record<PeerStep, string>>,
	pairing: Object.freeze({
		foreign: "This is not a pairing code. A code begins with porthole: and comes from the Pair page of a camera.",
		damaged: "The pairing code is damaged: copy all of it.",
		newer: "A newer version of Porthole made this pairing code: update this program.",
	}) satisfies Readonly<Record<PairingFault, string>>,
	failures: Object.freeze({
		"no-server": "no rendezvous server answers",
		refused: "the rendezvous server does not accept this pairing: pair again",
		"not-found": "it is not registered at the rendezvous server: it may be off, or have no connection to the Internet",
		"no-answer": "no packet came from it: it may have been switched off a moment ago, or a firewall blocks UDP",
		symmetric:
			"both sides are behind NATs that use another port for each destination, and the rendezvous server has no TURN server",
		lost: "the connection is lost",
		busy: "it has too many viewers at the moment",
		closed: "the connection was closed",
		key: "its key is not the one that it had: somebody may pretend to be it. If it was reset, pair again",
		handshake: "it does not let this program in: pair again",
	}) satisfies Readonly<Record<TunnelFailure, string>>,
	pairByLogin: Object.freeze({
		unreachable: (host: string, why: string) => `Pairing with ${host} failed: ${why}.`,
		wrong: "The user or the password is wrong.",
		login: "The device asks for a login: pass --user and --password (or PORTHOLE_PASSWORD).",
		refused: (host: string, status: number, why: string) =>
			`${host} does not pair: ${why === "" ? `it answers ${status}` : why}`,
		foreign: (host: string) => `${host} does not answer as a Porthole device does.`,
	}),
	searching: (home: string, servers: string) => `${home}: asking the rendezvous server ${servers} for its devices`,
	whichHome: (names: readonly string[]) => `Which home? ${names.join(", ")}.`,
	paired: (home: string) => `Paired with ${home}.`,
	next: "To watch, run: porthole view",
	forgotten: (home: string) => `Forgot ${home}.`,
	noHome:
		"This program is not paired with a home. Run: porthole view --pair CODE, with the code from the Pair page of a camera.",
	unknownHome: (name: string, known: readonly string[]) =>
		`There is no home or device "${name}". Homes: ${known.length === 0 ? "none" : known.join(", ")}.`,
	guestCode: "This code is for a guest: run porthole view CODE, without --pair.",
	tooMany: "There are too many homes: forget one with --forget.",
	damagedHomes: (count: number) => `${count} stored ${count === 1 ? "home is" : "homes are"} damaged: pair again.`,
	devices: (home: string, names: readonly string[]) =>
		names.length === 0 ? `${home}: no device is registered.` : `${home}: ${names.join(", ")}`,
	noDevice: (home: string) =>
		`${home}: no device is registered: they may be off, or have no connection to the Internet.`,
	noSuchDevice: (device: string, home: string, names: readonly string[]) =>
		`${home} has no device "${device}". It has: ${names.length === 0 ? "none" : names.join(", ")}.`,
	ambiguous: (name: string, homes: readonly string[]) =>
		`Several homes have a device "${name}": ${homes.join(", ")}. Name one, as in ${name}.${homes[0]}.`,
	connected: (device: string, path: PeerPath) => `${device}: reached ${pathText(path)}`,
	/** Another way has taken over from the one that was told before. */
	moved: (device: string, path: PeerPath) => `${device}: now reached ${pathText(path)}`,
	failed: (device: string, reason: string) => `${device}: can't be reached: ${reason}.`,
	interrupted: (device: string) => `${device}: it gives no answer any more. Looking for another way.`,
	lost: (device: string, reason: string) => `${device}: ${reason}. Trying again.`,
	revoked: (device: string) => `${device}: ${VIEW_MESSAGES.revoked}`,
	successor: (device: string, before: string, url: string) => `${device} takes the place of ${before}: ${url}`,
	status: (url: string) => `Status:  ${url}`,
	pages: (url: string) => `Pages:   ${url}`,
	device: (name: string, url: string) => `         ${name}: ${url}`,
	player: (name: string, url: string) => `Players: ${name}: ${url}`,
	stop: "Press Ctrl-C to stop.",
	port: (port: number, flag: string, detail: string) =>
		`Port ${port} can't be opened${detail === "" ? "" : ` (${detail})`}. Stop the other program or pass ${flag}.`,
	otherHost: "This port leads to cameras under the names localhost and NAME.localhost only.",
	late: "The request was not whole within 10 seconds.",
	noSuchName: (name: string) =>
		`This home has no device ${name} at the rendezvous server. It may be off, or have no setting rendezvous, which every device needs to be reached from away.`,
});

/** Describes a path for people: its kind, its address, its round trip. */
function pathText({ kind, address, port, roundTrip }: PeerPath): string {
	const where = address === "" ? "" : `, ${formatEndpoint(address, port)}`;
	return `${pathName(kind)}${where}${roundTrip > 0 ? `, ${Math.round(roundTrip)} ms` : ""}`;
}

/** Names the kind of a path: "in the same network". */
function pathName(kind: PathKind): string {
	return TUNNEL_MESSAGES.paths[kind];
}

/** Says why a device can't be reached. @param detail of the failure; empty: none */
export function failureText(why: TunnelFailure, detail: string): string {
	const reason = VIEWER_MESSAGES.failures[why];
	// The checks have found out more, in sentences of their own.
	if (why === "not-found") return reason;
	if (detail !== "" && (why === "no-answer" || why === "symmetric")) return detail.replace(/\.$/, "");
	return detail === "" || reason.includes(detail) ? reason : `${reason} (${detail})`;
}
