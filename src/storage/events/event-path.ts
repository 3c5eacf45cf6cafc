import type { CameraKey, Utc } from "../recording";

/** The folder of all logs of events, below the root of the store. */
export const EVENTS_FOLDER = "events";

const SUFFIX = ".log";
const DATE_LENGTH = 10;

/** Returns the folder of a camera's logs. */
export function eventFolder(camera: CameraKey): string {
	return `${EVENTS_FOLDER}/${camera}`;
}

/** Returns the path of the log in which an event that began at `utc` is: `events/CAMERA/2026-11-26.log`. */
export function eventPath(camera: CameraKey, utc: Utc): string {
	return `${eventFolder(camera)}/${new Date(utc).toISOString().slice(0, DATE_LENGTH)}${SUFFIX}`;
}

/** Returns the folder of the stills of a day: `events/CAMERA/2026-11-26`. */
export function stillFolder(camera: CameraKey, utc: Utc): string {
	return eventPath(camera, utc).slice(0, -SUFFIX.length);
}

/** Returns the path of the still of an event that began at `utc`. */
export function stillPath(camera: CameraKey, utc: Utc, id: number): string {
	return `${stillFolder(camera, utc)}/${id}.jpg`;
}

/** Returns when the day of a log began, by its name; `undefined`: the name is not that of a log. */
export function dayOf(name: string): Utc | undefined {
	if (name.length !== DATE_LENGTH + SUFFIX.length || !name.endsWith(SUFFIX)) return undefined;
	const date = name.slice(0, DATE_LENGTH);
	const utc = Date.parse(`${date}T00:00:00Z`);
	if (!(utc >= 0)) return undefined;
	return new Date(utc).toISOString().slice(0, DATE_LENGTH) === date ? utc : undefined;
}
