import type { Octets } from "../core/time";

/** Another place where finished recordings are kept: a second NAS, or a storage service. */
export interface ArchiveTarget {
	/** Names it for people, without credentials: `https://nas2:8000/dav/files/old`. */
	readonly description: string;
	/**
	 * Copies a file of the storage folder. It is there under the same path as a whole, or not at all; a copy that exists is
	 * replaced. One file at a time.
	 * @param size as the store knows it
	 * @param done called once, never during the call. `fault` says for people why it failed; `undefined`: it is there
	 */
	put(path: string, size: Octets, done: (fault: string | undefined) => void): void;
	/** Ends a copy that is being made; its `done` is not called any more. */
	close(): void;
}
