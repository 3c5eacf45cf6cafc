import type { Millis } from "../core/time";
import { readSwitch } from "../wire/http-target";
import type { PanTilt } from "./pan-tilt";
import { isPresetName } from "./preset-list";

/** The longest number that a form may have, in characters. */
const NUMBER_MAX = 24;
/** The fields, and the command that each belongs to. */
const KINDS: Readonly<Record<string, string>> = Object.freeze({
	pan: "pan",
	tilt: "pan",
	panTo: "panTo",
	tiltTo: "panTo",
	home: "home",
	stop: "stop",
	preset: "preset",
	save: "save",
	remove: "remove",
	patrol: "patrol",
});

/** Why a form was refused; the edge makes a text of it. */
export type MotionFault =
	| "no-motion"
	/** No known field, or fields of several commands. */
	| "ambiguous"
	| "home"
	| "stop"
	/** `pan` or `tilt` is not a number. */
	| "move-by"
	/** `panTo` or `tiltTo` is not a number. */
	| "move-to"
	| "no-preset"
	| "preset-name"
	| "presets-full"
	| "patrol"
	| "nothing-to-patrol";

/**
 * Carries out a command for the camera's drive from a form or a program (IMG-18): one of
 *
 * `pan`, `tilt` (by degrees), `panTo`, `tiltTo` (to an angle), `home=yes`, `stop=yes`, `preset=NAME` (go there),
 * `save=NAME`, `remove=NAME`, `patrol=on|off`.
 *
 * Other fields are ignored.
 * @returns `undefined` when it is done, or why not; then nothing has changed
 */
export function applyMotion(panTilt: PanTilt, form: ReadonlyMap<string, string>, now: Millis): MotionFault | undefined {
	if (!panTilt.canMove) return "no-motion";
	let kind = "";
	for (const name in KINDS) {
		if (form.has(name) && kind !== KINDS[name]) kind = kind === "" ? KINDS[name] : "several";
	}
	switch (kind) {
		case "pan":
			return turn(form, "pan", "tilt", (pan, tilt) => panTilt.moveBy(now, pan ?? 0, tilt ?? 0));
		case "panTo":
			return turn(form, "panTo", "tiltTo", (pan, tilt) => panTilt.moveTo(now, pan, tilt));
		case "home":
			return readSwitch(form.get("home")) === true ? done(panTilt.home(now)) : "home";
		case "stop":
			return readSwitch(form.get("stop")) === true ? done(panTilt.stop()) : "stop";
		case "preset":
			return panTilt.goTo(now, nameIn(form, "preset")) ? undefined : "no-preset";
		case "save":
			return save(panTilt, nameIn(form, "save"));
		case "remove":
			return panTilt.removePreset(nameIn(form, "remove")) ? undefined : "no-preset";
		case "patrol":
			return patrol(panTilt, form.get("patrol"), now);
		default:
			return "ambiguous";
	}
}

function done(fine: boolean): MotionFault | undefined {
	return fine ? undefined : "no-motion";
}

function nameIn(form: ReadonlyMap<string, string>, field: string): string {
	return (form.get(field) ?? "").trim();
}

function turn(
	form: ReadonlyMap<string, string>,
	panField: string,
	tiltField: string,
	move: (pan: number | undefined, tilt: number | undefined) => boolean,
): MotionFault | undefined {
	const pan = degrees(form.get(panField));
	const tilt = degrees(form.get(tiltField));
	if (Number.isNaN(pan) || Number.isNaN(tilt)) return panField === "pan" ? "move-by" : "move-to";
	return done(move(pan, tilt));
}

function save(panTilt: PanTilt, name: string): MotionFault | undefined {
	if (!isPresetName(name)) return "preset-name";
	return panTilt.savePreset(name) ? undefined : "presets-full";
}

function patrol(panTilt: PanTilt, text: string | undefined, now: Millis): MotionFault | undefined {
	const on = readSwitch(text);
	if (on === undefined) return "patrol";
	return panTilt.patrol(now, on) ? undefined : "nothing-to-patrol";
}

/** Reads a number of degrees. @returns `undefined` when it is absent, NaN when it is not a finite number */
function degrees(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const value = text.trim() === "" || text.length > NUMBER_MAX ? Number.NaN : Number(text);
	return Number.isFinite(value) ? value : Number.NaN;
}
