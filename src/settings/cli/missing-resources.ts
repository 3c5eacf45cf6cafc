import { interfaceNames } from "./host-schema";
import { suggestion } from "./suggestion";

/** A network interface of this machine. */
export interface KnownInterface {
	readonly name: string;
	/** Its first address; empty: it has none, or is not up. */
	readonly address: string;
}

/**
 * Checks the names of `--interface`: one that does not exist would leave a device without any network, in silence.
 * @param place where they were given, for the message
 * @param known the interfaces of this machine
 * @returns what is wrong, with a list of them; `undefined`: nothing
 */
export function missingInterface(names: string, place: string, known: readonly KnownInterface[]): string | undefined {
	const missing = interfaceNames(names).find((name) => !known.some((each) => each.name === name));
	if (missing === undefined) return undefined;
	const near = suggestion(
		missing,
		known.map(({ name }) => name),
		"",
	);
	const list = known.map(({ name, address }) => (address === "" ? name : `${name} (${address})`)).join(", ");
	const shown = JSON.stringify(missing.slice(0, 40));
	return `${place}: this machine has no network interface ${shown}${near} It has: ${list || "none"}.`;
}

/**
 * Checks the device that a source names by its path: a typing error would leave a camera without pictures, with nothing but a warning.
 * @param place where the source was given, for the message
 * @param exists asks the system
 * @returns what is wrong; `undefined`: nothing, or the source is not the path of a device
 */
export function missingDevice(source: string, place: string, exists: (path: string) => boolean): string | undefined {
	if (!source.startsWith("/dev/") || exists(source)) return undefined;
	return `${place}: there is no device ${source}. Connect the camera and check the path, or pass --retry to wait for it.`;
}

/** Adds to a sentence about a port that a device can also wait for it. @param problem as of `NodeHost.portFailed` */
export function orRetry(problem: string): string {
	return `${problem} Or pass --retry to wait until it can be opened.`;
}
