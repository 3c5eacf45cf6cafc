import type { Moment } from "./access-tokens";
import type { Role } from "./role";

/** A pass is good for so many seconds … */
const LIFE = 300;
/** … and a new one is handed out when this many have passed, so that each is good for minutes when it is used. */
const STEP = 120;

/** Signs with the key that the cameras of a fleet share. */
export interface PassKey {
	/** Returns the signature in hexadecimal digits; empty while there is no key. */
	sign(text: string): string;
	verify(text: string, signature: string): boolean;
}

/**
 * Lets who has logged in at one camera of a fleet in at the others: links bear a pass, signed by the fleet's key, that
 * is good for one camera and a few minutes.
 */
export class Passes {
	constructor(private readonly key: PassKey) {}

	/** Changes whenever new passes are to be handed out. */
	turn(now: Moment): number {
		return Math.floor(now.seconds / STEP);
	}

	/** Makes the pass for a camera; empty where there can't be one: no key, or no date. */
	issue(role: Role, camera: string, now: Moment): string {
		if (now.epoch !== "u") return "";
		const text = `${role[0]}.${(this.turn(now) * STEP + LIFE).toString(36)}`;
		const signature = this.key.sign(`${text}.${camera}`);
		return signature === "" ? "" : `${text}.${signature}`;
	}

	/** Returns the role that a pass gives at this camera; `undefined` when it is none, for another, or over. */
	check(pass: string, camera: string, now: Moment): Role | undefined {
		if (pass.length > 80 || now.epoch !== "u") return undefined;
		const [role, end = "", signature = "", more] = pass.split(".");
		const until = Number.parseInt(end, 36);
		if (more !== undefined || !(until > now.seconds) || until > now.seconds + LIFE + STEP) return undefined;
		if (!this.key.verify(`${role}.${end}.${camera}`, signature)) return undefined;
		return role === "o" ? "owner" : "viewer";
	}
}
