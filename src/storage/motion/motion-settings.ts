import { parseDigits } from "../../base/digits";
import { parseForm } from "../../wire/http-target";
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

/** The sides of a zone, in the order of its fields. */
const SIDES = Object.freeze(["left", "top", "right", "bottom"] as const);

/** Why a form was refused: the field that is not valid. */
export interface MotionFormFault {
	readonly field: string;
}

/** Reads the numbers and the switch of a form; what is missing stays as it is. */
export function readMotionForm(
	form: ReadonlyMap<string, string>,
	before: MotionSettings,
): MotionSettings | MotionFormFault {
	const on = form.get("on");
	if (on !== undefined && on !== "on" && on !== "off") return { field: "on" };
	const settings = { ...before, isOn: on === undefined ? before.isOn : on === "on" };
	for (const [name, min, max] of NUMBERS) {
		const text = form.get(name);
		const value = text === undefined ? before[name] : parseDigits(text, 3);
		if (value === undefined || value < min || value > max) return { field: name };
		settings[name] = value;
	}
	return settings;
}

/**
 * Reads a form that changes a zone: `zone` is its number from 1, one more than there are adds one; `use` is `watch`, `ignore`, or
 * `none` to remove it; `name`; `left`, `top`, `right` and `bottom` in percent.
 */
export function readZoneForm(
	form: ReadonlyMap<string, string>,
	before: MotionSettings,
): MotionSettings | MotionFormFault {
	const number = parseDigits(form.get("zone") ?? "", 2);
	const zones = [...before.zones];
	if (number === undefined || number < 1 || number > Math.min(ZONES_MAX, zones.length + 1)) return { field: "zone" };
	if (form.get("use") === "none") zones.splice(number - 1, 1);
	else {
		const zone = zoneOf(form);
		if ("field" in zone) return zone;
		zones[number - 1] = zone;
	}
	return { ...before, zones };
}

function zoneOf(form: ReadonlyMap<string, string>): MotionZone | MotionFormFault {
	const use = form.get("use");
	if (use !== "watch" && use !== "ignore") return { field: "use" };
	const sides: number[] = [];
	for (const side of SIDES) {
		const value = parseDigits(form.get(side) ?? "", 3);
		if (value === undefined || value > 100) return { field: side };
		sides.push(value);
	}
	const [left, top, right, bottom] = sides;
	if (right <= left) return { field: "right" };
	if (bottom <= top) return { field: "bottom" };
	return { name: eventLabel(form.get("name") ?? ""), isIgnored: use === "ignore", left, top, right, bottom };
}

/** Describes settings for programs, with the names and values of the forms. @see readMotionForm, readZoneForm */
export function describeMotion({ isOn, zones, ...numbers }: MotionSettings): unknown {
	const described = zones.map(({ isIgnored, ...zone }) => ({ use: isIgnored ? "ignore" : "watch", ...zone }));
	return { on: isOn ? "on" : "off", ...numbers, zones: described };
}

/** Writes settings as text for a file: one form a line, first the numbers, then each zone. @see parseMotionText */
export function motionText(settings: MotionSettings): string {
	const lines = [`on=${settings.isOn ? "on" : "off"}`];
	for (const [name] of NUMBERS) lines[0] += `&${name}=${settings[name]}`;
	settings.zones.forEach((zone, i) => {
		const sides = SIDES.map((side) => `${side}=${zone[side]}`).join("&");
		const use = zone.isIgnored ? "ignore" : "watch";
		lines.push(`zone=${i + 1}&use=${use}&name=${encodeURIComponent(zone.name)}&${sides}`);
	});
	return `${lines.join("\n")}\n`;
}

/** Parses the text of a file. @returns `undefined` for anything that {@link motionText} does not write */
export function parseMotionText(text: string): MotionSettings | undefined {
	let settings: MotionSettings = MOTION_DEFAULTS;
	const lines = text.split("\n");
	if (lines.length > ZONES_MAX + 2 || lines[lines.length - 1] !== "") return undefined;
	for (let i = 0; i < lines.length - 1; i++) {
		const form = parseForm(lines[i]);
		if (form === undefined) return undefined;
		const next = i === 0 ? readMotionForm(form, settings) : readZoneForm(form, settings);
		if ("field" in next) return undefined;
		settings = next;
	}
	return settings;
}
