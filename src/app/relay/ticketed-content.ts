import type { Endpoint } from "../../core/endpoint-table";
import { canonicalIp } from "../../core/ip-address";
import type { Seconds } from "../../core/time";
import type { RelayedContent } from "../../relay/relayed-content";
import type { JudgedRequest } from "../../relay/transparent/judgement";
import { parseUrl } from "../../wire/http-url";
import { parseRtspUrl } from "../../wire/rtsp-url";
import type { RelayServices } from "./relay-services";

/**
 * Finds the content for which a viewer has a ticket of the origin, where its request goes to the origin itself (REP-12).
 * @param now in seconds since 1970; `undefined`: not known
 * @returns `undefined`: no content that this relay knows has this URL, or the ticket is not good for it
 */
export function ticketedContent(
	{ sources, checkTicket }: Pick<RelayServices, "sources" | "checkTicket">,
	origin: Endpoint,
	{ protocol, target, link }: JudgedRequest,
	now: Seconds | undefined,
): RelayedContent | undefined {
	for (const source of sources)
		for (const content of source.contents()) {
			if (content.protocol !== protocol || !isAt(content, origin, pathOf(target))) continue;
			if (checkTicket(link, content, now) !== undefined) return content;
		}
	return undefined;
}

function isAt({ protocol, url }: RelayedContent, { address, port }: Endpoint, path: string): boolean {
	const parsed = protocol === "rtsp" ? parseRtspUrl(url) : parseUrl(url);
	return parsed?.port === port && canonicalIp(parsed.host) === address && pathOf(parsed.target) === path;
}

function pathOf(target: string): string {
	const mark = target.indexOf("?");
	return mark < 0 ? target : target.slice(0, mark);
}
