import { isHex } from "../../base/hex";
import { HOME_DIGITS } from "../../peer/peer-registry";
import { readNamedFile } from "../../settings/named-file";
import { UsageError } from "../../settings/usage-error";

/**
 * Reads the list of homes that may use a server: one identifier a line; what follows a `#` is for people.
 * @param path of the file; empty: no list, and any home may
 * @param read @see readNamedFile
 * @param place the setting, for messages
 * @throws {UsageError} for a file that can't be read, or with something else in a line
 */
export function homeListOf(
	path: string,
	read: (path: string) => string | undefined,
	place: string,
): ReadonlySet<string> | undefined {
	if (path === "") return undefined;
	const homes = new Set<string>();
	const problems: string[] = [];
	for (const [i, line] of readNamedFile(path, read, place).split("\n").entries()) {
		const home = line.split("#")[0].trim().toLowerCase();
		if (isHex(home, HOME_DIGITS)) homes.add(home);
		else if (home !== "") problems.push(`${path}:${i + 1}: a home is ${HOME_DIGITS} hexadecimal digits.`);
	}
	if (problems.length > 0) throw new UsageError(problems);
	return homes;
}
