import type { Path } from "../core/path";
import type { AddressRow } from "./address-row";

/** A result of a check of the address management table. */
export interface TableFinding {
	/** True: something cannot work. False: something is missing, or worth knowing. */
	readonly isError: boolean;
	/** A sentence for the administrator: what, and why. */
	readonly text: string;
}

/** @see AddressTable.check */
export function checkTable(
	_rows: readonly AddressRow[],
	_byRule: boolean,
	_paths: readonly Path[] | undefined,
): TableFinding[] {
	return [];
}
