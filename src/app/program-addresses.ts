import { hostOf } from "../web/browser-request";
import type { Audience } from "../web/page-store";
import type { ProgramAddress, ProgramHosts, Recipe } from "../web/program-address";
import type { Node } from "./node";
import type { Part, SiteRequest } from "./part";

/** Knows where visitors come from. */
export interface AudienceSource {
	audience(request: SiteRequest): Audience;
}

/**
 * Gathers the addresses for programs of all parts of a device, for a visitor. One on the Internet gets those there, with the host
 * that the visitor came by; one at home gets both.
 */
export function addressesFor(node: Node, site: AudienceSource, request: SiteRequest): readonly ProgramAddress[] {
	const { addresses } = node;
	const isOutside = site.audience(request) === "internet";
	const outside = isOutside ? gather(node, { lan: "", internet: hostOf(request) }) : [];
	return outside.length > 0 ? outside : gather(node, { lan: addresses.lanAddress(), internet: addresses.externalHost });
}

/** The addresses with these hosts; those that are nowhere then are left out. */
function gather({ parts }: Node, hosts: ProgramHosts): readonly ProgramAddress[] {
	const list: ProgramAddress[] = [];
	for (const part of parts)
		for (const address of part.programAddresses?.(hosts) ?? [])
			if (address.lan !== "" || address.internet !== "") list.push(address);
	return list;
}

/** Puts the token of a viewer link into the addresses that take one. */
export function withToken(addresses: readonly ProgramAddress[], token: string): readonly ProgramAddress[] {
	const put = (url: string): string => (url === "" ? "" : `${url}${url.includes("?") ? "&" : "?"}link=${token}`);
	return addresses.map((address) =>
		address.takesLink ? { ...address, lan: put(address.lan), internet: put(address.internet) } : address,
	);
}

/**
 * Gathers the recipes that the parts of a device have for addresses.
 * @param name of the device
 */
export function recipesOf(
	parts: readonly Part[],
	addresses: readonly ProgramAddress[],
	name: string,
): readonly Recipe[] {
	const list: Recipe[] = [];
	for (const part of parts) list.push(...(part.recipes?.(addresses, name) ?? []));
	return list;
}
