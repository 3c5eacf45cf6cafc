import KeyValue from "embedded:storage/key-value";
import config from "mc/config";
import MDNS from "mdns";
import "system";
import { drawPassword } from "../../src/app/access/first-login";
import { firstPassword } from "../../src/app/access/first-password";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { TolerantStore } from "../../src/app/tolerant-store";
import { CheckedStore, type KeyValueStorage } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { LineLog } from "../../src/ports/line-log";
import type { Log } from "../../src/ports/log";
import { type Motion, NO_MOTION } from "../../src/ports/motion";
import { NO_SWITCH, type Switch } from "../../src/ports/pins";
import { settingsOfConfig } from "../sdk/config-settings";
import { EngineRandom } from "../sdk/engine-random";
import { Time, Timer } from "../sdk/sdk-classes";
import { SdkClock } from "../sdk/sdk-clock";
import { SdkNetwork } from "../sdk/sdk-network";
import { SdkServiceAdvertiser } from "../sdk/sdk-service-advertiser";
import { BoundedUdpSocket } from "./bounded-udp-socket";
import { endSetup, isFirstSetup, keepSetup } from "./first-setup";
import { macTail, stationPaths } from "./interface-info";
import { PinSwitch } from "./pin-switch";
import { SensorCamera } from "./sensor-camera";
import { serialLine } from "./serial-line";
import { ServoMotion } from "./servo-motion";
import { SetupPortal } from "./setup-portal";
import { readCredentials } from "./wifi-credentials";
import { WifiStation } from "./wifi-station";

/** After this long without joining the network, the set-up page opens … */
const JOIN_MAX = 120_000;
/** … for this long; then the camera tries again, because the router may only have been slow to start. */
const SETUP_MAX = 300_000;
/** Defaults that suit a board, in place of the general ones. */
const DEFAULTS = Object.freeze({ connections: "12", "connections-per-address": "8" });

/** The entry `porthole` of a board's manifest. A missing pin means that the board lacks the hardware. */
interface Board {
	readonly model: string;
	readonly width: number;
	readonly height: number;
	readonly switchPin?: number;
	readonly servos?: { panPin: number; tiltPin: number; panLimit: number; tiltLimit: number };
	/** Password of the camera's own network at set-up; absent: it is open. */
	readonly setupPassword?: string;
}

/**
 * Runs one camera on an ESP32 board: joins the home's network, or asks for it.
 * @param extras parts that this board has room for
 * @param defaults of their settings, in place of the general ones
 */
export function runBoard(extras: readonly ExtraPart[], defaults: Readonly<Record<string, string>>): void {
	const log = new LineLog("info", serialLine);
	const clock = new SdkClock();
	const store = new CheckedStore(KeyValue.open({ path: "porthole", format: "string" }) as KeyValueStorage);
	const network = new SdkNetwork(stationPaths, (options, sink) => new BoundedUdpSocket(options, sink));
	const board = config.porthole as Board;
	const random = new EngineRandom();
	const settings = settingsOfConfig(config, { ...DEFAULTS, ...defaults }, log, store, cameraSchema(extras));
	const setup = (): void => {
		const options = {
			ssid: `Porthole-${macTail()}`,
			password: board.setupPassword ?? "",
			drawPassword: isFirstSetup(store, settings) ? () => drawPassword(random) : undefined,
		};
		new SetupPortal(clock, network, log, options, (choice) => {
			keepSetup(store, random, settings, choice);
			System.restart();
		}).start();
	};
	const credentials = readCredentials(store);
	if (credentials === undefined) {
		setup();
		return;
	}
	const station = new WifiStation(credentials, log, () => {
		endSetup(new TolerantStore(store, log));
		new Camera(
			{
				network,
				clock,
				random,
				store,
				log,
				source: new SensorCamera(clock, board.width, board.height),
				motion: motionOf(board, log),
				switch: switchOf(board),
				floating: NO_FLOATING_ADDRESS,
				services: new SdkServiceAdvertiser(MDNS),
				model: board.model,
				tellPassword: (password) => log.write("warn", "web", firstPassword(password)),
				restart: () => System.restart(),
				setTime: (utc) => Time.set(Math.round(utc / 1000)),
			},
			settings,
			extras,
		).start();
	});
	station.start();
	Timer.set(() => {
		if (station.hasJoined) return;
		log.write(
			"warn",
			"wifi",
			`"${credentials.ssid}" did not admit the camera within two minutes; opening the set-up page`,
		);
		station.stop();
		setup();
		Timer.set(() => System.restart(), SETUP_MAX);
	}, JOIN_MAX);
}

function motionOf(board: Board, log: Log): Motion {
	if (board.servos === undefined) return NO_MOTION;
	try {
		return new ServoMotion(board.servos);
	} catch (error) {
		log.write("error", "motion", (error as Error).message);
		return NO_MOTION;
	}
}

function switchOf(board: Board): Switch {
	return board.switchPin === undefined ? NO_SWITCH : new PinSwitch(board.switchPin);
}
