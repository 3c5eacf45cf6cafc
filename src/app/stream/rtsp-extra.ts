import type { Files } from "../../ports/files";
import { readNamedFile } from "../../settings/named-file";
import { RTSP_SCHEMA } from "../../settings/rtsp-schema";
import { UsageError } from "../../settings/usage-error";
import { AddressTable } from "../../stream/address/address-table";
import { parseAddressTable } from "../../stream/address/address-table-file";
import { addressRows } from "../../stream/routes/address-table-rows";
import { StoredFolder } from "../../stream/stored/stored-folder";
import type { ExtraPart } from "../camera/camera";
import { makeDistribution, type StreamSupply } from "./make-distribution";
import { RtspPart, type RtspPartSettings } from "./rtsp-part";

/** Without rows the rule decides by which interface each client is served (STR-18). */
export const BY_RULE = new AddressTable([], true);

/** The stream server of a camera, for hosts with room for it. */
export function rtspServer(supply: StreamSupply = { table: BY_RULE }): ExtraPart<RtspPartSettings> {
	return {
		settings: RTSP_SCHEMA,
		make: (camera) => {
			const { connections, connectionsPerAddress } = RtspPart.limits(camera);
			const limits = { streams: connections, streamsPerClient: connectionsPerAddress };
			return new RtspPart(camera, camera, makeDistribution(camera, limits, supply));
		},
	};
}

/**
 * Reads the address management table that the settings name.
 * @param path of the file; empty: none
 * @param read returns the text of a file; `undefined`, or an exception that says why, when it can't be read
 * @param place the setting, for messages
 * @throws {UsageError} for a file that can't be read or is not a table
 */
export function addressTableOf(path: string, read: (path: string) => string | undefined, place: string): AddressTable {
	if (path === "") return BY_RULE;
	const file = parseAddressTable(readNamedFile(path, read, place));
	if (!("rows" in file))
		throw new UsageError(file.map(({ line, message }) => `${path}${line === 0 ? "" : `:${line}`}: ${message}`));
	return new AddressTable(addressRows(file.rows), !file.refusesOthers);
}

/**
 * The stored contents in the folder that the settings name; `undefined` without one.
 * @param path of the folder; empty: none
 * @param open returns the files below a folder; an exception says why that can't be had
 * @param place the setting, for messages
 * @throws {UsageError} for a folder that can't be used
 */
export function storedContentsOf(path: string, open: (path: string) => Files, place: string): StoredFolder | undefined {
	if (path === "") return undefined;
	return new StoredFolder(attempt(() => open(path), `${place}: ${path} can't be used`));
}

function attempt<Value>(run: () => Value, what: string): Value {
	try {
		return run();
	} catch (error) {
		throw new UsageError(`${what}: ${error instanceof Error ? error.message : error}.`);
	}
}
