import { hostLabel } from "../base/host-label";

/** The last label of the names of peers: `garage.cabin.peer`. No such top-level domain exists, and DNS is never asked for one. */
const PEER_DOMAIN = ".peer";

/** A device as people name it: by its name, or by its identity; and its home likewise. */
export interface PeerName {
	/** A host label; empty: the portal of the home. */
	readonly device: string;
	/** A host label; empty: not said. */
	readonly home: string;
}

/** Parses the host name of a peer: `DEVICE.HOME.peer`, or `HOME.peer` for its portal. `undefined` for other names. */
export function parsePeerHost(host: string): PeerName | undefined {
	let name = host.toLowerCase();
	if (name.endsWith(".")) name = name.slice(0, -1);
	if (!name.endsWith(PEER_DOMAIN)) return undefined;
	const [first, second, more] = name.slice(0, -PEER_DOMAIN.length).split(".");
	if (more !== undefined || first === "" || second === "") return undefined;
	return second === undefined ? { device: "", home: first } : { device: first, home: second };
}

/**
 * Tells whether a device or a home is meant by what someone typed: its name in any spelling that makes the same host label, or its
 * identity.
 */
export function isCalled(typed: string, name: string, id: string): boolean {
	const label = hostLabel(typed, "");
	return label !== "" && (label === id || label === hostLabel(name, ""));
}
