import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStoreKey, STORE_VALUE_MAX, type Store } from "../../src/ports/store";

/**
 * Keeps each value in a file of its own, `KEY.value`, readable by its owner only.
 *
 * A new value is written beside the old one, flushed, and renamed over it; then the folder is flushed, so that the
 * value is there after a power cut. A folder belongs to one process.
 */
export class FileStore implements Store {
	/**
	 * @param folder is made if it is not there
	 * @throws {Error} when it can't be made
	 */
	constructor(private readonly folder: string) {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	}

	read(key: string): string | undefined {
		const file = this.fileOf(key);
		try {
			return readFileSync(file, "utf8");
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw error;
		}
	}

	write(key: string, value: string): void {
		const file = this.fileOf(key);
		if (Buffer.byteLength(value) > STORE_VALUE_MAX) {
			throw new RangeError(`the value of ${key} is longer than ${STORE_VALUE_MAX} octets`);
		}
		const beside = join(this.folder, `${key}.new`);
		const descriptor = openSync(beside, "w", 0o600);
		try {
			writeFileSync(descriptor, value);
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
		}
		renameSync(beside, file);
		this.flushFolder();
	}

	delete(key: string): void {
		rmSync(this.fileOf(key), { force: true });
		this.flushFolder();
	}

	private fileOf(key: string): string {
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

function isMissing(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}
