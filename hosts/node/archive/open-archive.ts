import type { ArchiveTarget } from "../../../src/ports/archive-target";
import type { Random } from "../../../src/ports/random";
import { UsageError } from "../../../src/settings/usage-error";
import { DavTarget } from "./dav-target";
import { S3Target } from "./s3-target";

const S3 = "s3+";

/**
 * Opens the second place for recordings.
 * @param text the setting: `https://…` for WebDAV, `s3+https://…` for S3
 * @param root the storage folder
 * @throws {UsageError} for a text that is not such a URL
 */
export function openArchive(text: string, root: string, random: Random): ArchiveTarget {
	const isS3 = text.startsWith(S3);
	let url: URL;
	try {
		url = new URL(isS3 ? text.slice(S3.length) : text);
	} catch {
		// The text has a password in it.
		throw new UsageError(
			"--archive is not a URL. Write special characters in names and passwords as %2F, %40 and so on.",
		);
	}
	if (!isS3) return new DavTarget(url, root, random);
	if (url.username === "" || url.pathname === "/")
		throw new UsageError("--archive needs a key and a bucket: s3+https://KEY:SECRET@HOST/BUCKET.");
	return new S3Target(url, root);
}
