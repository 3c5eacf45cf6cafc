import KeyValue from "embedded:storage/key-value";
import files from "porthole:files";
import process from "porthole:process";
import { firstPassword, keepFirstPassword, remindOfFirstPassword } from "../../src/app/access/first-password";
import type { Node } from "../../src/app/node";
import type { NodeHost } from "../../src/app/node-host";
import { hostNamesOf } from "../../src/base/host-label";
import { utf8Decode } from "../../src/base/text";
import type { Clock } from "../../src/ports/clock";
import { isColourful, lineFormFor } from "../../src/ports/line-form";
import { LineLog } from "../../src/ports/line-log";
import type { Log, LogLevel } from "../../src/ports/log";
import { NO_SERVICE_ADVERTISER, type ServiceAdvertiser } from "../../src/ports/service-advertiser";
import type { Store } from "../../src/ports/store";
import { EXIT_CODES } from "../../src/settings/cli/commands";
import { orRetry } from "../../src/settings/cli/missing-resources";
import { UsageError } from "../../src/settings/usage-error";
import { ARP_TABLE, ARP_TABLE_MAX, hardwareAddressIn } from "../../src/wire/arp-table";
import { LinuxRandom } from "./adapters/random";
import { Timer } from "./adapters/timers";
import { openNotifier } from "./devices/open-devices";

/** Descriptors for everything except connections: 64 TLS handshakes, the network's other sockets, files, devices. */
const OTHER_DESCRIPTORS = 128;

/** The longest address management table, in octets. */
const TABLE_MAX = 65_536;

/** The longest time that an appliance may take to shut down, in milliseconds; then the process exits anyway. */
const LEAVE_MAX = 5000;

/** What all appliances get of this host; each adds its network and what else it needs. */
export interface CommonHost extends Omit<NodeHost, "network"> {
	readonly services: ServiceAdvertiser;
	/** Logs a sentence about settings. */
	warn(sentence: string): void;
}

/** What {@link runAppliance} is given. */
export interface ApplianceRun {
	/** The folder of identity, passwords and changed settings, and the store in it. */
	readonly folder: string;
	readonly store: Store;
	readonly log: Log;
	readonly clock: Clock;
	/** 0: it has no stream server. */
	readonly rtspPort: number;
	/** True: it waits for ports that are in use. */
	readonly retry: boolean;
}

/**
 * Runs an appliance until the process gets a signal to stop.
 * @param make makes it, again after each restart from a page; it is started here
 */
export function runAppliance(
	{ folder, store, log, clock, rtspPort, retry }: ApplianceRun,
	make: (host: CommonHost) => Node,
): void {
	const notifier = openNotifier();
	let running: Node | undefined;
	let isFirst = true;
	let leaving = false;
	const leave = (code: number): void => {
		leaving = true;
		notifier.stopping();
		Timer.set(() => process.exit(EXIT_CODES.failed), LEAVE_MAX);
		running?.leave(() => process.exit(code));
	};
	const portFailed = (problem: string): void => {
		if (leaving) return;
		process.error(`porthole-linux: ${orRetry(problem)}\n`);
		leave(EXIT_CODES.failed);
	};
	const begin = (): void => {
		const place = (key: string): string => `${folder}/${key}.value`;
		let isDrawn = false;
		running = make({
			clock,
			random: new LinuxRandom(process.random),
			store,
			log,
			// Avahi advertises the device, with a file of the Debian package.
			services: NO_SERVICE_ADVERTISER,
			hostNames: hostNamesOf(process.hostName),
			model: "linux",
			connections: connectionsFor(process.descriptors, rtspPort !== 0),
			tellPassword: (password) => {
				isDrawn = true;
				if (process.isTerminal) process.print(`${firstPassword(password)}\n`);
				else keepFirstPassword(store, log, password, place);
			},
			hardwareAddress,
			// A device that has run does not end because of a setting that was changed on a page.
			...(isFirst && !retry && { portFailed }),
			restart: begin,
			warn: (sentence) => log.write("warn", "settings", sentence),
		});
		isFirst = false;
		if (!isDrawn) remindOfFirstPassword(store, log, place);
		running.start();
	};
	begin();
	notifier.ready();
	process.onSignal(() => {
		// A second signal ends the process at once.
		if (leaving) process.exit(EXIT_CODES.failed);
		else leave(EXIT_CODES.done);
	});
}

/** Opens the log, on standard error. */
export function openLog(level: LogLevel): LineLog {
	return new LineLog(level, process.error, lineFormFor(process.errorReader, isColourful(process.environment)));
}

/** Reads the address management table. */
export function readTable(path: string): string | undefined {
	return utf8Decode(new Uint8Array(files.read(path, TABLE_MAX)));
}

/**
 * Opens a folder and locks it for this process, so that two cameras never share an identity.
 * @param inUse what to say when another process has it
 */
export function openFolder(
	folder: string,
	inUse = `${folder} is in use by another camera. Give each camera its own folder with --data.`,
): KeyValue {
	try {
		const storage = new KeyValue({ path: folder });
		if (files.lock(`${folder}/lock`)) return storage;
	} catch (error) {
		throw new UsageError(
			`${folder} cannot be used: ${error instanceof Error ? error.message : error}. Choose a folder that this program may write to.`,
		);
	}
	throw new UsageError(inUse);
}

/** The folder of a camera's persistent data, unless --data names another. @see XDG Base Directory Specification */
export function defaultFolder(): string {
	const state = process.environment("STATE_DIRECTORY");
	if (state) return state;
	return `${process.environment("XDG_STATE_HOME") || `${process.environment("HOME") ?? "/var/lib"}/.local/state`}/porthole`;
}

/**
 * How many connections a process may have that may have so many descriptors. Beside each eighth connection there may be an RTSP
 * session with a connection and two sockets of its own.
 */
function connectionsFor(descriptors: number, withStreams: boolean): number {
	const rest = descriptors - Math.min(OTHER_DESCRIPTORS, descriptors >> 1);
	return withStreams ? Math.floor((rest * 8) / 11) : rest;
}

/** Returns the hardware address of a device in the LAN; empty: not known. */
function hardwareAddress(address: string): string {
	try {
		return hardwareAddressIn(utf8Decode(new Uint8Array(files.read(ARP_TABLE, ARP_TABLE_MAX))) ?? "", address);
	} catch {
		return "";
	}
}
