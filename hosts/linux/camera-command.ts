import KeyValue from "embedded:storage/key-value";
import files from "porthole:files";
import process from "porthole:process";
import { firstPassword } from "../../src/app/access/first-password";
import { Camera } from "../../src/app/camera/camera";
import { startSettings } from "../../src/app/start-settings";
import { OpenApiPart } from "../../src/app/system/open-api-part";
import { hostNamesOf } from "../../src/base/host-label";
import { utf8Decode } from "../../src/base/text";
import { CheckedStore } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { LineLog } from "../../src/ports/line-log";
import type { LogLevel } from "../../src/ports/log";
import { NO_SERVICE_ADVERTISER } from "../../src/ports/service-advertiser";
import { gatherFrom, textOf, UsageError } from "../../src/settings/options";
import { LinuxClock } from "./adapters/clock";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxRandom } from "./adapters/random";
import { Timer } from "./adapters/timers";
import { openCamera, openMotion, openNotifier, openSwitch } from "./devices/open-devices";
import { LINUX_SETTINGS } from "./linux-settings";
import { FileSource } from "./sources/file-source";

/** Leaving in order takes no longer than this many milliseconds; then the process ends all the same. */
const LEAVE_MAX = 5000;
/** The largest settings file, in octets. */
const FILE_MAX = 65536;

/**
 * Runs one camera until the process is told to end.
 * @throws {UsageError} when the settings are wrong
 */
export function runCamera(args: readonly string[]): void {
	const given = gatherFrom(LINUX_SETTINGS, args, { variable: process.environment, readFile });
	const text = (name: string): string => textOf(LINUX_SETTINGS, given, name);
	// What is wrong is said before anything is touched.
	startSettings(given);
	const log = new LineLog(text("log-level") as LogLevel, process.error);
	const clock = new LinuxClock();
	const use = text("interface")
		.split(",")
		.filter((word) => word !== "");
	const source = openCamera(text, clock) ?? new FileSource(text("source"), Number(text("fps")));
	const store = new CheckedStore(openFolder(text("data") || defaultFolder()));
	const motion = device(() => openMotion(text, log));
	const pin = device(() => openSwitch(text, log));
	const notifier = openNotifier();
	let camera: Camera;
	const begin = (): void => {
		const settings = startSettings(given, store);
		if (settings.floatingAddress !== "") log.write("warn", "camera", "this host has no floating addresses yet");
		camera = new Camera(
			{
				network: new LinuxNetwork(new LinuxInterfaces({ use })),
				clock,
				random: new LinuxRandom(process.random),
				store,
				log,
				source,
				motion,
				switch: pin,
				floating: NO_FLOATING_ADDRESS,
				// Avahi advertises, by the file of the Debian package.
				services: NO_SERVICE_ADVERTISER,
				hostNames: hostNamesOf(process.hostName),
				model: "linux",
				tellPassword: (password) => process.print(`${firstPassword(password)}\n`),
				restart: begin,
			},
			settings,
			[(camera) => new OpenApiPart(camera)],
		);
		camera.start();
	};
	begin();
	notifier.ready();
	let leaving = false;
	process.onSignal(() => {
		// The second signal is for who can't wait.
		if (leaving) {
			process.exit(1);
			return;
		}
		leaving = true;
		notifier.stopping();
		Timer.set(() => process.exit(1), LEAVE_MAX);
		camera.leave(() => process.exit(0));
	});
}

function device<Device>(open: () => Device): Device {
	try {
		return open();
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

/** Takes a folder for this process alone, so that two cameras never share an identity. */
function openFolder(folder: string): KeyValue {
	try {
		const storage = new KeyValue({ path: folder });
		if (files.lock(`${folder}/lock`)) return storage;
	} catch (error) {
		throw new UsageError(`${folder} can't be used: ${error instanceof Error ? error.message : error}`);
	}
	throw new UsageError(
		`${folder} belongs to a camera that is running. Give each camera a folder of its own with --data.`,
	);
}

/** Where a camera keeps what it must not forget, unless it is told otherwise. @see XDG Base Directory Specification */
function defaultFolder(): string {
	const state = process.environment("STATE_DIRECTORY");
	if (state) return state;
	return `${process.environment("XDG_STATE_HOME") || `${process.environment("HOME") ?? "/var/lib"}/.local/state`}/porthole`;
}

function readFile(path: string): string | undefined {
	if (files.kind(path) !== "file") return undefined;
	return utf8Decode(new Uint8Array(files.read(path, FILE_MAX)));
}
