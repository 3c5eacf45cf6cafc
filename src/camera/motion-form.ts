import { MESSAGES } from "../base/messages";
import type { Millis } from "../core/time";
import { readSwitch } from "../wire/http-target";
import type { PanTilt } from "./pan-tilt";
import { isPresetName, PRESETS_MAX } from "./preset-list";

/** The longest number that a form may have, in characters. */
const NUMBER_MAX = 24;
/** The fields, and which of them are asked together. */
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

/**
 * Does what the form of a page, or a program, asks of a camera's drive (IMG-18): one of
 *
 * `pan`, `tilt` (by so many degrees), `panTo`, `tiltTo` (to an angle), `home=yes`, `stop=yes`, `preset=NAME` (go there),
 * `save=NAME`, `remove=NAME`, `patrol=on|off`.
 *
 * Fields of other names don't count. The caller tells the pump afterwards.
 * @returns `undefined` when it is done, or what is wrong, in words for people; then nothing has changed
 */
export function applyMotion(panTilt: PanTilt, form: ReadonlyMap<string, string>, now: Millis): string | undefined {
	if (!panTilt.canMove) return MESSAGES.wrong.noMotion;
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
			return readSwitch(form.get("home")) === true ? done(panTilt.home(now)) : MESSAGES.wrong.home;
		case "stop":
			return readSwitch(form.get("stop")) === true ? done(panTilt.stop()) : MESSAGES.wrong.stop;
		case "preset":
			return panTilt.goTo(now, nameIn(form, "preset")) ? undefined : MESSAGES.wrong.preset;
		case "save":
			return save(panTilt, nameIn(form, "save"));
		case "remove":
			return panTilt.removePreset(nameIn(form, "remove")) ? undefined : MESSAGES.wrong.preset;
		case "patrol":
			return patrol(panTilt, form.get("patrol"), now);
		default:
			return MESSAGES.wrong.motion;
	}
}

function done(fine: boolean): string | undefined {
	return fine ? undefined : MESSAGES.wrong.noMotion;
}

function nameIn(form: ReadonlyMap<string, string>, field: string): string {
	return (form.get(field) ?? "").trim();
}

function turn(
	form: ReadonlyMap<string, string>,
	panField: string,
	tiltField: string,
	move: (pan: number | undefined, tilt: number | undefined) => boolean,
): string | undefined {
	const pan = degrees(form.get(panField));
	const tilt = degrees(form.get(tiltField));
	if (Number.isNaN(pan) || Number.isNaN(tilt)) return MESSAGES.wrong.degrees(panField, tiltField);
	return done(move(pan, tilt));
}

function save(panTilt: PanTilt, name: string): string | undefined {
	if (!isPresetName(name)) return MESSAGES.wrong.presetName;
	return panTilt.savePreset(name) ? undefined : MESSAGES.wrong.presets(PRESETS_MAX);
}

function patrol(panTilt: PanTilt, text: string | undefined, now: Millis): string | undefined {
	const on = readSwitch(text);
	if (on === undefined) return MESSAGES.wrong.patrol;
	return panTilt.patrol(now, on) ? undefined : MESSAGES.wrong.noPatrol;
}

/** Reads a number of degrees. @returns `undefined` where there is none, NaN for what is no finite number */
function degrees(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const value = text.trim() === "" || text.length > NUMBER_MAX ? Number.NaN : Number(text);
	return Number.isFinite(value) ? value : Number.NaN;
}
