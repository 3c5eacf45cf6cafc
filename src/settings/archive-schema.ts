import { schema } from "./schema";
import { text } from "./setting";

/** Settings of the second place where recordings are kept. */
export const ARCHIVE_SCHEMA = schema("Archive", {
	archive: text({
		placeholder: "URL",
		secret: true,
		check: (value) => value === "" || isArchiveUrl(value),
		expected: "a URL that begins with https://, http://, s3+https:// or s3+http://",
		help: "copy finished recordings to a second place: a WebDAV folder, such as https://owner:PASSWORD@nas2:8000/dav/files/old of another NAS, or S3, such as s3+https://KEY:SECRET@HOST/BUCKET/FOLDER?region=eu-west-1",
	}),
	archiveFile: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "a file that holds the archive's URL, and nothing else; in place of --archive, which other users of this machine can see",
	}),
});

const SCHEMES: readonly string[] = Object.freeze(["https://", "http://", "s3+https://", "s3+http://"]);

function isArchiveUrl(text: string): boolean {
	return SCHEMES.some((scheme) => text.startsWith(scheme) && text.length > scheme.length);
}
