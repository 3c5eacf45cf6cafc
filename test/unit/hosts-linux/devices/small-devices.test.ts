import assert from "node:assert/strict";
import { GpioSwitch, type InputLine, type LineDriver } from "../../../../hosts/linux/devices/gpio-switch";
import { type PinChoice, parsePin } from "../../../../hosts/linux/devices/pin-choice";
import { ServiceNotifier } from "../../../../hosts/linux/devices/service-notifier";
import { parseServo } from "../../../../hosts/linux/devices/servo-choice";
import { type PulseDriver, pulseOf, ServoDrive } from "../../../../hosts/linux/devices/servo-drive";
import { PanTilt } from "../../../../src/camera/pan-tilt";
import type { Log, LogLevel } from "../../../../src/ports/log";

class Lines implements Log {
	readonly lines: string[] = [];
	write(level: LogLevel, area: string, text: string): void {
		this.lines.push(`${level} ${area}: ${text}`);
	}
}

describe("hosts-linux/devices/pin-choice", () => {
	it("reads a line as people write it (IMG-7)", () => {
		const cases: readonly [string, PinChoice][] = [
			["gpiochip0/17", { chip: "/dev/gpiochip0", line: "17", bias: "as-is", activeLow: false }],
			["gpiochip4/GPIO17,low,pull-up", { chip: "/dev/gpiochip4", line: "GPIO17", bias: "pull-up", activeLow: true }],
			["gpiochip0/3,pull-down", { chip: "/dev/gpiochip0", line: "3", bias: "pull-down", activeLow: false }],
			["gpiochip0/a/b,no-pull,low", { chip: "/dev/gpiochip0", line: "a/b", bias: "no-pull", activeLow: true }],
		];
		for (const [text, pin] of cases) assert.deepEqual(parsePin(text), pin);
	});

	it("rejects anything else", () => {
		for (const text of [
			...["", "17", "gpiochip0", "gpiochip0/", "/17", "gpiochip/3", "gpiochip../3", "gpiochip0/../../etc/passwd\n"],
			...["gpiochip999/3", "gpiochip0/3,", "gpiochip0/3,up", "gpiochip0/3,low,low", "gpiochip0/3,pull-up,pull-down"],
			...[`gpiochip0/${"x".repeat(32)}`, "gpiochip0/a b", "gpiochip-1/3"],
		])
			assert.equal(parsePin(text), undefined, text);
	});
});

describe("hosts-linux/devices/gpio-switch", () => {
	class FakeLine implements LineDriver, InputLine {
		value = false;
		changed = () => {};
		lost = (_words: string) => {};
		open(_choice: PinChoice, changed: () => void, lost: (words: string) => void): InputLine {
			this.changed = changed;
			this.lost = lost;
			return this;
		}
		close(): void {}
	}
	const choice = parsePin("gpiochip0/17") as PinChoice;

	it("reports each change of the switch, and its loss (IMG-7)", () => {
		const line = new FakeLine();
		const log = new Lines();
		const gpio = new GpioSwitch(line, choice, log);
		const seen: boolean[] = [];
		line.changed();
		gpio.watch(() => seen.push(gpio.on));
		for (const value of [true, false, true]) {
			line.value = value;
			line.changed();
		}
		assert.deepEqual(seen, [true, false, true]);
		line.lost("the switch: the chip is gone");
		assert.deepEqual(log.lines, ["error switch: the switch: the chip is gone; it stays on"]);
		assert.equal(gpio.on, true);
	});
});

describe("hosts-linux/devices/servo-choice", () => {
	it("reads a servo as people write it (IMG-18)", () => {
		const standard = { chip: 0, channel: 1, shortest: 1000, longest: 2000, degrees: 90, reversed: false };
		assert.deepEqual(parseServo("0/1"), standard);
		assert.deepEqual(parseServo("2/3,500-2500,180,reversed"), {
			...{ chip: 2, channel: 3, shortest: 500, longest: 2500, degrees: 180, reversed: true },
		});
		assert.deepEqual(parseServo("0/1,reversed,60"), { ...standard, degrees: 60, reversed: true });
	});

	it("rejects pulses that could damage a servo, and malformed text", () => {
		for (const text of [
			...[
				"",
				"0",
				"0/",
				"/1",
				"0/1/2",
				"0/1,",
				"a/b",
				"0/1,2000-1000",
				"0/1,1500-1500",
				"0/1,100-2000",
				"0/1,1000-9000",
			],
			...[
				"0/1,0",
				"0/1,361",
				"0/1,90,90",
				"0/1,1000-2000,1000-2000",
				"0/1,1000-2000-3000",
				"0/1,back",
				"-1/0",
				"256/0",
			],
		])
			assert.equal(parseServo(text), undefined, text);
	});
});

