import { parseShortNumber } from "../../base/table-words";
import { canonicalIp, ipFamily } from "../../core/ip-address";

/** Ports from `first` to `last`; 0 and 0: any free one. */
export interface PortRange {
	readonly first: number;
	readonly last: number;
}

/** An address with its ports. */
export interface TableEndpoint {
	readonly address: string;
	readonly ports: PortRange;
}

const ANY_PORT: PortRange = Object.freeze({ first: 0, last: 0 });
const NAME_MAX = 15;

/** Tells whether text names a network or an interface: at most 15 letters, digits, `-`, `_`, `.`; it goes into rule sets as it is. */
export function isName(text: string): boolean {
	if (text.length < 1 || text.length > NAME_MAX) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const lower = code | 0x20;
		const isWord = (lower >= 0x61 && lower <= 0x7a) || isDigit(code) || code === 0x5f;
		if (!isWord && (i === 0 || (code !== 0x2d && code !== 0x2e))) return false;
	}
	return true;
}

/** Parses `ADDRESS`, `ADDRESS:PORT`, `ADDRESS:FIRST-LAST`, IPv6 addresses with ports in brackets. `undefined` when malformed. */
export function parseEndpoint(text: string): TableEndpoint | undefined {
	let address = text;
	let ports = "";
	if (text.startsWith("[")) {
		const end = text.indexOf("]");
		if (end < 0 || (end + 1 < text.length && text[end + 1] !== ":")) return undefined;
		address = text.slice(1, end);
		ports = text.slice(end + 2);
		if (ipFamily(address) !== 6 || text.length === end + 2) return undefined;
	} else if (text.includes(".")) {
		const colon = text.lastIndexOf(":");
		// `::ffff:192.0.2.1` has colons before its last dot.
		if (colon > text.lastIndexOf(".")) {
			address = text.slice(0, colon);
			ports = text.slice(colon + 1);
			if (ports === "") return undefined;
		}
	}
	if (ipFamily(address) === undefined) return undefined;
	const range = ports === "" ? ANY_PORT : parsePortRange(ports);
	return range === undefined ? undefined : { address: canonicalIp(address) ?? address, ports: range };
}

/** Parses `PORT` or `FIRST-LAST`, from 1 to 65535 each. `undefined` when it is malformed. */
function parsePortRange(text: string): PortRange | undefined {
	const dash = text.indexOf("-");
	const first = parseShortNumber(text, 0, dash < 0 ? text.length : dash);
	const last = dash < 0 ? first : parseShortNumber(text, dash + 1, text.length);
	if (first === undefined || last === undefined || first < 1 || last > 65_535 || first > last) return undefined;
	return { first, last };
}

/** Writes ports as {@link parsePortRange} reads them. */
export function formatPorts({ first, last }: PortRange): string {
	return first === last ? `${first}` : `${first}-${last}`;
}

function isDigit(code: number): boolean {
	return code >= 0x30 && code <= 0x39;
}
