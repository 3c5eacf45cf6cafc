/*
 * Runs inside XS: tries the native classes of devices as commands say, and prints lines of JSON.
 *
 *   camera FOLDER FRAMES   takes frames, looks at their memory, releases them; counts slots and chunks a frame
 *   units FOLDER PICTURES  takes frames, and H.264 from the camera's other node; counts slots and chunks a picture
 *   keep FOLDER            closes a camera while its frames are held, looks at the memory before and after their release
 *   leak FOLDER            forgets cameras without closing them
 *   refuse FOLDER          prints the errors for missing devices
 *   gpio CHIP, pwm FOLDER, service SOCKET
 */
import Camera from "porthole:camera";
import process from "porthole:process";
import { GpioSwitch } from "../../../../../hosts/linux/devices/gpio-switch";
import {
	NativeCameras,
	NativeLines,
	NativePulses,
	NativeTimer,
	nativeService,
} from "../../../../../hosts/linux/devices/native-drivers";
import { ServiceNotifier } from "../../../../../hosts/linux/devices/service-notifier";
import { ServoDrive } from "../../../../../hosts/linux/devices/servo-drive";
import { V4l2Source } from "../../../../../hosts/linux/devices/v4l2-source";
import { V4l2Units } from "../../../../../hosts/linux/devices/v4l2-units";

const [command, place, number] = process.arguments;
const choice = { device: "", width: 640, height: 480, fps: 200, quality: 80 };
const log = { write: (level, area, text) => say({ level, area, text }) };

function say(what) {
	process.print(`${JSON.stringify(what)}\n`);
}

function wordsOf(call) {
	try {
		call();
		return "";
	} catch (error) {
		return error.message;
	}
}

class Clock {
	at = 0;
	now() {
		return this.at++;
	}
	utc() {
		return undefined;
	}
}

/** Sees whether the frames are what the camera was given, and leaves no trace of its own in the heap. */
class Checker {
	count = 0;
	good = 0;
	views = new Set();
	slots = 0;
	chunks = 0;
	constructor(wanted, done) {
		this.wanted = wanted;
		this.done = done;
	}
	frame(frame) {
		const { bytes, start, end } = frame;
		this.views.add(bytes);
		if (bytes[start] === 0xff && bytes[start + 1] === 0xd8 && bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9)
			this.good++;
		bytes[start - 128] = 1;
		bytes[end + 63] = 2;
		frame.release();
		this.count++;
		if (this.count === 1) process.error("first frame\n");
		if (this.count === 20) {
			process.collect();
			this.slots = process.slots;
			this.chunks = process.chunks;
		}
		if (this.count === this.wanted) this.done();
	}
	trouble(words) {
		// Without end until it was unplugged and plugged in again: then so many more.
		if (words === undefined && this.wanted === Infinity) this.wanted = this.count + 300;
		say({ trouble: words ?? null });
	}
}

function tryCamera() {
	const cameras = new NativeCameras(place);
	const source = new V4l2Source(cameras, choice, new Clock(), new NativeTimer(), () => false);
	const checker = new Checker(Number(number), () => {
		const slots = process.slots - checker.slots;
		const chunks = process.chunks - checker.chunks;
		source.stop();
		const between = checker.count - 20;
		say({
			description: source.description,
			good: checker.good,
			count: checker.count,
			views: checker.views.size,
			slots: slots / between,
			chunks: chunks / between,
		});
		process.exit(0);
	});
	process.collect();
	source.start(checker);
}

function tryUnits() {
	const clock = new Clock();
	const wish = (device) => ({ ...choice, device, h264: true });
	const unitsOf = (path) => new V4l2Units(new NativeCameras(place), wish(path), clock, new NativeTimer(), () => false);
	const source = new V4l2Source(new NativeCameras(place), choice, clock, new NativeTimer(), () => false, unitsOf);
	let frames = 0;
	let units = 0;
	let keys = 0;
	let sum = 0;
	let slots = 0;
	let chunks = 0;
	const sink = {
		unit(unit) {
			const { bytes, start, end, isKey, sequence } = unit;
			units++;
			if (isKey) keys++;
			sum += end - start;
			if (units === 20) {
				process.collect();
				slots = process.slots;
				chunks = process.chunks;
			}
			if (units === Number(number)) {
				const between = units - 20;
				say({
					...{ description: source.h264.description, keys, sum, sequence, first: bytes[start + 4] },
					...{ slots: (process.slots - slots) / between, chunks: (process.chunks - chunks) / between },
					...{ sets: source.h264.parameterSets.map((set) => set[0] & 31), frames: frames > 0 },
				});
				process.exit(0);
			}
			unit.release();
		},
		trouble(words) {
			say({ trouble: words ?? null });
		},
	};
	source.start({
		frame(frame) {
			frame.release();
			frames++;
			if (frames === 1) source.h264.start(sink);
			// Frames would be counted too.
			if (frames === 2) source.stop();
		},
		trouble(words) {
			say({ trouble: words ?? null });
		},
	});
}

