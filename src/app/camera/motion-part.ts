import { applyMotion } from "../../camera/motion-form";
import { type ApiAnswer, type ApiField, type ApiOperation, DONE } from "../../web/api";
import { MESSAGES } from "../../web/messages";
import { MOTION_EXAMPLE } from "../api-examples";
import type { Camera } from "./camera";

/** A table of the module, so that it costs no memory on a device. */
const FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({ name: "pan", type: "number", about: "degrees to the right from where it looks", example: 10 }),
	Object.freeze({ name: "tilt", type: "number", about: "degrees up from where it looks", example: -5 }),
	Object.freeze({ name: "panTo", type: "number", about: "degrees to the right from straight ahead", example: 30 }),
	Object.freeze({ name: "tiltTo", type: "number", about: "degrees up from straight ahead", example: 0 }),
	Object.freeze({ name: "home", type: "string", about: "yes: straight ahead", example: "yes" }),
	Object.freeze({ name: "stop", type: "string", about: "yes: stays where it is", example: "yes" }),
	Object.freeze({ name: "preset", type: "string", about: "the preset to turn to", example: "Gate" }),
	Object.freeze({ name: "save", type: "string", about: "keeps where it looks now: 1 to 24 octets", example: "Gate" }),
	Object.freeze({ name: "remove", type: "string", about: "the preset to forget", example: "Gate" }),
	Object.freeze({
		name: "patrol",
		type: "string",
		about: "on: visits the presets again and again; or off",
		example: "on",
	}),
]);

/** The operations that turn a camera (IMG-18). */
export const MOTION_OPERATIONS: readonly ApiOperation<Camera>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/motion",
		need: "viewer",
		about: "Where the camera looks and how far it turns, in degrees; its presets, and whether it is on patrol.",
		example: MOTION_EXAMPLE,
		run: (camera: Camera) => ({ body: camera.panTilt.state }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/motion",
		need: "owner",
		about: "Turns the camera, or keeps where it looks as a preset: one thing at a time.",
		fields: FIELDS,
		run: (camera: Camera, form: ReadonlyMap<string, string>): ApiAnswer => {
			const { panTilt, pump, web } = camera;
			const fault = applyMotion(panTilt, form, pump.now());
			pump.ran(panTilt);
			if (fault !== undefined) return { fault: MESSAGES.motion[fault] };
			web.changed();
			return DONE;
		},
	}),
]);
