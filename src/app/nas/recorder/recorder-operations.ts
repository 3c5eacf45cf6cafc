import { parseDigits } from "../../../base/digits";
import type { Millis, Seconds } from "../../../core/time";
import type { CameraKey } from "../../../storage/recording";
import { type ApiAnswer, type ApiOperation, DONE } from "../../../web/api";
import { RECORDER_MESSAGES } from "../../../web/recorder-messages";
import type { SiteRequest } from "../../part";

/** What the operations act on: a part with the recorder. */
export interface RecorderOperator {
	readonly recorder: RecorderOwnerCalls;
}

/** What the owner asks of the recorder. */
export interface RecorderOwnerCalls {
	record(key: CameraKey, duration: Millis): boolean;
	stop(key: CameraKey): boolean;
	setMode(key: CameraKey, mode: string): ApiAnswer;
}

/** The longest recording on demand. */
const SECONDS_MAX: Seconds = 86_400;

type Form = ReadonlyMap<string, string>;

const REFUSALS: ApiOperation<never>["refusals"] = Object.freeze([[404, "there is no such camera"] as const]);

/** The operations by which the owner records cameras. */
export const RECORDER_OPERATIONS: readonly ApiOperation<RecorderOperator>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/record",
		need: "owner",
		refusals: REFUSALS,
		about: "Records a camera for some time from now, whatever its mode.",
		fields: Object.freeze([
			Object.freeze({ name: "seconds", type: "number", about: "1 to 86400", example: 600, needed: true }),
		]),
		run: ({ recorder }: RecorderOperator, form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer => {
			const seconds = parseDigits(form.get("seconds") ?? "", 5) ?? 0;
			if (seconds < 1 || seconds > SECONDS_MAX) return { fault: RECORDER_MESSAGES.duration(SECONDS_MAX) };
			return recorder.record(key, seconds * 1000) ? DONE : NO_CAMERA;
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/stop",
		need: "owner",
		refusals: REFUSALS,
		about: "Ends a recording that was asked for. Recording by the camera's mode goes on.",
		run: ({ recorder }: RecorderOperator, _form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			recorder.stop(key) ? DONE : NO_CAMERA,
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/recordings/{key}/mode",
		need: "owner",
		refusals: REFUSALS,
		about: "Sets when a camera is recorded: continuous, scheduled, event, demand or off.",
		conflict: "too many cameras have a mode of their own",
		fields: Object.freeze([
			Object.freeze({
				name: "mode",
				type: "string",
				about: "continuous, scheduled, event, demand or off",
				example: "event",
				needed: true,
			}),
		]),
		run: ({ recorder }: RecorderOperator, form: Form, _request: SiteRequest, [key]: readonly string[]): ApiAnswer =>
			recorder.setMode(key, form.get("mode") ?? ""),
	}),
]);

const NO_CAMERA: ApiAnswer = Object.freeze({ fault: RECORDER_MESSAGES.noCamera, status: 404 });
