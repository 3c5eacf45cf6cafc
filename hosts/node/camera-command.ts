import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { firstPassword, keepFirstPassword, remindOfFirstPassword } from "../../src/app/access/first-password";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { DynamicDnsPart } from "../../src/app/discovery/dynamic-dns-part";
import { startSettings } from "../../src/app/start-settings";
import { addressTableOf, rtspServer, storedContentsOf } from "../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../src/app/system/open-api-part";
import { hostNamesOf } from "../../src/base/host-label";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { type Gathered, placeOfSetting } from "../../src/settings/cli/gather-settings";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import type { ValuesOf } from "../../src/settings/schema";
import { UsageError } from "../../src/settings/usage-error";
import { cleanFloatingAddress } from "./clean-floating-address";
import { NodeClock } from "./clock";
import { ConsoleLog } from "./console-log";
import { defaultDataFolder, lockFolder } from "./data-folder";
import { FileStore } from "./file-store";
import { NodeFiles } from "./files";
import { NodeFloatingAddress } from "./floating-address";
import { hardwareAddress } from "./hardware-address";
import { NodeNetwork } from "./network";
import type { NODE_CAMERA_SCHEMA } from "./node-settings";
import { NodeRandom } from "./random";
import { NodeServiceAdvertiser } from "./service-advertiser";
import { findProgram } from "./sources/child-process";
import { SourceWithH264 } from "./sources/h264-encoder";
import { FfmpegConverter } from "./sources/jpeg-converter";
import { openSource } from "./sources/open-source";
import { SourceError } from "./sources/source-error";
import { NodeUrlFetcher } from "./url-fetcher";

/** The longest time that the camera may take to leave, in milliseconds; then the process ends anyway. */
const LEAVE_MAX = 5000;

/** Runs one camera until the process gets a signal to stop. @returns the exit code */
export async function runCamera({ given, values }: Gathered<ValuesOf<typeof NODE_CAMERA_SCHEMA>>): Promise<number> {
	const folder = resolve(values.data || defaultDataFolder());
	const release = lockFolder(folder);
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
		rtspServer({ table, stored }),
	];
	const begin = async (): Promise<void> => {
		const store = new FileStore(folder);
		const warn = (sentence: string): void => log.write("warn", "settings", sentence);
		const settings = startSettings(cameraSchema(extras), given, store, warn);
		// An earlier process may have died without removing it.
		if (settings.floatingAddress !== "") await cleanFloatingAddress(settings.floatingAddress);
		const place = (key: string): string => store.fileOf(key);
		let isDrawn = false;
		running = new Camera(
			{
				network: networkOf(values.interface, settings.floatingAddress),
				clock: new NodeClock(),
				random,
				store,
				log,
				source,
				converter,
				motion,
				switch: NO_SWITCH,
				floating: settings.floatingAddress === "" ? NO_FLOATING_ADDRESS : new NodeFloatingAddress(),
				model: "node",
				services: new NodeServiceAdvertiser(),
				hostNames: hostNamesOf(hostname()),
				tellPassword: (password) => {
					isDrawn = true;
					if (process.stdout.isTTY) console.log(firstPassword(password));
					else keepFirstPassword(store, log, password, place);
				},
				hardwareAddress,
				restart: () => void begin(),
			},
			settings,
			extras,
		);
		if (!isDrawn) remindOfFirstPassword(store, log, place);
		running.start();
	};
	await begin();
	await new Promise<void>((resolve) => {
		const leave = () => {
			setTimeout(resolve, LEAVE_MAX).unref();
			running?.leave(resolve);
		};
		// A second signal ends the process at once.
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, leave);
	});
	release();
	return 0;
}

/** The network with the chosen interfaces. @param floating the floating address, which is not a path; or empty */
export function networkOf(interfaces: string, floating = ""): NodeNetwork {
	return new NodeNetwork({ use: interfaceNames(interfaces), leaveOut: floating === "" ? [] : [floating] });
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
