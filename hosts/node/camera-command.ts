import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { DynamicDnsPart } from "../../src/app/discovery/dynamic-dns-part";
import { ledger } from "../../src/app/origin/ledger-part";
import { RELAYS } from "../../src/app/origin/relays-extra";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { cleanFloatingAddress } from "./clean-floating-address";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder } from "./data-folder";
import { NodeFiles } from "./files";
import { NodeFloatingAddress } from "./floating-address";
import type { NODE_CAMERA_SCHEMA } from "./node-settings";
import { openLedger } from "./open-ledger";
import { NodeRandom } from "./random";
import { networkOf, runAppliance } from "./run-appliance";
import { findProgram } from "./sources/child-process";
import { SourceWithH264 } from "./sources/h264-encoder";
import { FfmpegConverter } from "./sources/jpeg-converter";
import { openSource } from "./sources/open-source";
import { SourceError } from "./sources/source-error";
import { NodeUrlFetcher } from "./url-fetcher";

/** Runs one camera until the process gets a signal to stop. @returns the exit code */
export async function runCamera({ given, values }: Gathered<ValuesOf<typeof NODE_CAMERA_SCHEMA>>): Promise<number> {
	const folder = resolve(values.data || defaultDataFolder());
	const log = new ConsoleLog(values.logLevel);
	const random = new NodeRandom();
	let running: Camera | undefined;
	const name = (): string => running?.fleet.self.name || running?.settings.name || "camera";
	const look = { fps: values.fps, name, look: Math.floor(random.unit() * 1000), rtsp: values };
	const { source: frames, motion } = open(values.source, placeOfSetting(given, "source"), look);
	if (values.h264 && findProgram("ffmpeg") === undefined) {
		log.write(
			"warn",
			"camera",
			"--h264 on needs ffmpeg, which is not installed; install it (on Debian: apt install ffmpeg)",
		);
	}
	const source = values.h264 ? new SourceWithH264(frames, values.fps) : frames;
	const converter = new FfmpegConverter();
	const table = addressTableOf(
		values.addressTable,
		(path) => readFileSync(path, "utf8"),
		placeOfSetting(given, "address-table"),
	);
	const openFolder = (path: string): NodeFiles => new NodeFiles(resolve(path));
	const stored = storedContentsOf(values.streamFolder, openFolder, placeOfSetting(given, "stream-folder"));
	const extras: readonly ExtraPart[] = [
		{ make: (camera) => new DynamicDnsPart(camera, new NodeUrlFetcher(), camera.fleetPart, camera.gateway) },
		OPEN_API,
		RELAYS,
		rtspServer({ table, stored }),
		ledger(() => openLedger(folder)),
	];
	return runAppliance({ folder, log, random }, async (common) => {
		const settings = startSettings(cameraSchema(extras), given, common.store, common.warn);
		const { floatingAddress: address } = settings;
		// An earlier process may have died without removing it.
		if (address !== "") await cleanFloatingAddress(address);
		const floating = address === "" ? NO_FLOATING_ADDRESS : new NodeFloatingAddress();
		const network = networkOf(values.interface, address);
		running = new Camera(
			{ ...common, network, source, converter, motion, switch: NO_SWITCH, floating },
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
