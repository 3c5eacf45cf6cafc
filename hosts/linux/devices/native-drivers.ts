import Camera from "porthole:camera";
import DeviceWatch from "porthole:device-watch";
import Gpio from "porthole:gpio";
import Pwm from "porthole:pwm";
import service from "porthole:service";
import type { Millis } from "../../../src/core/time";
import { Timer } from "../adapters/timers";
import type { CameraChoice, CameraDriver, LentCamera } from "./camera-driver";
import type { DeviceTimer } from "./device-timer";
import type { InputLine, LineDriver } from "./gpio-switch";
import type { Bias, PinChoice } from "./pin-choice";
import type { ServiceManager } from "./service-notifier";
import type { PulseChannel, PulseDriver } from "./servo-drive";

/** How the native class counts biases. */
const BIASES: readonly Bias[] = Object.freeze(["as-is", "pull-up", "pull-down", "no-pull"]);

/** The cameras of this machine. */
export class NativeCameras implements CameraDriver {
	private watcher: { close(): void } | undefined;

	/** @param folder where device nodes are */
	constructor(private readonly folder: string = "/dev") {}

	open(choice: CameraChoice, readable: () => void): LentCamera {
		const { device, width, height, fps, quality, h264 = false } = choice;
		const format = h264 ? 1 : 0;
		return new Camera({ device, folder: this.folder, width, height, fps, quality, h264: format, onReadable: readable });
	}

	watch(changed: (() => void) | undefined): void {
		this.watcher?.close();
		this.watcher = undefined;
		if (changed === undefined) return;
		try {
			this.watcher = new DeviceWatch({ folder: this.folder, prefix: "video", onChanged: changed });
		} catch {
			// Without a watch a camera that comes back is found by the next try, within half a minute.
		}
	}
}

/** The GPIO lines of this machine. */
export class NativeLines implements LineDriver {
	open(choice: PinChoice, changed: () => void, lost: (words: string) => void): InputLine {
		const { chip, line, bias, activeLow } = choice;
		return new Gpio({
			chip,
			line,
			bias: BIASES.indexOf(bias),
			activeLow: activeLow ? 1 : 0,
			onChanged: changed,
			onError: lost,
		});
	}
}

/** The PWM channels of this machine. */
export class NativePulses implements PulseDriver {
	/** @param folder where the chips are */
	constructor(private readonly folder: string = "/sys/class/pwm") {}

	open(chip: number, channel: number, period: number): PulseChannel {
		return new Pwm({ chip, channel, period, folder: this.folder });
	}
}

/** A timer of the event loop. */
export class NativeTimer implements DeviceTimer {
	private timer: ReturnType<typeof Timer.set> | undefined;

	set(delay: Millis, ring: () => void): void {
		this.clear();
		this.timer = Timer.set(ring, delay);
	}

	clear(): void {
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = undefined;
	}
}

/** The service manager that started this program, if it did. */
export const nativeService: ServiceManager = service;
