/** When a camera is recorded. */
export type RecordingMode =
	/** Always. */
	| "continuous"
	/** At the times of the schedule. */
	| "scheduled"
	/** From some seconds before an event to some after it. */
	| "event"
	/** Only when the owner asks for it. */
	| "demand"
	/** Never, and the camera is not asked for pictures. */
	| "off";

/** All modes, in the order in which pages show them. */
const RECORDING_MODES: readonly RecordingMode[] = Object.freeze(["continuous", "scheduled", "event", "demand", "off"]);

/** Returns whether text is a mode. */
export function isRecordingMode(text: string): text is RecordingMode {
	return (RECORDING_MODES as readonly string[]).includes(text);
}
