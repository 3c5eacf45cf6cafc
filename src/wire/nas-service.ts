/** The kind of the service that a NAS announces, beside its pages. */
export const NAS_KIND = "nas";

/** The kind of the service that a control host announces, beside its pages; the path is that of its page. */
export const CONTROL_KIND = "stream-control";

/**
 * What a NAS announces of its storage: what recordings and files take, and what is free, in tenths of a gigabyte; and the day
 * of the oldest recording, counted from 1970 UTC, 0 for none.
 */
export type NasState = readonly number[];

/** The most that is announced; a path has room for three such numbers. */
const VALUE_MAX = 99_999_999;

/** Writes the path of the service, which is a page of the NAS: `/nas/353/18630/20418`. */
export function nasPath(state: NasState): string {
	return `/nas/${state.map((value) => Math.min(Math.max(0, Math.floor(value)), VALUE_MAX)).join("/")}`;
}

/** Reads the path of the service. @returns three numbers, 0 where the path says nothing that can be read */
export function readNasPath(path: string): NasState {
	// A path that says less has zeros.
	return `${path}/0/0/0`.split("/").slice(2, 5).map(readNumber);
}

function readNumber(text: string): number {
	return Math.min(Number(text) || 0, VALUE_MAX);
}
