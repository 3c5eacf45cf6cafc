import { hostname } from "node:os";

/** The names by which neighbours may call this machine: its own, and that with `.local`. @see RFC 6762 §3 */
export function ownHostNames(name = hostname()): readonly string[] {
	const own = name.toLowerCase();
	const label = own.split(".")[0];
	return label === "" ? [] : [...new Set([own, label, `${label}.local`])];
}
