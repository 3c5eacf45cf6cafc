import type { Millis } from "../core/time";
import { isName } from "../wire/fleet-message";
import type { Member } from "./member";

/** The most cameras remembered; the one that has been absent for longest is forgotten first. */
export const ABSENT_MAX = 32;
/** After this time an absent camera is forgotten. */
export const ABSENT_TIME: Millis = 7 * 86400000;

/** A camera that fell silent without a bye: it has failed, was unplugged, or was taken away. */
export interface AbsentCamera {
	/** 16 hexadecimal digits. */
	readonly id: string;
	readonly name: string;
	/** Its last address in the LAN. */
	readonly address: string;
	readonly httpPort: number;
	readonly externalPort: number;
	/** When it was heard last, by the monotonic clock; if that was before this camera's start, the time of the start. */
	readonly heard: Millis;
	/** When it was heard last, in milliseconds since 1970 UTC; 0: not known. */
	lastSeen: Millis;
}

/** Remembers the cameras that fell silent, until they are heard again, say bye, or are forgotten. */
export class AbsentCameras {
	/** Grows with each change. */
	version = 0;
	private readonly cameras = new Map<string, AbsentCamera>();

	get size(): number {
		return this.cameras.size;
	}

	/** Those that fell silent first come first. */
	values(): IterableIterator<AbsentCamera> {
		return this.cameras.values();
	}

	get(id: string): AbsentCamera | undefined {
		return this.cameras.get(id);
	}

	add({ id, name, address, httpPort, externalPort, heard }: Member): void {
		this.put({ id, name: name || address, address, httpPort, externalPort, heard, lastSeen: 0 });
	}

	/** Forgets a camera. @returns false when it was not absent */
	remove(id: string): boolean {
		if (!this.cameras.delete(id)) return false;
		this.version++;
		return true;
	}

	clear(): void {
		if (this.cameras.size > 0) this.version++;
		this.cameras.clear();
	}

	/** Forgets cameras that have been absent for too long. @param utc milliseconds since 1970; `undefined`: not known */
	expire(now: Millis, utc: Millis | undefined): void {
		for (const { id, heard, lastSeen } of this.cameras.values()) {
			const isLong = lastSeen > 0 && utc !== undefined && utc - lastSeen > ABSENT_TIME;
			if (isLong || now - heard > ABSENT_TIME) this.remove(id);
		}
	}

	/** Fills in when cameras were heard last, once the date is known. */
	date(now: Millis, utc: Millis): void {
		for (const camera of this.cameras.values()) {
			if (camera.lastSeen === 0) camera.lastSeen = Math.round(utc - (now - camera.heard));
		}
	}

	/** Returns the state as text for the store: at most 3,500 octets. */
	save(): string {
		return Array.from(
			this.cameras.values(),
			({ id, lastSeen, httpPort, externalPort, address, name }) =>
				`${id} ${lastSeen} ${httpPort} ${externalPort} ${address} ${name}`,
		).join("\n");
	}

	/** Continues from a saved state; damaged lines are skipped. */
	load(now: Millis, text: string): void {
		for (const line of text.split("\n")) {
			const [id, ...rest] = line.split(" ");
			const [lastSeen, httpPort, externalPort] = rest.map(Number);
			const name = rest.slice(4).join(" ");
			if (id.length !== 16 || !isName(name) || !(lastSeen >= 0 && httpPort >= 0 && externalPort >= 0)) continue;
			this.put({ id, name, address: rest[3], httpPort, externalPort, heard: now, lastSeen });
		}
	}

	private put(camera: AbsentCamera): void {
		const { cameras } = this;
		cameras.delete(camera.id);
		if (cameras.size >= ABSENT_MAX) cameras.delete(cameras.keys().next().value ?? "");
		cameras.set(camera.id, camera);
		this.version++;
	}
}
