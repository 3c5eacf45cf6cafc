import WiFi from "wifi";
import type { Millis } from "../../src/core/time";
import type { Log } from "../../src/ports/log";
import { Timer } from "../sdk/sdk-classes";
import type { WifiCredentials } from "./wifi-credentials";

/** Between two tries to join. */
const RETRY: Millis = 5000;

/** Joins the home's wireless network, and joins it again whenever it is lost. */
export class WifiStation {
	private joined = false;
	/** Keeps a reference, because a collected monitor reports nothing. */
	private wifi: WiFi | undefined;

	/**
	 * @param onJoined called once, when there is an address for the first time
	 */
	constructor(
		private readonly credentials: WifiCredentials,
		private readonly log: Log,
		private readonly onJoined: () => void,
	) {}

	/** True once there was an address. */
	get hasJoined(): boolean {
		return this.joined;
	}

	/** Starts to join. */
	start(): void {
		WiFi.mode = WiFi.Mode.station;
		this.wifi = new WiFi(undefined, (message) => this.told(message));
		this.join();
	}

	/** Gives up, before the camera opens a network of its own. */
	stop(): void {
		this.wifi?.close();
		this.wifi = undefined;
		WiFi.connect();
	}

	private join(): void {
		if (this.wifi === undefined) return;
		const { ssid, password } = this.credentials;
		WiFi.connect(password === "" ? { ssid } : { ssid, password });
	}

	private told(message: string): void {
		if (message === WiFi.gotIP) {
			this.log.write("info", "wifi", `joined "${this.credentials.ssid}"`);
			if (this.joined) return;
			this.joined = true;
			this.onJoined();
		} else if (message === WiFi.disconnected) {
			this.log.write("warn", "wifi", `"${this.credentials.ssid}" is unavailable or rejects the camera; trying again`);
			Timer.set(() => this.join(), RETRY);
		}
	}
}
