import { toJson } from "../../base/json";
import { applyMotion } from "../../camera/motion-form";
import { PanTilt } from "../../camera/pan-tilt";
import type { PresetMemory } from "../../camera/preset-list";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Motion } from "../../ports/motion";
import type { MOTION_SCHEMA } from "../../settings/motion-schema";
import type { ValuesOf } from "../../settings/schema";
import { type ApiAnswer, type ApiField, type ApiOperation, DONE } from "../../web/api";
import { CAMERA_MESSAGES } from "../../web/camera-messages";
import type { DriveView } from "../../web/camera-page";
import type { Node, NodeSettings } from "../node";
import type { Part } from "../part";

/** The settings of the motion part. */
export type MotionPartSettings = NodeSettings & ValuesOf<typeof MOTION_SCHEMA>;

/** The key in the store of presets and patrol. */
const KEY = "motion";

/** A table of the module, so that it costs no memory on a device. */
const FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({ name: "pan", type: "number", about: "degrees to the right of the current view", example: 10 }),
	Object.freeze({ name: "tilt", type: "number", about: "degrees up from the current view", example: -5 }),
	Object.freeze({ name: "panTo", type: "number", about: "degrees to the right of the center", example: 30 }),
	Object.freeze({ name: "tiltTo", type: "number", about: "degrees up from the center", example: 0 }),
	Object.freeze({ name: "home", type: "string", about: "yes: moves to the center", example: "yes" }),
	Object.freeze({ name: "stop", type: "string", about: "yes: stops moving", example: "yes" }),
	Object.freeze({ name: "preset", type: "string", about: "the preset to move to", example: "Gate" }),
	Object.freeze({
		name: "save",
		type: "string",
		about: "name under which the current view is saved: 1 to 24 octets",
		example: "Gate",
	}),
	Object.freeze({ name: "remove", type: "string", about: "the preset to remove", example: "Gate" }),
	Object.freeze({
		name: "patrol",
		type: "string",
		about: "on: visits the presets in turn; or off",
		example: "on",
	}),
]);

const OPERATIONS: readonly ApiOperation<MotionPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/motion",
		need: "viewer",
		about:
			"The current view and the range of movement, in degrees; the presets, and whether the camera is patrolling them.",
		run: (motion: MotionPart) => ({ body: motion.panTilt.state }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/motion",
		need: "owner",
		about: "Moves the camera, or saves the current view as a preset: one command at a time.",
		fields: FIELDS,
		run: (motion: MotionPart, form: ReadonlyMap<string, string>) => motion.command(form),
	}),
]);

/** Turns the camera (IMG-18). */
export class MotionPart implements Part, PresetMemory {
	readonly operations = OPERATIONS;
	private readonly handle: Handle<PanTilt, undefined>;

	constructor(
		private readonly node: Node<MotionPartSettings>,
		motion: Motion,
	) {
		const { panLimit, tiltLimit, motionSpeed, patrolDwell } = node.settings;
		const options = { panLimit, tiltLimit, speed: motionSpeed, dwell: patrolDwell };
		this.handle = node.pump.add(new PanTilt(motion, options, this), undefined);
	}

	get panTilt(): PanTilt {
		return this.handle.machine;
	}

	/** Does something with what turns the camera. */
	turn<Result>(run: (panTilt: PanTilt, now: Millis) => Result): Result {
		// What the camera's page shows: not where it looks, which changes many times a second.
		const before = toJson(this.drive);
		const result = this.handle.call(run);
		if (toJson(this.drive) !== before) this.node.changed();
		return result;
	}

	/** What can be done to turn the camera; `undefined` where it cannot be turned. */
	get drive(): DriveView | undefined {
		const { presets, patrol } = this.panTilt.state;
		return this.panTilt.canMove ? { presets: presets.map((preset) => preset.name), patrol: patrol.on } : undefined;
	}

	/** Does what a form asks for. */
	command(form: ReadonlyMap<string, string>): ApiAnswer {
		const fault = this.turn((panTilt, now) => applyMotion(panTilt, form, now));
		return fault === undefined ? DONE : { fault: CAMERA_MESSAGES.moves[fault] };
	}

	stop(): void {
		this.handle.remove();
	}

	/** @see PresetMemory */
	read(): string | undefined {
		return this.node.memory.read(KEY);
	}

	/** @see PresetMemory */
	write(text: string): void {
		this.node.memory.write(KEY, text);
	}

	status(): Record<string, unknown> {
		return { motion: this.panTilt.state };
	}
}
