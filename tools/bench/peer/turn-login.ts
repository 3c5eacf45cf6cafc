import { createHmac } from "node:crypto";
import { TURN_SECRET } from "../../../test/lab/peer-lab";

/** How long credentials hold, in seconds. */
const VALID = 3600;

/** Credentials for the lab's coturn: name and password, separated by a space. @see coturn, use-auth-secret */
export function turnLogin(): string {
	const name = `${Math.floor(Date.now() / 1000) + VALID}`;
	return `${name} ${createHmac("sha1", TURN_SECRET).update(name).digest("base64")}`;
}
