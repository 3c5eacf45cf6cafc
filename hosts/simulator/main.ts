import config from "mc/config";
// biome-ignore lint/style/useNodejsImportProtocol: the SDK has a module of that name
import Net from "net";
import Preference from "preference";
import { firstPassword } from "../../src/app/access/first-password";
import { Camera, cameraSchema } from "../../src/app/camera/camera";
import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../src/app/stream/small-rtsp";
import type { Path } from "../../src/core/path";
import { CheckedStore } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { LineLog } from "../../src/ports/line-log";
import { NO_MOTION } from "../../src/ports/motion";
import { NO_SWITCH } from "../../src/ports/pins";
import { NO_SERVICE_ADVERTISER } from "../../src/ports/service-advertiser";
import { settingsOfConfig, tellReplaced } from "../sdk/config-settings";
import { SdkClock } from "../sdk/sdk-clock";
import { SdkNetwork } from "../sdk/sdk-network";
import { ResourceSource } from "./resource-source";
import { SystemRandom } from "./system-random";

/** Where the simulator keeps its camera's identity. */
const DOMAIN = "porthole";
/** Pictures a second that the SDK's sockets on a PC can send to one viewer. */
const FPS = 8;
/** The simulator's own defaults: few connections, as on a board; broadcasts and groups do not work there. */
const DEFAULTS = Object.freeze({
	delivery: "unicast",
	connections: "16",
	"connections-per-address": "12",
	...SMALL_RTSP_DEFAULTS,
});
/** As on a board with enough room. */
const EXTRAS = Object.freeze([SMALL_RTSP_SERVER]);

/** The first address that the SDK finds; it does not say which interface it is on, so the usual prefix is assumed. */
function interfaces(): readonly Path[] {
	const address = Net.get("IP");
	return address === undefined ? [] : [{ name: "net", address, prefix: 24 }];
}

/** Runs one camera inside the Moddable simulator. */
export default function main(): void {
	const log = new LineLog("info", trace);
	const clock = new SdkClock();
	const store = new CheckedStore({
		read: (key) => textOf(Preference.get(DOMAIN, key)),
		write: (key, value) => Preference.set(DOMAIN, key, value),
		delete: (key) => Preference.delete(DOMAIN, key),
	});
	const schema = cameraSchema(EXTRAS);
	const settings = settingsOfConfig(config, DEFAULTS, log, store, schema);
	tellReplaced(config, log, store, schema);
	const camera = new Camera(
		{
			network: new SdkNetwork(interfaces),
			clock,
			random: new SystemRandom(),
			store,
			log,
			source: new ResourceSource(clock, FPS),
			motion: NO_MOTION,
			switch: NO_SWITCH,
			floating: NO_FLOATING_ADDRESS,
			// The sockets on a PC have no multicast, and one that fails to join a group closes the descriptor 0.
			services: NO_SERVICE_ADVERTISER,
			model: "simulator",
			tellPassword: (password) => trace(`${firstPassword(password)}\n`),
		},
		settings,
		EXTRAS,
	);
	camera.start();
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
