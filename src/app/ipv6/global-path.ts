import { ipKind } from "../../core/ip-address";
import type { Path } from "../../core/path";

/** Returns the path of the first public IPv6 address, on an interface with a router if there is one. */
export function globalPathOf(paths: readonly Path[]): Path | undefined {
	const open = paths.filter(({ address }) => ipKind(address) === "public");
	return open.find(({ gateway }) => gateway !== undefined) ?? open[0];
}
