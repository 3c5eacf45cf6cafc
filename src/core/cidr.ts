import { parseShortNumber } from "../base/table-words";
import { formatIp, parseIp } from "./ip-address";

/** A network in CIDR notation. */
export interface Cidr {
	readonly address: string;
	readonly prefix: number;
}

/** Parses `192.168.1.0/24` or `2001:db8::/32`; bits beyond the prefix are cleared. `undefined` when it is malformed. */
export function parseCidr(text: string): Cidr | undefined {
	const slash = text.indexOf("/");
	if (slash < 0) return undefined;
	const bytes = text.includes("%") ? undefined : parseIp(text.slice(0, slash));
	const prefix = parseShortNumber(text, slash + 1, text.length);
	if (bytes === undefined || prefix === undefined || prefix > bytes.length * 8) return undefined;
	for (let i = 0; i < bytes.length; i++) {
		const left = prefix - i * 8;
		if (left < 8) bytes[i] &= left <= 0 ? 0 : (0xff << (8 - left)) & 0xff;
	}
	return { address: formatIp(bytes), prefix };
}
