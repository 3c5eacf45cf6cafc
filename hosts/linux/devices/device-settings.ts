import { schema } from "../../../src/settings/schema";
import { integer, text } from "../../../src/settings/setting";
import { PIN_SYNTAX, parsePin } from "./pin-choice";
import { parseServo, SERVO_SYNTAX } from "./servo-choice";

/** Settings of a board's devices: camera, switch, servos. */
export const DEVICE_SCHEMA = schema("Devices", {
	size: text({
		placeholder: "WIDTHxHEIGHT",
		default: "1280x720",
		check: (value) => parseSize(value) !== undefined,
		expected: "a width and a height from 16 to 8192, such as 1280x720",
		help: "frame size; the nearest size that the camera offers is used",
	}),
	quality: integer({
		min: 1,
		max: 100,
		default: 80,
		help: "JPEG quality, for cameras that deliver raw frames or let their quality be chosen",
	}),
	switchPin: text({
		placeholder: "PIN",
		check: (value) => value === "" || parsePin(value) !== undefined,
		expected: PIN_SYNTAX,
		help: `GPIO pin of the switch that turns port mapping on and off: ${PIN_SYNTAX}; empty: none`,
	}),
	panServo: servo("turns the camera left and right"),
	tiltServo: servo("turns the camera up and down"),
});

function servo(does: string) {
	return text({
		placeholder: "SERVO",
		check: (value) => value === "" || parseServo(value) !== undefined,
		expected: SERVO_SYNTAX,
		help: `the servo that ${does}: ${SERVO_SYNTAX}; empty: none`,
	});
}

/** Parses a frame size. @returns `undefined` when the text is not one */
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
 * Finds the camera that a source names.
 * @returns a path, a part of a camera's name, or empty for any camera; `undefined` when the source is not a camera
 */
export function cameraOf(source: string): string | undefined {
	if (source === "camera") return "";
	if (source.startsWith("camera:")) return source.slice("camera:".length);
	return source.startsWith("/dev/") ? source : undefined;
}
