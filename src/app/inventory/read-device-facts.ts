import { parseDigits } from "../../base/digits";
import { parseJsonMembers } from "../../wire/json-members";
import type { DeviceFacts, Reach } from "../device-facts";

/** The longest text of another device that is listed. */
const TEXT_MAX = 64;
/** The most digits of a number. */
const DIGITS_MAX = 10;

/**
 * Reads the answer to `GET /api/v1/device`, which another device has sent: nothing in it is trusted.
 * @returns `undefined`: not valid
 */
export function readDeviceFacts(bytes: Uint8Array): DeviceFacts | undefined {
	const members = parseJsonMembers(bytes);
	const version = members?.get("version") ?? "";
	const model = members?.get("model") ?? "";
	if (members === undefined || version === "" || model === "") return undefined;
	const number = (name: string): number | undefined => parseDigits(members.get(name) ?? "", DIGITS_MAX);
	return {
		version: version.slice(0, TEXT_MAX),
		model: model.slice(0, TEXT_MAX),
		uptime: number("uptime"),
		width: number("width"),
		height: number("height"),
		path: reachNamed(members.get("path")),
	};
}

function reachNamed(name: string | undefined): Reach | undefined {
	return name === "mapped" || name === "ipv6" || name === "punched" || name === "lan" ? name : undefined;
}
