import { utf8Encode } from "../base/text";
import type { Octets } from "../core/time";
import { isName } from "../wire/fleet-message";

/** A direction with a name; angles in degrees, to a hundredth. */
export interface Preset {
	readonly name: string;
	readonly pan: number;
	readonly tilt: number;
}

/** Stores presets across restarts. Neither method throws: an implementation logs a medium that fails. */
export interface PresetMemory {
	/** The text written last; `undefined` for none. Its content is not trusted. */
	read(): string | undefined;
	/** Takes at most {@link PRESET_TEXT_MAX} octets. */
	write(text: string): void;
}

/** The most presets that a camera keeps. */
export const PRESETS_MAX = 16;
/** The longest name of a preset. */
const PRESET_NAME_MAX: Octets = 24;
/** The longest text that is written or read. */
export const PRESET_TEXT_MAX: Octets = 2000;
/** The largest angle of a drive in degrees. */
const ANGLE_MAX = 180;

/** Tells whether text can be a preset's name: 1 to 24 octets, no control characters, no spaces at the ends. */
export function isPresetName(text: string): boolean {
	return text.length <= PRESET_NAME_MAX && isName(text) && utf8Encode(text).length <= PRESET_NAME_MAX;
}

/**
 * The presets of a camera in the order in which they were made, and whether a patrol is on.
 *
 * Each change is stored at once. The text is a line `patrol on` or `patrol off`, then a line `PAN TILT NAME` for each
 * preset; malformed lines are skipped.
 */
export class PresetList {
	private readonly presets: Preset[] = [];
	private isPatrol = false;

	constructor(private readonly memory: PresetMemory) {
		const text = memory.read() ?? "";
		if (text.length <= PRESET_TEXT_MAX) this.parse(text);
	}

	/** The presets; the caller must not change them. */
	get list(): readonly Preset[] {
		return this.presets;
	}

	/** True: the camera visits the presets; false when there are none. */
	get patrol(): boolean {
		return this.isPatrol;
	}

	/** Starts or ends the patrol. @returns false when there are no presets */
	setPatrol(on: boolean): boolean {
		if (on && this.presets.length === 0) return false;
		if (on !== this.isPatrol) {
			this.isPatrol = on;
			this.keep();
		}
		return true;
	}

	/** The index of a preset; -1 when there is none with this name. */
	indexOf(name: string): number {
		for (let i = 0; i < this.presets.length; i++) if (this.presets[i].name === name) return i;
		return -1;
	}

	/** Makes a preset, or changes the one with this name. @returns false when the name is invalid, or the list is full */
	save(name: string, pan: number, tilt: number): boolean {
		if (!this.put(name, hundredth(pan), hundredth(tilt))) return false;
		this.keep();
		return true;
	}

	/** Removes a preset; a patrol ends with the last one. @returns false when there is none with this name */
	remove(name: string): boolean {
		const index = this.indexOf(name);
		if (index < 0) return false;
		this.presets.splice(index, 1);
		if (this.presets.length === 0) this.isPatrol = false;
		this.keep();
		return true;
	}

	private put(name: string, pan: number, tilt: number): boolean {
		const known = this.indexOf(name);
		if (known < 0 && (this.presets.length >= PRESETS_MAX || !isPresetName(name))) return false;
		if (!(Math.abs(pan) <= ANGLE_MAX && Math.abs(tilt) <= ANGLE_MAX)) return false;
		this.presets[known < 0 ? this.presets.length : known] = { name, pan, tilt };
		return true;
	}

	private keep(): void {
		let text = `patrol ${this.isPatrol ? "on" : "off"}\n`;
		for (const { name, pan, tilt } of this.presets) text += `${pan} ${tilt} ${name}\n`;
		this.memory.write(text);
	}

	private parse(text: string): void {
		const lines = text.split("\n");
		for (const line of lines) {
			const first = line.indexOf(" ");
			const second = line.indexOf(" ", first + 1);
			// Number("") would be 0.
			if (first < 1 || second <= first + 1) continue;
			const pan = Number(line.slice(0, first));
			const tilt = Number(line.slice(first + 1, second));
			const name = line.slice(second + 1);
			if (this.indexOf(name) < 0) this.put(name, hundredth(pan), hundredth(tilt));
		}
		this.isPatrol = lines[0] === "patrol on" && this.presets.length > 0;
	}
}

/** Rounds an angle to a hundredth of a degree; never -0, which pages would show. */
export function hundredth(angle: number): number {
	return Math.round(angle * 100) / 100 + 0;
}
