import type { Grant, Moment } from "./access-tokens";
import type { Role } from "./role";

/** A pass is good for so many seconds … */
const LIFE = 300;
/** … and a new one is handed out when this many have passed, so that each is good for minutes when it is used. */
const STEP = 120;
/** Tickets that are remembered: for a fleet's cameras and some visitors. */
const KEPT_MAX = 64;

/** Signs with what the cameras of a fleet share; it changes when all sessions end. */
export interface TicketKey {
	/** Returns the signature in hexadecimal digits; empty while there is no key. */
	sign(text: string): string;
	verify(text: string, signature: string): boolean;
}

/**
 * Lets who has logged in at one camera of a fleet in at the others: links bear a pass, signed by the fleet's key, that
 * is good for one camera and a few minutes. What begins by it ends when the visitor's own session does.
 */
export class Tickets {
	/** What was issued in the present turn: a signature for each camera each second would be too much for a board. */
	private readonly kept = new Map<string, string>();
	private keptTurn = -1;

	constructor(private readonly key: TicketKey) {}

	/** Changes whenever new passes are to be handed out. @param seconds of a {@link Moment}, or the end of a session */
	turn(seconds: number): number {
		return Math.floor(seconds / STEP);
	}

	/**
	 * Makes the pass for a camera; empty where there can't be one: no key, no date, or nothing to hand on.
	 * @param until when the visitor's own session ends, in seconds since 1970
	 */
	issue(role: Role, camera: string, now: Moment, until: number): string {
		if (now.epoch !== "u" || until <= now.seconds) return "";
		const turn = this.turn(now.seconds);
		if (turn !== this.keptTurn || this.kept.size >= KEPT_MAX) this.forget();
		this.keptTurn = turn;
		const text = `${role[0]}.${(turn * STEP + LIFE).toString(36)}.${this.turn(until).toString(36)}`;
		const name = `${text}.${camera}`;
		let pass = this.kept.get(name);
		if (pass === undefined) {
			const signature = this.key.sign(name);
			pass = signature === "" ? "" : `${text}.${signature}`;
			this.kept.set(name, pass);
		}
		return pass;
	}

	/** The key is another one now. */
	forget(): void {
		this.kept.clear();
	}

	/** Returns what a pass gives at this camera; `undefined` when it is none, for another, or over. */
	check(pass: string, camera: string, now: Moment): Grant | undefined {
		if (pass.length > 80 || now.epoch !== "u") return undefined;
		const [role, end = "", last = "", signature = "", more] = pass.split(".");
		const over = Number.parseInt(end, 36);
		if (more !== undefined || !(over > now.seconds) || over > now.seconds + LIFE + STEP) return undefined;
		const until = Number.parseInt(last, 36) * STEP;
		if (!(until > now.seconds)) return undefined;
		if (!this.key.verify(`${role}.${end}.${last}.${camera}`, signature)) return undefined;
		return { role: role === "o" ? "owner" : "viewer", until };
	}
}
