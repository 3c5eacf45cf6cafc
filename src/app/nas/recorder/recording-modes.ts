import { utf8Encode } from "../../../base/text";
import { STORE_VALUE_MAX, type Store } from "../../../ports/store";
import { isRecordingMode, type RecordingMode } from "../../../storage/recorder/recording-mode";
import { type CameraKey, isCameraKey } from "../../../storage/recording";

/** The key in the store. */
const KEY = "record-modes";

/** The modes that the owner has set for single cameras; kept across restarts. */
export class RecordingModes {
	private readonly modes = new Map<CameraKey, RecordingMode>();

	/** @param usual the mode of all other cameras */
	constructor(
		private readonly store: Store,
		private readonly usual: RecordingMode,
	) {
		for (const line of (store.read(KEY) ?? "").split("\n")) {
			const [key, mode = ""] = line.split(" ");
			if (isCameraKey(key) && isRecordingMode(mode)) this.modes.set(key, mode);
		}
	}

	of(key: CameraKey): RecordingMode {
		return this.modes.get(key) ?? this.usual;
	}

	/** Sets a camera's mode, and stores it. @returns false when there is no room for another one */
	set(key: CameraKey, mode: RecordingMode): boolean {
		const before = this.modes.get(key);
		if (mode === this.usual) this.modes.delete(key);
		else this.modes.set(key, mode);
		const text = Array.from(this.modes, ([name, value]) => `${name} ${value}`).join("\n");
		if (utf8Encode(text).length > STORE_VALUE_MAX) {
			if (before === undefined) this.modes.delete(key);
			else this.modes.set(key, before);
			return false;
		}
		this.store.write(KEY, text);
		return true;
	}
}