function tryKeep() {
	const camera = new Camera({
		...choice,
		folder: place,
		onReadable() {
			const slot = camera.grab();
			if (slot < 0) return;
			const memory = camera.memory(slot);
			const view = new Uint8Array(memory);
			const [start, sequence] = [camera.start, camera.sequence];
			const { quality } = camera;
			camera.setQuality(35);
			camera.close();
			camera.close();
			say({ quality: [quality, camera.quality], wrong: wordsOf(() => camera.setQuality(101)) });
			say({ sequence, afterClose: view[start], none: camera.grab(), other: wordsOf(() => camera.memory(slot + 1)) });
			camera.release(slot);
			camera.release(slot);
			camera.release(-1);
			camera.release(1e6);
			say({ afterRelease: view[start] ?? null, again: wordsOf(() => camera.memory(slot)) });
			say({ foreign: wordsOf(() => Camera.prototype.grab.call({})) });
		},
	});
}

function tryLeak() {
	let cameras = 0;
	const timer = new NativeTimer();
	const open = () => {
		let view;
		const camera = new Camera({
			...choice,
			folder: place,
			onReadable() {
				const slot = camera.grab();
				if (slot < 0) return;
				view ??= new Uint8Array(camera.memory(slot));
				camera.close();
				process.collect();
				const intact = view[camera.start] === 0xff;
				view = undefined;
				cameras++;
				if (cameras < 30) timer.set(0, open);
				else say({ cameras, intact });
			},
		});
	};
	open();
}

function tryRefuse() {
	const camera = { ...choice, onReadable() {} };
	say({
		camera: wordsOf(() => new Camera({ ...camera, folder: place })),
		path: wordsOf(() => new Camera({ ...camera, device: "/nowhere/video0" })),
		size: wordsOf(() => new Camera({ ...camera, width: -1 })),
		quality: wordsOf(() => new Camera({ ...camera, quality: 101 })),
		gpio: wordsOf(() => new NativeLines().open({ chip: "/nowhere/gpiochip0", line: "3", bias: "as-is" })),
		pwm: wordsOf(() => new NativePulses(place).open(9, 0, 20_000_000)),
	});
}

function tryGpio() {
	const pin = { chip: place, line: "SWITCH", bias: "pull-up", activeLow: true };
	const gpio = new GpioSwitch(new NativeLines(), pin, log);
	say({ on: gpio.on });
	gpio.watch(() => say({ on: gpio.on }));
}

function tryPwm() {
	const servo = { chip: 0, channel: 0, shortest: 1000, longest: 2000, degrees: 90, reversed: false };
	const drive = new ServoDrive(new NativePulses(place), servo, undefined, log);
	drive.moveTo(45, 0);
	say({ pan: drive.pan, limit: drive.panLimit });
	process.exit(0);
}

function tryService() {
	let keepAlives = 0;
	const begun = Date.now();
	const stop = () => {
		notifier.stopping();
		say({ took: Date.now() - begun });
	};
	const manager = {
		watchdog: nativeService.watchdog,
		notify(state) {
			nativeService.notify(state);
			if (state === "WATCHDOG=1" && ++keepAlives === 3) new NativeTimer().set(0, stop);
		},
	};
	const notifier = new ServiceNotifier(manager, new NativeTimer());
	notifier.ready();
}

const commands = {
	camera: tryCamera,
	units: tryUnits,
	keep: tryKeep,
	leak: tryLeak,
	refuse: tryRefuse,
	gpio: tryGpio,
	pwm: tryPwm,
	service: tryService,
};
commands[command]();
