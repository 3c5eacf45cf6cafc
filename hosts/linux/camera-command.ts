import KeyValue from "embedded:storage/key-value";
import files from "porthole:files";
import process from "porthole:process";
import { firstPassword, keepFirstPassword, remindOfFirstPassword } from "../../src/app/access/first-password";
import { Camera, cameraSchema } from "../../src/app/camera/camera";
import { warnOfIgnoredSettings } from "../../src/app/camera/ignored-settings";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { hostNamesOf } from "../../src/base/host-label";
import { utf8Decode } from "../../src/base/text";
import { CheckedStore } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { LineLog } from "../../src/ports/line-log";
import { NO_SERVICE_ADVERTISER } from "../../src/ports/service-advertiser";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { ARP_TABLE, ARP_TABLE_MAX, hardwareAddressIn } from "../../src/wire/arp-table";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxRandom } from "./adapters/random";
import { Timer } from "./adapters/timers";
import { openCamera, openMotion, openNotifier, openSwitch } from "./devices/open-devices";
import type { LINUX_CAMERA_SCHEMA } from "./linux-settings";
import { FileSource } from "./sources/file-source";
import { openRtsp } from "./sources/open-rtsp";

/** Descriptors for everything except connections: 64 TLS handshakes, the network's other sockets, files, devices. */
const OTHER_DESCRIPTORS = 128;

/** The longest address management table, in octets. */
const TABLE_MAX = 65_536;

/** The longest time that the camera may take to shut down, in milliseconds; then the process exits anyway. */
const LEAVE_MAX = 5000;

/**
 * Runs one camera until the process gets a signal to stop.
 * @throws {UsageError} when a device or the data folder cannot be opened
 */
export function runCamera({ given, values }: Gathered<ValuesOf<typeof LINUX_CAMERA_SCHEMA>>): undefined {
	const log = new LineLog(values.logLevel, process.error);
	const clock = new LinuxClock();
	const use = interfaceNames(values.interface);
	const source = device(
		() =>
			openCamera(values, clock) ??
			openRtsp(values.source, values.fps, values) ??
			new FileSource(values.source, values.fps),
		`${placeOfSetting(given, "source")}: `,
	);
	const folder = values.data || defaultFolder();
	const store = new CheckedStore(openFolder(folder));
	const motion = device(() => openMotion(values, log));
	const pin = device(() => openSwitch(values, log));
	const notifier = openNotifier();
	const table = addressTableOf(values.addressTable, readTable, placeOfSetting(given, "address-table"));
	const openFiles = (path: string): LinuxFiles => new LinuxFiles(path);
	const stored = storedContentsOf(values.streamFolder, openFiles, placeOfSetting(given, "stream-folder"));
	const extras = [OPEN_API, rtspServer({ table, stored })];
	let camera: Camera;
	const begin = (): void => {
		const warn = (sentence: string): void => log.write("warn", "settings", sentence);
		const settings = startSettings(cameraSchema(extras), given, store, warn);
		warnOfIgnoredSettings(settings, log);
		const place = (key: string): string => `${folder}/${key}.value`;
		let isDrawn = false;
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
				// Avahi advertises the camera, with a file of the Debian package.
				services: NO_SERVICE_ADVERTISER,
				hostNames: hostNamesOf(process.hostName),
				model: "linux",
				connections: connectionsFor(process.descriptors, values.rtspPort !== 0),
				tellPassword: (password) => {
					isDrawn = true;
					if (process.isTerminal) process.print(`${firstPassword(password)}\n`);
					else keepFirstPassword(store, log, password, place);
				},
				hardwareAddress,
				restart: begin,
			},
			settings,
			extras,
		);
		if (!isDrawn) remindOfFirstPassword(store, log, place);
		camera.start();
	};
	begin();
	notifier.ready();
	let leaving = false;
	process.onSignal(() => {
		// A second signal ends the process at once.
		if (leaving) {
			process.exit(1);
			return;
		}
		leaving = true;
		notifier.stopping();
		Timer.set(() => process.exit(1), LEAVE_MAX);
		camera.leave(() => process.exit(0));
	});
	return undefined;
}

/**
 * How many connections a process may have that may have so many descriptors. Beside each eighth connection there may be an RTSP
 * session with a connection and two sockets of its own.
 */
function connectionsFor(descriptors: number, withStreams: boolean): number {
	const rest = descriptors - Math.min(OTHER_DESCRIPTORS, descriptors >> 1);
	return withStreams ? Math.floor((rest * 8) / 11) : rest;
}

/** Reads the address management table. */
function readTable(path: string): string | undefined {
	return utf8Decode(new Uint8Array(files.read(path, TABLE_MAX)));
}

/** Returns the hardware address of a device in the LAN; empty: not known. */
function hardwareAddress(address: string): string {
	try {
		return hardwareAddressIn(utf8Decode(new Uint8Array(files.read(ARP_TABLE, ARP_TABLE_MAX))) ?? "", address);
	} catch {
		return "";
	}
}

/** @param place the setting that names the device */
function device<Device>(open: () => Device, place = ""): Device {
	try {
		return open();
	} catch (error) {
		throw new UsageError(`${place}${error instanceof Error ? error.message : error}`);
	}
}

/** Opens a folder and locks it for this process, so that two cameras never share an identity. */
function openFolder(folder: string): KeyValue {
	try {
		const storage = new KeyValue({ path: folder });
		if (files.lock(`${folder}/lock`)) return storage;
	} catch (error) {
		throw new UsageError(`${folder} cannot be used: ${error instanceof Error ? error.message : error}.`);
	}
	throw new UsageError(`${folder} is in use by another camera. Give each camera its own folder with --data.`);
}

/** The folder of a camera's persistent data, unless --data names another. @see XDG Base Directory Specification */
function defaultFolder(): string {
	const state = process.environment("STATE_DIRECTORY");
	if (state) return state;
	return `${process.environment("XDG_STATE_HOME") || `${process.environment("HOME") ?? "/var/lib"}/.local/state`}/porthole`;
}
