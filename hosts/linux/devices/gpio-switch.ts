import type { Log } from "../../../src/ports/log";
import type { Switch } from "../../../src/ports/pins";
import type { PinChoice } from "./pin-choice";

/** A line of a GPIO chip: the native class `porthole:gpio`, or a fake in a test. */
export interface InputLine {
	/** The last known value; true: on. */
	readonly value: boolean;
	close(): void;
}

/** Opens input lines. */
export interface LineDriver {
	/**
	 * Opens a line, debounced by the kernel.
	 * @param changed called after each change
	 * @param lost called once when the chip is gone; the line keeps its last value
	 * @throws Error with a message for users
	 */
	open(choice: PinChoice, changed: () => void, lost: (words: string) => void): InputLine;
}

/** A manual switch on a GPIO pin (IMG-7). */
export class GpioSwitch implements Switch {
	private readonly line: InputLine;
	private changed: (() => void) | undefined;

	/** @throws Error with a message for users, when the line cannot be opened */
	constructor(driver: LineDriver, choice: PinChoice, log: Log) {
		this.line = driver.open(
			choice,
			() => this.changed?.(),
			(words) => log.write("error", "switch", `${words}; it stays ${this.on ? "on" : "off"}`),
		);
	}

	get on(): boolean {
		return this.line.value;
	}

	watch(changed: () => void): void {
		this.changed = changed;
	}
}
