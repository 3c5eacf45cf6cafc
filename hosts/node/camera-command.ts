import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { recentEvents } from "../../src/app/camera/recent-events-part";
import { RECIPES } from "../../src/app/camera/recipes-part";
import { OPERATOR_PARTS } from "../../src/app/devices/operator-parts";
import { DynamicDnsPart } from "../../src/app/discovery/dynamic-dns-part";
import { IPV6 } from "../../src/app/ipv6/ipv6-extra";
import { onvif } from "../../src/app/onvif/onvif-extra";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { PeerNetwork } from "../../src/app/peer/peer-network";
import { peerReach } from "../../src/app/peer/peer-reach-part";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { Pump } from "../../src/core/pump";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { missingDevice } from "../../src/settings/cli/missing-resources";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { cleanFloatingAddress } from "./clean-floating-address";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import { NodeFiles } from "./files";
import { NodeFloatingAddress } from "./floating-address";
import { NodeNetwork } from "./network";
import type { NODE_CAMERA_SCHEMA } from "./node-settings";
import { openLedger } from "./open-ledger";
import { PEER_EXTRAS, PEER_SUPPLY } from "./peer-supply";
import { NodeRandom } from "./random";
import { networkOf, runAppliance } from "./run-appliance";
import { findProgram } from "./sources/child-process";
import { SourceWithH264 } from "./sources/h264-encoder";
import { FfmpegConverter } from "./sources/jpeg-converter";
import { openSource } from "./sources/open-source";
import { SharpThumbnailer } from "./sources/sharp-thumbnailer";
import { SourceError } from "./sources/source-error";
import { ThreadLumaReader } from "./thread-luma-reader";
import { NodeUrlFetcher } from "./url-fetcher";

/** Runs one camera until the process gets a signal to stop. @returns the exit code */
export async function runCamera({ given, values }: Gathered<ValuesOf<typeof NODE_CAMERA_SCHEMA>>): Promise<number> {
	const folder = resolve(values.data || defaultDataFolder());
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	let running: Camera | undefined;
	const name = (): string => running?.fleet.self.name || running?.settings.name || "camera";
	// Cameras behind NATs, by names such as garage.cabin.peer.
	const peers = new PeerNetwork(new NodeNetwork(), new Pump(new NodeClock()));
	const look = { fps: values.fps, name, look: Math.floor(random.unit() * 1000), rtsp: values, peers };
	const place = placeOfSetting(given, "source");
	const missing = values.retry ? undefined : missingDevice(values.source, place, existsSync);
	if (missing !== undefined) throw new UsageError(missing);
	const { source: frames, motion } = open(values.source, place, look);
	if (values.h264 && findProgram("ffmpeg") === undefined) {
		log.write(
			"warn",
			"camera",
			"--h264 on needs ffmpeg, which is not installed; install it (on Debian: apt install ffmpeg)",
		);
	}
	const source = values.h264 ? new SourceWithH264(frames, values.fps) : frames;
	const converter = new FfmpegConverter();
	const thumbnailer = new SharpThumbnailer(log);
	const table = addressTableOf(
		values.addressTable,
		(path) => readFileSync(path, "utf8"),
		placeOfSetting(given, "address-table"),
	);
	const openFolder = (path: string): NodeFiles => new NodeFiles(resolve(path));
	const stored = storedContentsOf(values.streamFolder, openFolder, placeOfSetting(given, "stream-folder"));
	const luma = new ThreadLumaReader();
	const extras: readonly ExtraPart[] = [
		IPV6,
		{ make: (camera) => new DynamicDnsPart(camera, new NodeUrlFetcher(), camera.fleetPart, camera.gateway) },
		OPEN_API,
		OPERATOR_PARTS,
		RECIPES,
		recentEvents(luma),
		RELAYS,
		rtspServer({ table, stored }),
		onvif({ luma, fps: values.fps }),
		ledger(() => openLedger(folder)),
		peerToPeer(PEER_SUPPLY, [...PEER_EXTRAS, peerReach(peers)]),
	];
	return runAppliance({ folder, log, random, retry: values.retry }, async (common) => {
		const settings = startSettings(cameraSchema(extras), given, common.store, common.warn);
		const { floatingAddress: address } = settings;
		// An earlier process may have died without removing it.
		if (address !== "") await cleanFloatingAddress(address);
		const floating = address === "" ? NO_FLOATING_ADDRESS : new NodeFloatingAddress();
		const network = networkOf(values.interface, address);
		running = new Camera(
			{ ...common, network, source, converter, thumbnailer, motion, switch: NO_SWITCH, floating },
			settings,
			extras,
		);
		return running;
	});
}

/** @param place the setting that has the source */
function open(spec: string, place: string, look: Parameters<typeof openSource>[1]) {
	try {
		return openSource(spec, look);
	} catch (error) {
		if (error instanceof SourceError) throw new UsageError(`${place}: ${error.message}`);
		throw error;
	}
}
