/*
 * All text on the page of a NAS, in English: translate it as messages.ts says.
 */

/** The text of a NAS's own page and of its notices; functions fill in values. Not yet escaped for HTML. */
export const NAS_MESSAGES = Object.freeze({
	nav: "Storage",
	title: "Storage",

	space: "Space",
	recordings: "Recordings",
	locked: "of these locked",
	disk: "Disk",
	freeOf: (free: string, total: string) => `${free} free of ${total}`,
	oldest: "Oldest recording",
	none: "none yet",
	limits: "Limits",
	limitOctets: (size: string) => `at most ${size}`,
	limitAge: (days: number) => (days === 1 ? "at most one day" : `at most ${days} days`),
	limitFree: (size: string) => `${size} of the disk stays free`,
	meter: (percent: number) => `${percent} % of the disk is used`,
	opening: "The recordings are being read. Sizes are known soon.",

	cameras: "Cameras",
	camera: "Camera",
	mode: "Record",
	state: "Now",
	size: "Size",
	since: "Since",
	key: "ID for programs",
	noCameras: "No cameras yet. Connect one to the same router and it appears here by itself.",
	apart: "No cameras: remote access is off, so this NAS takes no part in the fleet. The Settings page turns it on.",
	timelineOf: (name: string) => `Timeline of ${name}`,
	modes: Object.freeze({
		continuous: "Always",
		scheduled: "By schedule",
		event: "On events",
		demand: "On demand",
		off: "Never",
	}),
	recording: "Recording",
	/** Why a camera is not being recorded. */
	why: Object.freeze({
		off: "Off",
		waiting: "Waiting",
		source: "No pictures",
		storage: "Storage failed",
		crash: "Off",
		clock: "Clock was set",
	}),
	record: "Record 5 minutes",
	recordNamed: (name: string) => `Record ${name} for 5 minutes`,
	stop: "Stop",
	stopNamed: (name: string) => `Stop recording ${name}`,
	set: "Set",
	setNamed: (name: string) => `Set when ${name} is recorded`,
	archive: "Archive",
	archived: (place: string, size: string, waiting: number, lost: number) =>
		`${place}: ${size} copied since the start, ${waiting === 0 ? "nothing waits" : `${waiting} recordings wait`}${lost === 0 ? "" : `, ${lost} were deleted before they were copied`}`,
	facts: "Facts",

	notices: Object.freeze({
		failed: "The storage can't be read. Nothing is recorded.",
		failedRemedy: "Check the disk and the folder of --storage, then restart.",
		full: "The disk is full of locked recordings and other files.",
		fullRemedy: "Unlock clips on the timeline, delete files, or use a larger disk.",
		notRecorded: (name: string) => `${name} is not being recorded.`,
		noPictures: "No pictures come from it. Check its power and its network.",
		archive: "Recordings can't be copied to the archive.",
		noStorage: "The storage fails or is too slow.",
	}),
});

/** Makes a sentence of what a log says. */
export function sentence(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith("?") ? "" : "."}`;
}
