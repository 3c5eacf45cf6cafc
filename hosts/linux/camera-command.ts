import { Camera, cameraSchema } from "../../src/app/camera/camera";
import { warnOfIgnoredSettings } from "../../src/app/camera/ignored-settings";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { CheckedStore } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { FileLedger } from "../../src/relay/file-ledger";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { LinuxInterfaces } from "./adapters/interface-source";
import { later } from "./adapters/later";
import { LinuxNetwork } from "./adapters/network";
import { openCamera, openMotion, openSwitch } from "./devices/open-devices";
import type { LINUX_CAMERA_SCHEMA } from "./linux-settings";
import { defaultFolder, openFolder, openLog, readTable, runAppliance } from "./run-appliance";
import { FileSource } from "./sources/file-source";
import { openMjpeg } from "./sources/open-mjpeg";
import { openRtsp } from "./sources/open-rtsp";

/**
 * Runs one camera until the process gets a signal to stop.
 * @throws {UsageError} when a device or the data folder cannot be opened
 */
export function runCamera({ given, values }: Gathered<ValuesOf<typeof LINUX_CAMERA_SCHEMA>>): undefined {
	const log = openLog(values.logLevel);
	const clock = new LinuxClock();
	const use = interfaceNames(values.interface);
	const source = device(
		() =>
			openCamera(values, clock) ??
			openRtsp(values.source, values.fps, values) ??
			openMjpeg(values.source, values.fps, values) ??
			new FileSource(values.source, values.fps),
		`${placeOfSetting(given, "source")}: `,
	);
	const folder = values.data || defaultFolder();
	const store = new CheckedStore(openFolder(folder));
	const motion = device(() => openMotion(values, log));
	const pin = device(() => openSwitch(values, log));
	const table = addressTableOf(values.addressTable, readTable, placeOfSetting(given, "address-table"));
	const openFiles = (path: string): LinuxFiles => new LinuxFiles(path);
	const stored = storedContentsOf(values.streamFolder, openFiles, placeOfSetting(given, "stream-folder"));
	const extras = [
		OPEN_API,
		RELAYS,
		rtspServer({ table, stored }),
		ledger(() => new FileLedger(new LinuxFiles(folder), later)),
	];
	runAppliance({ folder, store, log, clock, rtspPort: values.rtspPort }, (common) => {
		const settings = startSettings(cameraSchema(extras), given, store, common.warn);
		warnOfIgnoredSettings(settings, log);
		const network = new LinuxNetwork(new LinuxInterfaces({ use }));
		return new Camera(
			{ ...common, network, source, motion, switch: pin, floating: NO_FLOATING_ADDRESS },
			settings,
			extras,
		);
	});
	return undefined;
}

/** @param place the setting that names the device */
function device<Device>(open: () => Device, place = ""): Device {
	try {
		return open();
	} catch (error) {
		throw new UsageError(`${place}${error instanceof Error ? error.message : error}`);
	}
}
