import { spawnSync } from "node:child_process";
import { closeSync, constants as open, openSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../src/settings/usage-error";
import { codeOf } from "./error-code";
import { makeFolder } from "./make-folder";

/** The folder of a camera's persistent data, unless --data names another. @see XDG Base Directory Specification */
export function defaultDataFolder(): string {
	return join(process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "porthole");
}

/**
 * Opens a file and locks it where `open` can do that (flock): `O_EXLOCK` of macOS and the BSDs, and libuv's flag for Windows.
 */
const LOCKING: Readonly<Partial<Record<NodeJS.Platform, number>>> = Object.freeze({
	darwin: 0x20,
	freebsd: 0x20,
	openbsd: 0x20,
	win32: 0x10000000,
});

/**
 * Locks a folder for this process, so that two cameras never share an identity. The kernel releases the lock when the process
 * ends in any way, and both hosts for Linux exclude each other.
 * @param inUse what to say when another process holds the lock
 * @returns releases the lock
 * @throws {UsageError} when another process holds the lock, or the folder cannot be written
 */
export function lockFolder(folder: string, inUse = usedByCamera(folder)): () => void {
	const locks = LOCKING[process.platform];
	let fd: number;
	try {
		makeFolder(folder);
		fd = openSync(join(folder, "lock"), open.O_RDWR | open.O_CREAT | (open.O_NONBLOCK ?? 0) | (locks ?? 0), 0o600);
	} catch (error) {
		const code = codeOf(error);
		if (code === "EAGAIN" || code === "EBUSY") throw new UsageError(inUse);
		const why = code === "EEXIST" || code === "ENOTDIR" ? "it is not a folder" : (error as Error).message;
		throw new UsageError(`${folder} cannot be used: ${why}. Choose a folder that this program may write to.`);
	}
	// The lock belongs to the open file, which the program shares with us; other children do not inherit it.
	const { status, error } =
		locks === undefined
			? spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "ignore", fd] })
			: { status: 0 };
	if (status !== 0) closeSync(fd);
	if (status === 1) throw new UsageError(inUse);
	if (status !== 0)
		throw new UsageError(
			`${folder} cannot be locked: the program flock ${error === undefined ? "failed" : "cannot be run"}. Debian has it in the package util-linux.`,
		);
	return () => closeSync(fd);
}

function usedByCamera(folder: string): string {
	return `${folder} is in use by another camera. Give each camera its own folder with --data.`;
}
