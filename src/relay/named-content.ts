import type { RelayedContent } from "./relayed-content";

/** The beginning of the key of a content whose server a viewer has named, and of the path of a URL that contains the origin's. */
export const NAMED_PREFIX = "origin/";

/** Tells whether a content was named by a viewer, not by the owner or an origin. */
export function isNamedByViewer({ key }: Pick<RelayedContent, "key">): boolean {
	return key.startsWith(NAMED_PREFIX);
}
