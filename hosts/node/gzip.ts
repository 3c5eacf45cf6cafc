import { gzipSync } from "node:zlib";

/** Compresses a text by gzip. The result is no `Buffer`, whose `slice` does not copy. */
export function gzip(text: string): Uint8Array {
	return new Uint8Array(gzipSync(text));
}
