import { EMPTY_RELAY_TABLE, type RelayTable } from "../../relay/relay-table";
import { parseRelayTable } from "../../relay/relay-table-file";
import { UsageError } from "../../settings/usage-error";

/**
 * Reads the relay's table that the settings name.
 * @param path of the file; empty: none
 * @param read returns the text of a file; `undefined`, or an exception that says why, when it can't be read
 * @param place the setting, for messages
 * @throws {UsageError} for a file that can't be read or is not a table
 */
export function relayTableOf(path: string, read: (path: string) => string | undefined, place: string): RelayTable {
	if (path === "") return EMPTY_RELAY_TABLE;
	let text: string | undefined;
	try {
		text = read(path);
	} catch (error) {
		throw new UsageError(`${place}: ${path} can't be read: ${error instanceof Error ? error.message : error}.`);
	}
	if (text === undefined)
		throw new UsageError(`${place}: ${path}: file not found, or in a folder that this program may not read.`);
	const table = parseRelayTable(text);
	if ("contents" in table) return table;
	throw new UsageError(table.map(({ line, message }) => `${path}${line === 0 ? "" : `:${line}`}: ${message}`));
}
