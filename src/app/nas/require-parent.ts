import { UsageError } from "../../settings/usage-error";

/**
 * Refuses a storage folder that would be made together with those above it: a path with a typing error, or a disk that is not mounted,
 * would fill the system's disk. Called before the folder is opened, which makes it.
 * @param path with slashes
 * @throws {UsageError} when neither the folder nor the one above it exists
 */
export function requireParent(path: string, exists: (path: string) => boolean): void {
	const plain = path.replace(/\/+$/, "") || "/";
	const slash = plain.lastIndexOf("/");
	const parent = slash < 0 ? "." : plain.slice(0, slash) || "/";
	if (exists(plain) || exists(parent)) return;
	throw new UsageError(
		`--storage: ${path} can't be used: there is no folder ${parent}. Mount the disk, correct the path, or create that folder.`,
	);
}
