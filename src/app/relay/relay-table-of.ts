import { EMPTY_RELAY_TABLE, type RelayTable } from "../../relay/relay-table";
import { parseRelayTable } from "../../relay/relay-table-file";
import { readNamedFile } from "../../settings/named-file";
import { UsageError } from "../../settings/usage-error";

/**
 * Reads the relay's table that the settings name.
 * @param path of the file; empty: none
 * @param read @see readNamedFile
 * @param place the setting, for messages
 * @throws {UsageError} for a file that can't be read or is not a table
 */
export function relayTableOf(path: string, read: (path: string) => string | undefined, place: string): RelayTable {
	if (path === "") return EMPTY_RELAY_TABLE;
	const table = parseRelayTable(readNamedFile(path, read, place));
	if ("contents" in table) return table;
	throw new UsageError(table.map(({ line, message }) => `${path}${line === 0 ? "" : `:${line}`}: ${message}`));
}
