import { parseDigits } from "../../base/digits";
import { eventLabel } from "../events/event-label";

/** A rectangle of the picture in percent of its width and height; `right` and `bottom` are larger than `left` and `top`. */
export interface MotionZone {
	readonly name: string;
	/** True: changes in it count nowhere, such as a clock in the picture. False: changes count only in such zones, if there are any. */
	readonly isIgnored: boolean;
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** How motion is looked for in the pictures of one camera. */
export interface MotionSettings {
	readonly isOn: boolean;
	/** 1 to 100: how small a change of brightness counts. */
	readonly sensitivity: number;
	/** The smallest moving thing, in thousandths of the picture. */
	readonly area: number;
	/** In how many pictures one after another it must move. */
	readonly pictures: number;
	/** For how many seconds an event goes on after the last motion. */
	readonly hold: number;
	readonly zones: readonly MotionZone[];
}

/** How many zones a camera may have. */
export const ZONES_MAX = 8;

/** The settings of a camera that the owner has not changed. */
export const MOTION_DEFAULTS: MotionSettings = Object.freeze({
	isOn: true,
	sensitivity: 50,
	area: 3,
	pictures: 3,
	hold: 5,
	zones: Object.freeze([]),
});

/** The names of the numbers in a form, and their limits. */
const NUMBERS: readonly (readonly [name: "sensitivity" | "area" | "pictures" | "hold", min: number, max: number])[] =
	Object.freeze([
		["sensitivity", 1, 100],
		["area", 1, 500],
		["pictures", 1, 20],
		["hold", 1, 300],
	]);

/** Why a form was refused: the field that is not valid. */
export interface MotionFormFault {
	readonly field: string;
}

/**
 * Reads settings from a form: `on=on|off`, numbers by name, and for each zone from 1 to {@link ZONES_MAX} the fields `zone1` (its
 * name), `use1` (`watch`, `ignore` or `none`), `left1`, `top1`, `right1`, `bottom1`. What is missing stays as it is; zones are
 * replaced when there is any field of a zone.
 */
export function readMotionForm(
	form: ReadonlyMap<string, string>,
	before: MotionSettings,
): MotionSettings | MotionFormFault {
	const on = form.get("on");
	if (on !== undefined && on !== "on" && on !== "off") return { field: "on" };
	const numbers = { ...before };
	for (const [name, min, max] of NUMBERS) {
		const text = form.get(name);
		const value = text === undefined ? before[name] : parseDigits(text, 3);
		if (value === undefined || value < min || value > max) return { field: name };
		Object.assign(numbers, { [name]: value });
	}
	const zones: MotionZone[] = [];
	let hasZones = false;
	for (let number = 1; number <= ZONES_MAX; number++) {
		const use = form.get(`use${number}`);
		hasZones ||= use !== undefined;
		if (use === undefined || use === "none") continue;
		const zone = zoneOf(form, number, use);
		if ("field" in zone) return zone;
		zones.push(zone);
	}
	return { ...numbers, isOn: on === undefined ? before.isOn : on === "on", zones: hasZones ? zones : before.zones };
}

function zoneOf(form: ReadonlyMap<string, string>, number: number, use: string): MotionZone | MotionFormFault {
	if (use !== "watch" && use !== "ignore") return { field: `use${number}` };
	const sides: number[] = [];
	for (const side of ["left", "top", "right", "bottom"]) {
		const value = parseDigits(form.get(`${side}${number}`) ?? "", 3);
		if (value === undefined || value > 100) return { field: `${side}${number}` };
		sides.push(value);
	}
	const [left, top, right, bottom] = sides;
	if (right <= left) return { field: `right${number}` };
	if (bottom <= top) return { field: `bottom${number}` };
	return { name: eventLabel(form.get(`zone${number}`) ?? ""), isIgnored: use === "ignore", left, top, right, bottom };
}

/** Writes settings as fields of a form. @see readMotionForm */
export function motionFields(settings: MotionSettings): [string, string][] {
	const fields: [string, string][] = [["on", settings.isOn ? "on" : "off"]];
	for (const [name] of NUMBERS) fields.push([name, `${settings[name]}`]);
	// An empty list of zones is one, too.
	if (settings.zones.length === 0) fields.push(["use1", "none"]);
	settings.zones.forEach((zone, i) => {
		const number = i + 1;
		fields.push([`zone${number}`, zone.name], [`use${number}`, zone.isIgnored ? "ignore" : "watch"]);
		for (const side of ["left", "top", "right", "bottom"] as const) fields.push([`${side}${number}`, `${zone[side]}`]);
	});
	return fields;
}
