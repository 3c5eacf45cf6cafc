import type { SiteRequest } from "../../part";

/**
 * Whether one more may have what only so many get at once: viewers leave a quarter to owners, as with connections.
 * @param taken how many have it
 */
export function hasPlace(taken: number, most: number, { visitor }: Pick<SiteRequest, "visitor">): boolean {
	return taken < (visitor?.role === "owner" ? most : most - (most >> 2));
}