describe("hosts-linux/devices/servo-drive", () => {
	class FakePulses implements PulseDriver {
		readonly pulses: string[] = [];
		readonly closed: string[] = [];
		refuse = "";
		broken = false;
		open(chip: number, channel: number, period: number) {
			const name = `${chip}/${channel}`;
			assert.equal(period, 20_000_000);
			if (name === this.refuse) throw new Error("no such channel");
			return {
				pulse: (nanoseconds: number) => {
					if (this.broken) throw new Error("the channel is gone");
					this.pulses.push(`${name} ${nanoseconds}`);
				},
				close: () => void this.closed.push(name),
			};
		}
	}
	const pan = parseServo("0/0,1000-2000,90");
	const tilt = parseServo("0/1,500-2500,60,reversed");
	let driver: FakePulses;

	beforeEach(() => {
		driver = new FakePulses();
	});

	it("looks straight ahead at first, then turns as requested, with right and up positive (IMG-18)", () => {
		const drive = new ServoDrive(driver, pan, tilt, new Lines());
		assert.deepEqual([drive.panLimit, drive.tiltLimit], [45, 30]);
		drive.moveTo(45, 30);
		drive.moveTo(-22.5, -15);
		assert.deepEqual(driver.pulses, [
			...["0/0 1500000", "0/1 1500000", "0/0 2000000", "0/1 500000", "0/0 1250000", "0/1 2000000"],
		]);
		assert.deepEqual([drive.pan, drive.tilt], [-22.5, -15]);
		drive.close();
		assert.deepEqual(driver.closed, ["0/0", "0/1"]);
	});

	it("never turns beyond its limits, whatever is asked for", () => {
		const drive = new ServoDrive(driver, pan, undefined, new Lines());
		for (const angle of [1e9, Infinity, -Infinity, NaN]) drive.moveTo(angle, angle);
		assert.deepEqual(driver.pulses.slice(1), ["0/0 2000000", "0/0 2000000", "0/0 1000000", "0/0 1000000"]);
		assert.deepEqual([drive.pan, drive.tilt, drive.tiltLimit], [-45, 0, 0]);
		assert.equal(pulseOf(parseServo("0/0") as NonNullable<typeof pan>, 1000), 2_000_000);
	});

	it("is turned at the speed that is set, a pulse for each step of 40 ms (IMG-18)", () => {
		const drive = new ServoDrive(driver, pan, tilt, new Lines());
		driver.pulses.length = 0;
		const options = { panLimit: 180, tiltLimit: 20, speed: 50, dwell: 10 };
		const panTilt = new PanTilt(drive, options, { read: () => undefined, write() {} });
		assert.deepEqual([panTilt.panLimit, panTilt.tiltLimit], [45, 20]);
		panTilt.moveTo(0, 45, 0);
		let now = 0;
		while (panTilt.deadline !== Infinity) {
			now = panTilt.deadline;
			panTilt.expire(now);
		}
		const pulses = driver.pulses.filter((pulse) => pulse.startsWith("0/0")).map((pulse) => Number(pulse.slice(4)));
		assert.deepEqual([pulses.length, pulses[0], pulses.at(-1), now], [23, 1_522_222, 2_000_000, 920]);
		for (let i = 1; i < pulses.length; i++) assert.ok(pulses[i] > pulses[i - 1] && pulses[i] - pulses[i - 1] < 22_300);
	});

	it("frees the first servo when the second cannot be opened, and logs a servo that fails", () => {
		driver.refuse = "0/1";
		assert.throws(() => new ServoDrive(driver, pan, tilt, new Lines()), /no such channel/);
		assert.deepEqual(driver.closed, ["0/0"]);
		driver.refuse = "";
		const log = new Lines();
		const drive = new ServoDrive(driver, pan, undefined, log);
		driver.broken = true;
		for (let pan = 0; pan < 25; pan++) drive.moveTo(pan, 0);
		assert.deepEqual(log.lines, ["error motion: the channel is gone"], "said once, not 25 times a second");
	});
});

describe("hosts-linux/devices/service-notifier", () => {
	class FakeTimer {
		delay = 0;
		ring: (() => void) | undefined;
		set(delay: number, ring: () => void): void {
			this.delay = delay;
			this.ring = ring;
		}
		clear(): void {
			this.ring = undefined;
		}
	}

	it("reports that it is ready, sends a keep-alive twice per watchdog period, and reports that it stops", () => {
		const told: string[] = [];
		const timer = new FakeTimer();
		const notifier = new ServiceNotifier({ watchdog: 30_000, notify: (state) => void told.push(state) }, timer);
		notifier.ready();
		assert.equal(timer.delay, 15_000);
		timer.ring?.();
		timer.ring?.();
		notifier.stopping();
		assert.equal(timer.ring, undefined);
		assert.deepEqual(told, ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]);
	});

	it("sends no keep-alive when there is no watchdog", () => {
		const told: string[] = [];
		const timer = new FakeTimer();
		new ServiceNotifier({ watchdog: 0, notify: (state) => void told.push(state) }, timer).ready();
		assert.deepEqual([told, timer.ring], [["READY=1"], undefined]);
	});
});
