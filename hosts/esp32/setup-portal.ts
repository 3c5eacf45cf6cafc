import WiFi from "wifi";
import { Pump } from "../../src/core/pump";
import type { Millis } from "../../src/core/time";
import type { HttpServer } from "../../src/http/http-server";
import type { Clock } from "../../src/ports/clock";
import type { Log } from "../../src/ports/log";
import type { ListenerSink, NetFailure, Stream, StreamSink } from "../../src/ports/net";
import { Timer } from "../sdk/sdk-classes";
import type { SdkNetwork } from "../sdk/sdk-network";
import type { SetupChoice } from "./first-setup";
import { setupServer } from "./setup-page";

/** The response needs a moment to reach the phone before the camera leaves its own network. */
const ANSWER: Millis = 1500;

/** How the camera's own network is opened. */
export interface SetupOptions {
	/** Name of the network, and title of the page. */
	readonly ssid: string;
	/** Empty: an open network. */
	readonly password: string;
	/** Draws the owner's password for a first set-up, once the radio is on; `undefined` at a later one. */
	readonly drawPassword: (() => string) | undefined;
}

/**
 * Opens a wireless network of the camera's own with one page, which asks for the home's network.
 *
 * For the first start, and for when the camera cannot join the chosen network.
 */
export class SetupPortal implements ListenerSink {
	private readonly pump: Pump;
	private server: HttpServer | undefined;

	/** @param done receives the choices, once */
	constructor(
		private readonly clock: Clock,
		private readonly network: SdkNetwork,
		private readonly log: Log,
		private readonly options: SetupOptions,
		private readonly done: (choice: SetupChoice) => void,
	) {
		this.pump = new Pump(clock);
	}

	/** Opens the network and the page, for good: a restart ends it. */
	start(): void {
		const { ssid, password, drawPassword } = this.options;
		WiFi.mode = WiFi.Mode.accessPoint;
		WiFi.accessPoint(password === "" ? { ssid, max: 4 } : { ssid, password, max: 4 });
		this.server = setupServer(ssid, this.clock, drawPassword?.(), (choice) => {
			Timer.set(() => this.done(choice), ANSWER);
		});
		this.network.listen({ port: 80 }, this);
		this.log.write("info", "setup", `join the Wi-Fi network "${ssid}" and open http://192.168.4.1/`);
	}

	opened(): void {}

	accepted(stream: Stream): StreamSink | undefined {
		const connection = this.server?.accept(
			this.pump.now(),
			stream.remoteAddress,
			stream.localAddress,
			stream.localPort,
		);
		return connection === undefined ? undefined : this.pump.addStream(connection).attach(stream);
	}

	failed(why: NetFailure, detail: string): void {
		this.log.write("error", "setup", `port 80: ${why}: ${detail}`);
	}
}
