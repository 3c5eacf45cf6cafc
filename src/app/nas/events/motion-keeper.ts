import { utf8Decode, utf8Encode } from "../../../base/text";
import type { FileAnswer, Files } from "../../../ports/files";
import { readSmallFile, writeSmallFile } from "../../../storage/files/small-file";
import { type MotionSettings, motionText, parseMotionText } from "../../../storage/motion/motion-settings";
import type { CameraKey } from "../../../storage/recording";

/** Settings take far less. */
const TEXT_MAX = 8192;

/** Keeps how motion is looked for in each camera's pictures: a file beside the logs of its events. */
export class MotionKeeper {
	constructor(
		private readonly files: Files,
		private readonly warn: (message: string) => void,
	) {}

	/** Reads the settings of a camera. @param done is not called when there are none */
	read(camera: CameraKey, done: (settings: MotionSettings) => void): void {
		readSmallFile(this.files, pathOf(camera), TEXT_MAX, (answer) => {
			if (answer.failure === "not-found") return;
			const settings = answer.failure === undefined ? parseMotionText(utf8Decode(answer.value)) : undefined;
			if (settings === undefined) this.warn(`the settings of motion of ${camera} can't be read`);
			else done(settings);
		});
	}

	/** Keeps the settings of a camera. */
	write(camera: CameraKey, settings: MotionSettings): void {
		writeSmallFile(this.files, pathOf(camera), utf8Encode(motionText(settings)), (answer: FileAnswer<undefined>) => {
			if (answer.failure !== undefined)
				this.warn(`the settings of motion of ${camera} can't be kept: ${answer.detail}`);
		});
	}
}

function pathOf(camera: CameraKey): string {
	return `events/${camera}/motion.txt`;
}
