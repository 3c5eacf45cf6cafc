import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { NAS_IPV6 } from "../../src/app/ipv6/ipv6-extra";
import { archive } from "../../src/app/nas/archive-part";
import { Nas, nasSchema } from "../../src/app/nas/nas";
import type { NasExtra } from "../../src/app/nas/nas-services";
import { requireParent } from "../../src/app/nas/require-parent";
import { passedUrl } from "../../src/app/peer/passed-url";
import { peerToPeerOfNas } from "../../src/app/peer/peer-extra";
import { PeerHomes } from "../../src/app/peer/peer-homes";
import { PeerNetwork } from "../../src/app/peer/peer-network";
import { peerReach } from "../../src/app/peer/peer-reach-part";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf } from "../../src/app/stream/rtsp-extra";
import { Pump } from "../../src/core/pump";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { openArchive } from "./archive/open-archive";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder, lockFolder } from "./data-folder";
import { NodeFiles } from "./files";
import { MQTT } from "./mqtt-part";
import { NodeNetwork } from "./network";
import type { NODE_NAS_SCHEMA } from "./node-settings";
import { openLedger } from "./open-ledger";
import { PEER_EXTRAS, PEER_SUPPLY } from "./peer-supply";
import { NodeRandom } from "./random";
import { NodeResolver } from "./resolver";
import { networkOf, runAppliance } from "./run-appliance";
import { openSource } from "./sources/open-source";
import { ThreadLumaReader } from "./thread-luma-reader";

/** Runs a NAS until the process gets a signal to stop. @returns the exit code */
export async function runNas({ given, values }: Gathered<ValuesOf<typeof NODE_NAS_SCHEMA>>): Promise<number> {
	const storage = openStorage(values.storage);
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	const luma = new ThreadLumaReader();
	const table = addressTableOf(
		values.addressTable,
		(path) => readFileSync(path, "utf8"),
		placeOfSetting(given, "address-table"),
	);
	// Parts that only this host has.
	// Cameras behind NATs, by names such as garage.cabin.peer.
	const peers = new PeerNetwork(new NodeNetwork(), new Pump(new NodeClock()));
	const extras: readonly NasExtra[] = [
		NAS_IPV6,
		archive((url) => openArchive(url, resolve(values.storage), random)),
		MQTT,
		peerToPeerOfNas(PEER_SUPPLY, [...PEER_EXTRAS, peerReach(peers)]),
	];
	// A camera on the same machine has the plain folder.
	const folder = resolve(values.data || join(defaultDataFolder(), "nas"));
	return runAppliance({ folder, log, random, retry: values.retry }, async (common) => {
		const settings = startSettings(nasSchema(extras), given, common.store, common.warn);
		const { all: homes } = new PeerHomes(common.store);
		const host = {
			...common,
			network: networkOf(values.interface),
			storage,
			storagePath: resolve(values.storage),
			luma,
			openLedger: () => openLedger(resolve(values.storage)),
			resolver: new NodeResolver(),
			openSource: (url: string, fps: number) =>
				openSource(passedUrl(url, homes), { fps, name: () => "", look: 0, rtsp: values, peers }).source,
		};
		return new Nas(host, settings, { table }, extras);
	});
}

/** Opens the folder and locks it: a second program would take the running recordings for what a power cut left. */
function openStorage(path: string): NodeFiles {
	if (path === "") throw new UsageError("A NAS needs a folder for its recordings: --storage FOLDER.");
	requireParent(resolve(path).split(sep).join("/"), existsSync);
	try {
		const files = new NodeFiles(resolve(path));
		accessSync(resolve(path), constants.R_OK | constants.W_OK | constants.X_OK);
		lockFolder(
			resolve(path, ".porthole"),
			`--storage: ${path} is in use by another NAS. Give each NAS its own folder.`,
		);
		return files;
	} catch (error) {
		if (error instanceof UsageError) throw error;
		throw new UsageError(`--storage: ${path} can't be used: ${error instanceof Error ? error.message : error}.`);
	}
}
