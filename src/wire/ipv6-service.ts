import { fromBase64, toBase64 } from "../base/base64";
import { formatIp, ipKind, parseIp } from "../core/ip-address";

/** The kind of the service by which a device announces its IPv6 address; its external port is 0 until the Internet gets in. */
export const IPV6_KIND = "ipv6";

/** Octets of an IPv6 address. */
const OCTETS = 16;
const DIGITS = 22;

/** Writes a global IPv6 address as the path of the service: `/` and 22 characters of Base64 for URLs. @see RFC 4648 §5 */
export function ipv6Path(address: string): string {
	const bytes = parseIp(address);
	if (bytes?.length !== OCTETS) throw new RangeError(`not an IPv6 address: ${address}`);
	return `/${toBase64(bytes).slice(0, DIGITS).replaceAll("+", "-").replaceAll("/", "_")}`;
}

/** Reads the address in a path; empty unless it is a public IPv6 address. */
export function readIpv6Path(path: string): string {
	if (path.length !== DIGITS + 1 || path[0] !== "/") return "";
	const text = path.slice(1);
	if (text.includes("/")) return "";
	const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
	if (bytes?.length !== OCTETS) return "";
	const address = formatIp(bytes);
	return address.includes(":") && ipKind(address) === "public" ? address : "";
}
