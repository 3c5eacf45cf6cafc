import files from "porthole:files";
import { Camera, cameraSchema } from "../../src/app/camera/camera";
import { warnOfIgnoredSettings } from "../../src/app/camera/ignored-settings";
import { recentEvents } from "../../src/app/camera/recent-events-part";
import { RECIPES } from "../../src/app/camera/recipes-part";
import { OPERATOR_PARTS } from "../../src/app/devices/operator-parts";
import { IPV6 } from "../../src/app/ipv6/ipv6-extra";
import { onvif } from "../../src/app/onvif/onvif-extra";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { CheckedStore } from "../../src/ports/checked-store";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { FileLedger } from "../../src/relay/file-ledger";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import { missingDevice } from "../../src/settings/cli/missing-resources";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { SparingLumaReader } from "../../src/storage/motion/sparing-luma-reader";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { LinuxInterfaces } from "./adapters/interface-source";
import { later } from "./adapters/later";
import { LinuxNetwork } from "./adapters/network";
import { openCamera, openMotion, openSwitch } from "./devices/open-devices";
import type { LINUX_CAMERA_SCHEMA } from "./linux-settings";
import { linuxPeers, warnOfNoPeers } from "./peer-supply";
import { defaultFolder, openFolder, openLog, readTable, runAppliance } from "./run-appliance";
import { FileSource } from "./sources/file-source";
import { openMjpeg } from "./sources/open-mjpeg";
import { openRtsp } from "./sources/open-rtsp";
import { TurboThumbnailer } from "./sources/turbo-thumbnailer";

/**
 * Runs one camera until the process gets a signal to stop.
 * @throws {UsageError} when a device or the data folder cannot be opened
 */
export function runCamera({ given, values }: Gathered<ValuesOf<typeof LINUX_CAMERA_SCHEMA>>): undefined {
	const log = openLog(values.logLevel);
	const clock = new LinuxClock();
	const use = interfaceNames(values.interface);
	const peers = linuxPeers();
	warnOfNoPeers(peers, values.rendezvous, log);
	const place = placeOfSetting(given, "source");
	const missing = values.retry
		? undefined
		: missingDevice(values.source, place, (path) => files.kind(path) !== undefined);
	if (missing !== undefined) throw new UsageError(missing);
	const source = device(
		() =>
			openCamera(values, clock) ??
			openRtsp(values.source, values.fps, values, peers?.network) ??
			openMjpeg(values.source, values.fps, values, peers?.network) ??
			new FileSource(values.source, values.fps),
		`${place}: `,
	);
	const folder = values.data || defaultFolder();
	const store = new CheckedStore(openFolder(folder));
	const thumbnailer = new TurboThumbnailer(log);
	const motion = device(() => openMotion(values, log));
	const pin = device(() => openSwitch(values, log));
	const table = addressTableOf(values.addressTable, readTable, placeOfSetting(given, "address-table"));
	const openFiles = (path: string): LinuxFiles => new LinuxFiles(path);
	const stored = storedContentsOf(values.streamFolder, openFiles, placeOfSetting(given, "stream-folder"));
	const luma = new SparingLumaReader(new InlineLumaReader(), clock);
	const extras = [
		IPV6,
		OPEN_API,
		OPERATOR_PARTS,
		RECIPES,
		recentEvents(luma),
		RELAYS,
		rtspServer({ table, stored }),
		onvif({ luma, fps: values.fps }),
		ledger(() => new FileLedger(new LinuxFiles(folder), later)),
		...(peers === undefined ? [] : [peerToPeer(peers.supply, peers.extras)]),
	];
	runAppliance({ folder, store, log, clock, rtspPort: values.rtspPort, retry: values.retry }, (common) => {
		const settings = startSettings(cameraSchema(extras), given, store, common.warn);
		warnOfIgnoredSettings(settings, log);
		const network = new LinuxNetwork(new LinuxInterfaces({ use }));
		return new Camera(
			{ ...common, network, source, thumbnailer, motion, switch: pin, floating: NO_FLOATING_ADDRESS },
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
