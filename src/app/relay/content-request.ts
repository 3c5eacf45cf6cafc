import type { HttpRequest } from "../../http/http-request";
import { authorityOf, originFormOf } from "../../wire/http-host";
import { percentDecode } from "../../wire/http-target";
import type { ContentRequest } from "./relay-services";

/** Parameters of a URL that are the viewer's proof, and none of the origin's business. */
const PROOFS: readonly string[] = Object.freeze(["link", "pass"]);

/**
 * Reads from an HTTP request what content it asks for.
 * @param isOurs tells whether an authority (`HOST:PORT`) of an absolute URL is this relay's own
 */
export function contentRequestOf(
	{ path, message: { target } }: Pick<HttpRequest, "path" | "message">,
	isOurs: (authority: string) => boolean,
): ContentRequest {
	const authority = authorityOf(target);
	const proxied = authority === undefined || isOurs(authority) ? "" : authority;
	const rest = originFormOf(target);
	const mark = rest.indexOf("?");
	const query = mark < 0 ? "" : originQueryOf(rest.slice(mark + 1));
	return { protocol: "http", path: path.slice(1), query, proxied };
}

/** Returns the query that goes to the origin: without the parameters that are the viewer's proof to the relay. */
export function originQueryOf(query: string): string {
	if (query === "") return "";
	return query
		.split("&")
		.filter((part) => !PROOFS.includes(nameOf(part)))
		.join("&");
}

/** The name of a parameter as servers read it: it may be encoded. */
function nameOf(part: string): string {
	const equals = part.indexOf("=");
	const name = equals < 0 ? part : part.slice(0, equals);
	return percentDecode(name, true) ?? name;
}
