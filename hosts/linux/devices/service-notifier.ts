import type { Millis } from "../../../src/core/time";
import type { DeviceTimer } from "./device-timer";

/** The service manager: the native module `porthole:service`, or a fake in a test. */
export interface ServiceManager {
	/** Milliseconds within which it expects a keep-alive; 0: never. */
	readonly watchdog: Millis;
	/** Sends a state; lost when there is no service manager. */
	notify(state: string): void;
}

/**
 * Tells the service manager that the camera is ready, alive or stopping.
 *
 * Keep-alives come from the event loop that does all the work, so a program that hangs is restarted.
 * @see sd_notify(3), sd_watchdog_enabled(3)
 */
export class ServiceNotifier {
	constructor(
		private readonly manager: ServiceManager,
		private readonly timer: DeviceTimer,
	) {}

	/** The camera is ready. Keep-alives follow automatically. */
	ready(): void {
		this.manager.notify("READY=1");
		this.live();
	}

	/** The camera starts to shut down, which may take some seconds. */
	stopping(): void {
		this.timer.clear();
		this.manager.notify("STOPPING=1");
	}

	private live(): void {
		const { watchdog } = this.manager;
		if (watchdog <= 0) return;
		this.manager.notify("WATCHDOG=1");
		// Twice as often as required, as the manual recommends.
		this.timer.set(Math.floor(watchdog / 2), () => this.live());
	}
}
