import files from "porthole:files";
import { NAS_IPV6 } from "../../src/app/ipv6/ipv6-extra";
import { Nas, nasSchema } from "../../src/app/nas/nas";
import type { NasExtra } from "../../src/app/nas/nas-services";
import { requireParent } from "../../src/app/nas/require-parent";
import { passedUrl } from "../../src/app/peer/passed-url";
import { peerToPeerOfNas } from "../../src/app/peer/peer-extra";
import { PeerHomes } from "../../src/app/peer/peer-homes";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf } from "../../src/app/stream/rtsp-extra";
import { CheckedStore } from "../../src/ports/checked-store";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { InlineLumaReader } from "../../src/storage/motion/inline-luma-reader";
import { SparingLumaReader } from "../../src/storage/motion/sparing-luma-reader";
import { LinuxClock } from "./adapters/clock";
import { LinuxFiles } from "./adapters/files";
import { LinuxInterfaces } from "./adapters/interface-source";
import { LinuxNetwork } from "./adapters/network";
import { LinuxResolver } from "./adapters/resolver";
import type { LINUX_NAS_SCHEMA } from "./linux-settings";
import { linuxPeers, warnOfNoPeers } from "./peer-supply";
import { defaultFolder, openFolder, openLog, readTable, runAppliance } from "./run-appliance";
import { FileSource } from "./sources/file-source";
import { openMjpeg } from "./sources/open-mjpeg";
import { openRtsp } from "./sources/open-rtsp";

/**
 * Runs a NAS until the process gets a signal to stop.
 * @throws {UsageError} when a folder cannot be opened
 */
export function runNas({ given, values }: Gathered<ValuesOf<typeof LINUX_NAS_SCHEMA>>): undefined {
	const storage = openStorage(values.storage);
	const log = openLog(values.logLevel);
	// A camera on the same machine has the plain folder.
	const folder = values.data || `${defaultFolder()}/nas`;
	const store = new CheckedStore(openFolder(folder));
	const peers = linuxPeers();
	warnOfNoPeers(peers, values.rendezvous, log);
	// Parts that only this host has.
	const extras: readonly NasExtra[] = [
		NAS_IPV6,
		...(peers === undefined ? [] : [peerToPeerOfNas(peers.supply, peers.extras)]),
	];
	const table = addressTableOf(values.addressTable, readTable, placeOfSetting(given, "address-table"));
	runAppliance(
		{ folder, store, log, clock: new LinuxClock(), rtspPort: values.rtspPort, retry: values.retry },
		(common) => {
			const settings = startSettings(nasSchema(extras), given, store, common.warn);
			const network = new LinuxNetwork(new LinuxInterfaces({ use: interfaceNames(values.interface) }));
			const { all: homes } = new PeerHomes(store);
			const host = {
				...common,
				network,
				resolver: new LinuxResolver(network, common.random),
				storage,
				storagePath: values.storage,
				luma: new SparingLumaReader(new InlineLumaReader(), common.clock),
				openSource: (url: string, fps: number) => {
					const passed = passedUrl(url, homes);
					return (
						openRtsp(passed, fps, values, peers?.network) ??
						openMjpeg(passed, fps, values, peers?.network) ??
						new FileSource(url, fps)
					);
				},
			};
			return new Nas(host, settings, { table }, extras);
		},
	);
	return undefined;
}

/** Opens the folder and locks it: a second program would take the running recordings for what a power cut left. */
function openStorage(path: string): LinuxFiles {
	if (path === "") throw new UsageError("A NAS needs a folder for its recordings: --storage FOLDER.");
	requireParent(path, (each) => files.kind(each) !== undefined);
	try {
		const storage = new LinuxFiles(path);
		openFolder(`${path}/.porthole`, `--storage: ${path} is in use by another NAS. Give each NAS its own folder.`);
		return storage;
	} catch (error) {
		if (error instanceof UsageError) throw error;
		throw new UsageError(`--storage: ${path} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
