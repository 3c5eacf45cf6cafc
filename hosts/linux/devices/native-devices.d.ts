/** The native classes of devices, as C gives them. @see class-camera.c and its neighbours */

declare module "porthole:camera" {
	import type { LentCamera } from "./camera-driver";
	interface Options {
		readonly device: string;
		/** The folder with the devices. @default "/dev" */
		readonly folder?: string;
		readonly width: number;
		readonly height: number;
		readonly fps: number;
		readonly quality: number;
		/** 1: H.264. */
		readonly h264?: number;
		/** File of libjpeg-turbo. */
		readonly encoder?: string;
		onReadable(): void;
	}
	/** A V4L2 camera. The constructor throws Error with a message for users. */
	const Camera: new (options: Options) => LentCamera & { readonly copied: number; readonly broken: number };
	export default Camera;
}

declare module "porthole:jpeg-scaler" {
	/** Makes small copies of pictures in a thread. The constructor throws Error where libjpeg-turbo is missing. */
	const JpegScaler: new (options: {
		/** File of libjpeg-turbo. */
		readonly library?: string;
	}) => {
		/** Copies the picture. @param listener called later; without a picture when it can't be scaled */
		scale(
			bytes: Uint8Array,
			start: number,
			end: number,
			width: number,
			listener: { scaled(jpeg: ArrayBuffer | undefined): void },
		): void;
	};
	export default JpegScaler;
}

declare module "porthole:device-watch" {
	/** Reports device nodes whose names start with `prefix` that appear, disappear or get other permissions. */
	const DeviceWatch: new (options: {
		readonly folder: string;
		readonly prefix: string;
		onChanged(): void;
	}) => {
		close(): void;
	};
	export default DeviceWatch;
}

declare module "porthole:gpio" {
	interface Options {
		readonly chip: string;
		readonly line: string;
		/** 0 as it is, 1 pull-up, 2 pull-down, 3 none. */
		readonly bias: number;
		/** 1: on when the voltage is low. */
		readonly activeLow: number;
		/** Microseconds. @default 30000 */
		readonly debounce?: number;
		onChanged(): void;
		onError(words: string): void;
	}
	/** An input line. The constructor throws Error with a message for users. */
	const Gpio: new (options: Options) => { readonly value: boolean; close(): void };
	export default Gpio;
}

declare module "porthole:pwm" {
	interface Options {
		readonly chip: number;
		readonly channel: number;
		/** Nanoseconds. */
		readonly period: number;
		/** The folder with the chips. @default "/sys/class/pwm" */
		readonly folder?: string;
	}
	/** The signal of a servo. The constructor and `pulse` throw Error with a message for users. */
	const Pwm: new (options: Options) => { pulse(nanoseconds: number): void; close(): void };
	export default Pwm;
}

declare module "porthole:service" {
	/** The service manager (systemd). */
	const service: {
		notify(state: string): void;
		/** Milliseconds; 0: no keep-alives expected. */
		readonly watchdog: number;
	};
	export default service;
}
