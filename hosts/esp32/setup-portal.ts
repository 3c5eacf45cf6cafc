import WiFi from "wifi";
import { StreamBinding } from "../../src/app/stream-binding";
import { Pump } from "../../src/core/pump";
import type { Millis } from "../../src/core/time";
import type { Clock } from "../../src/ports/clock";
import type { Log } from "../../src/ports/log";
import type { ListenerSink, NetFailure, Stream, StreamSink } from "../../src/ports/net";
import type { HttpServer } from "../../src/web/http-server";
import { Timer } from "../xs/sdk/sdk-classes";
import type { SdkNetwork } from "../xs/sdk/sdk-network";
import { setupServer } from "./setup-page";
import type { WifiCredentials } from "./wifi-credentials";

/** The answer needs a moment to reach the phone before the camera leaves its own network. */
const ANSWER: Millis = 1500;

/** How the camera's own network is opened. */
export interface SetupOptions {
	/** Name of the network, and title of the page. */
	readonly ssid: string;
	/** Empty: an open network. */
	readonly password: string;
}

/**
 * Opens a wireless network of the camera's own with one page, which asks for the home's network.
 *
 * For the first start, and for when the network that was chosen does not let the camera in.
 */
export class SetupPortal implements ListenerSink {
	private readonly pump: Pump;
	private readonly server: HttpServer;

	/** @param done takes what was chosen, once */
	constructor(
		clock: Clock,
		private readonly network: SdkNetwork,
		private readonly log: Log,
		private readonly options: SetupOptions,
		done: (credentials: WifiCredentials) => void,
	) {
		this.pump = new Pump(clock);
		let chosen = false;
		this.server = setupServer(
			options.ssid,
			() => clock.utc(),
			(credentials) => {
				if (chosen) return;
				chosen = true;
				Timer.set(() => done(credentials), ANSWER);
			},
		);
	}

	/** Opens the network and the page, for good: a restart ends it. */
	start(): void {
		const { ssid, password } = this.options;
		WiFi.mode = WiFi.Mode.accessPoint;
		WiFi.accessPoint(password === "" ? { ssid, max: 4 } : { ssid, password, max: 4 });
		this.network.listen({ port: 80 }, this);
		this.log.write("info", "setup", `join the Wi-Fi network "${ssid}" and open http://192.168.4.1/`);
	}

	opened(): void {}

	accepted(stream: Stream): StreamSink | undefined {
		const connection = this.server.accept(this.pump.now(), stream.remoteAddress, stream.localAddress, stream.localPort);
		return connection === undefined ? undefined : new StreamBinding(this.pump, connection).attach(stream);
	}

	failed(why: NetFailure, detail: string): void {
		this.log.write("error", "setup", `port 80: ${why}: ${detail}`);
	}
}
