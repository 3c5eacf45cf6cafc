import { isCalled, parsePeerHost } from "../../peer/peer-name";
import type { Pairing } from "../peer/pairing";
import type { FoundPeer, PeerEndpoint } from "../peer/peer-services";
import { VIEWER_MESSAGES } from "./viewer-messages";

/** A home with its devices; the one that is wanted first. */
export interface ChosenDevices {
	readonly home: Pairing;
	readonly devices: readonly FoundPeer[];
	/** True: no device was named, so that any of them will do. */
	readonly isAny: boolean;
}

/**
 * Finds what someone wants to see.
 * @param typed a home, a device, `DEVICE.HOME`, or empty for the only home
 * @param homes that this program is paired with
 * @param searching is told of each home whose server is asked
 * @param done called once: with the devices, or with why there are none, for people
 */
export function chooseDevices(
	endpoint: Pick<PeerEndpoint, "find">,
	homes: readonly Pairing[],
	typed: string,
	searching: (home: Pairing) => void,
	done: (chosen: ChosenDevices | string) => void,
): void {
	if (homes.length === 0) return done(VIEWER_MESSAGES.noHome);
	const names = homes.map(homeName);
	const byName = typed === "" ? (homes.length === 1 ? homes[0] : undefined) : homeCalled(homes, typed);
	if (byName !== undefined) return inHome(endpoint, byName, "", searching, done);
	const parts = parsePeerHost(typed.endsWith(".peer") ? typed : `${typed}.peer`);
	const home = parts === undefined ? undefined : homeCalled(homes, parts.home);
	if (parts !== undefined && home !== undefined) return inHome(endpoint, home, parts.device, searching, done);
	if (typed === "") return done(VIEWER_MESSAGES.whichHome(names));
	inAnyHome(endpoint, homes, typed, searching, done);
}

/** Lists the devices of a home. */
export function listDevices(
	endpoint: Pick<PeerEndpoint, "find">,
	{ access, name }: Pairing,
	done: (found: readonly FoundPeer[] | string) => void,
): void {
	const { peer } = access;
	// A guest may not search: it knows its one device.
	if (peer !== undefined) return done([{ peer, name: name === "" ? peer : name, kind: "", isPortal: false }]);
	endpoint.find(access, { name: "", tag: "" }, (found) => {
		if (typeof found === "string") return done(found);
		done(found.map((each) => ({ ...each, name: each.name === "" ? each.peer : each.name })));
	});
}

/** The name of a home for people. */
export function homeName({ name, access }: Pairing): string {
	return name === "" ? access.home : name;
}

function homeCalled(homes: readonly Pairing[], typed: string): Pairing | undefined {
	return homes.find(({ name, access }) => isCalled(typed, name, access.home));
}

/** @param device empty: any, the portal first */
function inHome(
	endpoint: Pick<PeerEndpoint, "find">,
	home: Pairing,
	device: string,
	searching: (home: Pairing) => void,
	done: (chosen: ChosenDevices | string) => void,
): void {
	searching(home);
	listDevices(endpoint, home, (found) => {
		if (typeof found === "string") return done(`${homeName(home)}: ${found}`);
		if (found.length === 0) return done(VIEWER_MESSAGES.noDevice(homeName(home)));
		if (device === "") return done({ home, devices: portalsFirst(found), isAny: true });
		const first = found.find(({ name, peer }) => isCalled(device, name, peer));
		if (first !== undefined) return done(firstOf(home, found, first));
		done(
			VIEWER_MESSAGES.noSuchDevice(
				device,
				homeName(home),
				found.map(({ name }) => name),
			),
		);
	});
}

function inAnyHome(
	endpoint: Pick<PeerEndpoint, "find">,
	homes: readonly Pairing[],
	typed: string,
	searching: (home: Pairing) => void,
	done: (chosen: ChosenDevices | string) => void,
): void {
	const matches: ChosenDevices[] = [];
	let fault = "";
	let left = homes.length;
	const names: string[] = [];
	for (const home of homes) {
		searching(home);
		listDevices(endpoint, home, (found) => {
			if (typeof found === "string") fault = `${homeName(home)}: ${found}`;
			else {
				const first = found.find(({ name, peer }) => isCalled(typed, name, peer));
				names.push(...found.map(({ name }) => name));
				if (first !== undefined) matches.push(firstOf(home, found, first));
			}
			if (--left > 0) return;
			if (matches.length === 1) return done(matches[0]);
			if (matches.length > 1)
				return done(
					VIEWER_MESSAGES.ambiguous(
						typed,
						matches.map((each) => homeName(each.home)),
					),
				);
			if (fault !== "") return done(fault);
			if (homes.length === 1) return done(VIEWER_MESSAGES.noSuchDevice(typed, homeName(homes[0]), names));
			done(VIEWER_MESSAGES.unknownHome(typed, homes.map(homeName)));
		});
	}
}

function firstOf(home: Pairing, found: readonly FoundPeer[], first: FoundPeer): ChosenDevices {
	return { home, devices: [first, ...found.filter((each) => each !== first)], isAny: false };
}

/** Sorts the representatives first. There may be several: a representative whose power failed is listed until its registration ends. */
export function portalsFirst(found: readonly FoundPeer[]): readonly FoundPeer[] {
	return [...found.filter(({ isPortal }) => isPortal), ...found.filter(({ isPortal }) => !isPortal)];
}
