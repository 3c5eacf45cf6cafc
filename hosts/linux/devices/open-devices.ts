import type { FrameSource, UnitSource } from "../../../src/ports/camera";
import type { Clock } from "../../../src/ports/clock";
import type { Log } from "../../../src/ports/log";
import { type Motion, NO_MOTION } from "../../../src/ports/motion";
import { NO_SWITCH, type Switch } from "../../../src/ports/pins";
import type { ValuesOf } from "../../../src/settings/schema";
import { isPinned } from "../adapters/pinned-buffers";
import { cameraOf, type DEVICE_SCHEMA, parseSize } from "./device-settings";
import { GpioSwitch } from "./gpio-switch";
import { NativeCameras, NativeLines, NativePulses, NativeTimer, nativeService } from "./native-drivers";
import { parsePin } from "./pin-choice";
import { ServiceNotifier } from "./service-notifier";
import { parseServo } from "./servo-choice";
import { ServoDrive } from "./servo-drive";
import { V4l2Source } from "./v4l2-source";
import { V4l2Units } from "./v4l2-units";

/** The settings that choose devices. */
type DeviceSettings = ValuesOf<typeof DEVICE_SCHEMA>;

/** Opens the camera that `--source` names. @returns `undefined` when it names no camera but a file or the like */
export function openCamera(
	{ source, size, fps, quality }: DeviceSettings & { readonly source: string; readonly fps: number },
	clock: Clock,
): FrameSource | undefined {
	const device = cameraOf(source);
	if (device === undefined) return undefined;
	const choice = { device, ...(parseSize(size) ?? { width: 0, height: 0 }), fps, quality };
	const unitsOf = (path: string): UnitSource =>
		new V4l2Units(new NativeCameras(), { ...choice, device: path, h264: true }, clock, new NativeTimer(), isPinned);
	return new V4l2Source(new NativeCameras(), choice, clock, new NativeTimer(), isPinned, unitsOf);
}

/** Opens the switch of IMG-7, or gives the null object. @throws Error with a message for users */
export function openSwitch({ switchPin }: DeviceSettings, log: Log): Switch {
	const pin = parsePin(switchPin);
	return pin === undefined ? NO_SWITCH : new GpioSwitch(new NativeLines(), pin, log);
}

/** Opens the servos of IMG-18, or gives the null object. @throws Error with a message for users */
export function openMotion({ panServo, tiltServo }: DeviceSettings, log: Log): Motion {
	const pan = parseServo(panServo);
	const tilt = parseServo(tiltServo);
	return pan === undefined && tilt === undefined ? NO_MOTION : new ServoDrive(new NativePulses(), pan, tilt, log);
}

/** Connects to the service manager, which watches whether the camera runs. */
export function openNotifier(): ServiceNotifier {
	return new ServiceNotifier(nativeService, new NativeTimer());
}
