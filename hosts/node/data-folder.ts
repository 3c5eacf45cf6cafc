import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../src/settings/usage-error";

/** Where a camera keeps what it must not forget, unless it is told otherwise. @see XDG Base Directory Specification */
export function defaultDataFolder(): string {
	return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "porthole");
}

/**
 * Takes a folder for this process alone, so that two cameras never share an identity.
 * @returns gives it back; also done when the process ends in good order
 * @throws {UsageError} when another process has it, or it can't be written
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
						`${folder} belongs to a camera that is running (process ${owner}). Give each camera a folder of its own with --data.`,
					);
				}
				rmSync(lock, { force: true });
			}
		}
	} catch (error) {
		if (error instanceof UsageError) throw error;
		const { code } = error as NodeJS.ErrnoException;
		const why = code === "EEXIST" || code === "ENOTDIR" ? "it is no folder" : (error as Error).message;
		throw new UsageError(`${folder} can't be used: ${why}`);
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
