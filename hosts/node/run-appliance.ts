import { hostname } from "node:os";
import { firstPassword, keepFirstPassword, remindOfFirstPassword } from "../../src/app/access/first-password";
import type { Node } from "../../src/app/node";
import type { NodeHost } from "../../src/app/node-host";
import { hostNamesOf } from "../../src/base/host-label";
import type { Log } from "../../src/ports/log";
import type { Random } from "../../src/ports/random";
import type { ServiceAdvertiser } from "../../src/ports/service-advertiser";
import { EXIT_CODES } from "../../src/settings/cli/commands";
import { interfaceNames } from "../../src/settings/cli/host-schema";
import { orRetry } from "../../src/settings/cli/missing-resources";
import { NodeClock } from "./clock";
import { lockFolder } from "./data-folder";
import { FileStore } from "./file-store";
import { gzip } from "./gzip";
import { hardwareAddress } from "./hardware-address";
import { NodeNetwork } from "./network";
import { qrCode } from "./qr-code";
import { NodeServiceAdvertiser } from "./service-advertiser";

/** The longest time that an appliance may take to leave, in milliseconds, as a NAS with a slow disk; then the process ends anyway. */
const LEAVE_MAX = 15_000;

/** What all appliances get of this host; each adds its network and what else it needs. */
export interface CommonHost extends Omit<NodeHost, "network"> {
	readonly store: FileStore;
	readonly services: ServiceAdvertiser;
	/** Logs a sentence about settings. */
	warn(sentence: string): void;
}

/** What {@link runAppliance} is given. */
export interface ApplianceRun {
	/** The folder of identity, passwords and changed settings. */
	readonly folder: string;
	readonly log: Log;
	readonly random: Random;
	/** True: it waits for ports that are in use. */
	readonly retry: boolean;
}

/**
 * Runs an appliance until the process gets a signal to stop.
 * @param make makes it, again after each restart from a page; it is started here
 * @returns the exit code
 * @throws {UsageError} when the folder is in use or can't be written
 */
export async function runAppliance(
	{ folder, log, random, retry }: ApplianceRun,
	make: (host: CommonHost) => Promise<Node>,
): Promise<number> {
	const release = lockFolder(folder);
	let running: Node | undefined;
	let trouble = "";
	let isFirst = true;
	let end = (): void => {};
	const portFailed = (problem: string): void => {
		trouble ||= problem;
		end();
	};
	const begin = async (): Promise<void> => {
		const store = new FileStore(folder);
		const place = (key: string): string => store.fileOf(key);
		let isDrawn = false;
		running = await make({
			clock: new NodeClock(),
			random,
			store,
			log,
			model: "node",
			services: new NodeServiceAdvertiser(),
			hostNames: hostNamesOf(hostname()),
			tellPassword: (password) => {
				isDrawn = true;
				if (process.stdout.isTTY) console.log(firstPassword(password));
				else keepFirstPassword(store, log, password, place);
			},
			hardwareAddress,
			qrCode,
			gzip,
			// A device that has run does not end because of a setting that was changed on a page.
			...(isFirst && !retry && { portFailed }),
			restart: () => void begin(),
			warn: (sentence) => log.write("warn", "settings", sentence),
		});
		isFirst = false;
		if (!isDrawn) remindOfFirstPassword(store, log, place);
		running.start();
	};
	await begin();
	await new Promise<void>((resolve) => {
		const leave = () => {
			setTimeout(resolve, LEAVE_MAX).unref();
			running?.leave(resolve);
		};
		end = leave;
		if (trouble !== "") leave();
		// A second signal ends the process at once.
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, leave);
	});
	release();
	if (trouble === "") return EXIT_CODES.done;
	console.error(`porthole: ${orRetry(trouble)}`);
	return EXIT_CODES.failed;
}

/** The network with the chosen interfaces. @param floating the floating address, which is not a path; or empty */
export function networkOf(interfaces: string, floating = ""): NodeNetwork {
	return new NodeNetwork({ use: interfaceNames(interfaces), leaveOut: floating === "" ? [] : [floating] });
}
