import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../src/settings/usage-error";

/** The folder of a camera's persistent data, unless --data names another. @see XDG Base Directory Specification */
export function defaultDataFolder(): string {
	return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "porthole");
}

/**
 * Locks a folder for this process, so that two cameras never share an identity.
 * @returns releases the lock; the end of the process does so too
 * @throws {UsageError} when another process holds the lock, or the folder cannot be written
 */
export function lockFolder(folder: string): () => void {
	const lock = join(folder, "lock");
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		for (let tries = 0; ; tries++) {
			try {
				writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
				break;
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== "EEXIST" || tries > 0) throw error;
				const owner = Number(readFileSync(lock, "utf8"));
				if (isAlive(owner)) {
					throw new UsageError(
						`${folder} is in use by another camera (process ${owner}). Give each camera its own folder with --data.`,
					);
				}
				rmSync(lock, { force: true });
			}
		}
	} catch (error) {
		if (error instanceof UsageError) throw error;
		const { code } = error as NodeJS.ErrnoException;
		const why = code === "EEXIST" || code === "ENOTDIR" ? "it is not a folder" : (error as Error).message;
		throw new UsageError(`${folder} cannot be used: ${why}.`);
	}
	const release = () => rmSync(lock, { force: true });
	process.once("exit", release);
	return release;
}

function isAlive(process_: number): boolean {
	if (!(process_ > 0)) return false;
	try {
		process.kill(process_, 0);
		return process_ !== process.pid;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
