import type { FrameSource } from "../../../src/ports/camera";
import type { Clock } from "../../../src/ports/clock";
import type { Log } from "../../../src/ports/log";
import { type Motion, NO_MOTION } from "../../../src/ports/motion";
import { NO_SWITCH, type Switch } from "../../../src/ports/pins";
import { isPinned } from "../adapters/pinned-buffers";
import { cameraOf, parseSize } from "./device-settings";
import { GpioSwitch } from "./gpio-switch";
import { NativeCameras, NativeLines, NativePulses, NativeTimer, nativeService } from "./native-drivers";
import { parsePin } from "./pin-choice";
import { ServiceNotifier } from "./service-notifier";
import { parseServo } from "./servo-choice";
import { ServoDrive } from "./servo-drive";
import { V4l2Source } from "./v4l2-source";

/** Gives the text of a setting, or its default. */
type TextOf = (name: string) => string;

/** Opens the camera that `--source` names. @returns `undefined` when it names no camera but a file or the like */
export function openCamera(textOf: TextOf, clock: Clock): FrameSource | undefined {
	const device = cameraOf(textOf("source"));
	if (device === undefined) return undefined;
	const size = parseSize(textOf("size")) ?? { width: 0, height: 0 };
	const choice = { device, ...size, fps: Number(textOf("fps")), quality: Number(textOf("quality")) };
	return new V4l2Source(new NativeCameras(), choice, clock, new NativeTimer(), isPinned);
}

/** Opens the switch of IMG-7, or gives the null object. @throws Error in words */
export function openSwitch(textOf: TextOf, log: Log): Switch {
	const pin = parsePin(textOf("switch-pin"));
	return pin === undefined ? NO_SWITCH : new GpioSwitch(new NativeLines(), pin, log);
}

/** Opens the servos of IMG-18, or gives the null object. @throws Error in words */
export function openMotion(textOf: TextOf, log: Log): Motion {
	const pan = parseServo(textOf("pan-servo"));
	const tilt = parseServo(textOf("tilt-servo"));
	return pan === undefined && tilt === undefined ? NO_MOTION : new ServoDrive(new NativePulses(), pan, tilt, log);
}

/** Who is to be told that the camera runs, is well, or leaves. */
export function openNotifier(): ServiceNotifier {
	return new ServiceNotifier(nativeService, new NativeTimer());
}
