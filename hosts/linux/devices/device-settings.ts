import type { Setting } from "../../../src/settings/setting";
import { PIN_SYNTAX, parsePin } from "./pin-choice";
import { parseServo, SERVO_SYNTAX } from "./servo-choice";

/** The settings of a board's devices: camera, switch, servos. */
export const DEVICE_SETTINGS: readonly Setting[] = Object.freeze([
	{
		name: "size",
		value: "WIDTHxHEIGHT",
		kind: "text",
		standard: "1280x720",
		check: (text: string) => parseSize(text) !== undefined,
		expected: "a width and a height from 16 to 8192, such as 1280x720",
		help: "size of a camera's pictures; the camera's nearest is taken",
	},
	{
		name: "quality",
		value: "N",
		kind: "integer",
		min: 1,
		max: 100,
		standard: "80",
		help: "quality of pictures that cameras give raw, or compress as they are told",
	},
	{
		name: "switch-pin",
		value: "PIN",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || parsePin(text) !== undefined,
		expected: PIN_SYNTAX,
		help: `the switch that turns port assignment on and off: ${PIN_SYNTAX}; empty: there is none`,
	},
	servoSetting("pan-servo", "turns the camera left and right"),
	servoSetting("tilt-servo", "turns the camera up and down"),
]);

function servoSetting(name: string, does: string): Setting {
	return {
		name,
		value: "SERVO",
		kind: "text",
		standard: "",
		check: (text: string) => text === "" || parseServo(text) !== undefined,
		expected: SERVO_SYNTAX,
		help: `the servo that ${does}: ${SERVO_SYNTAX}; empty: there is none`,
	};
}

/** Reads a size of pictures. @returns `undefined` when it is none */
export function parseSize(text: string): { readonly width: number; readonly height: number } | undefined {
	const [width, height, more] = text.split("x").map(sideOf);
	if (width === undefined || height === undefined || more !== undefined || text.split("x").length !== 2)
		return undefined;
	return { width, height };
}

function sideOf(text: string): number | undefined {
	if (text.length < 2 || text.length > 4) return undefined;
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 48 || text.charCodeAt(i) > 57) return undefined;
	const side = Number(text);
	return side >= 16 && side <= 8192 ? side : undefined;
}

/**
 * Tells which camera a source specification means.
 * @returns a path, a part of a camera's name, or empty for any camera; `undefined` when the specification is of another kind
 */
export function cameraOf(source: string): string | undefined {
	if (source === "camera") return "";
	if (source.startsWith("camera:")) return source.slice("camera:".length);
	return source.startsWith("/dev/") ? source : undefined;
}
