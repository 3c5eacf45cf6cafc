import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStoreKey, STORE_VALUE_MAX, type Store, StoreError } from "../../src/ports/store";
import { codeOf } from "./error-code";
import { makeFolder } from "./make-folder";

/**
 * Keeps each value in its own file, `KEY.value`, which only its owner can read.
 *
 * A new value is written to a second file, synced, and renamed over the old one; then the folder is synced, so that the value
 * survives a power cut. Only one process may use the folder.
 */
export class FileStore implements Store {
	/**
	 * @param folder is created if needed
	 * @throws {Error} when it can't be created
	 */
	constructor(private readonly folder: string) {
		makeFolder(folder);
	}

	read(key: string): string | undefined {
		const file = this.fileOf(key);
		try {
			return readFileSync(file, "utf8");
		} catch (error) {
			if (codeOf(error) === "ENOENT") return undefined;
			throw new StoreError(error);
		}
	}

	write(key: string, value: string): void {
		const file = this.fileOf(key);
		if (Buffer.byteLength(value) > STORE_VALUE_MAX) {
			throw new RangeError(`the value of ${key} is longer than ${STORE_VALUE_MAX} octets`);
		}
		const beside = join(this.folder, `${key}.new`);
		try {
			const descriptor = openSync(beside, "w", 0o600);
			try {
				writeFileSync(descriptor, value);
				fsyncSync(descriptor);
			} finally {
				closeSync(descriptor);
			}
			renameSync(beside, file);
			this.flushFolder();
		} catch (error) {
			try {
				// Half a value would take the last room of a full disk.
				rmSync(beside, { force: true });
			} catch {
				// A card that fails becomes read-only.
			}
			throw new StoreError(error);
		}
	}

	delete(key: string): void {
		const file = this.fileOf(key);
		try {
			rmSync(file, { force: true });
			this.flushFolder();
		} catch (error) {
			throw new StoreError(error);
		}
	}

	/** Returns the path of the file that has a value. */
	fileOf(key: string): string {
		checkStoreKey(key);
		return join(this.folder, `${key}.value`);
	}

	private flushFolder(): void {
		const descriptor = openSync(this.folder, "r");
		try {
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
		}
	}
}
