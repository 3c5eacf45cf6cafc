import interfaces from "porthole:interfaces";
import type { Path } from "../../../src/core/path";
import type { InterfaceSource } from "./network";

/** Which network interfaces the product may use. */
export interface InterfaceChoice {
	/** Names of the only interfaces to use; empty or absent: all but loopback. */
	readonly use?: readonly string[];
}

/** Counts messages of the kernel's about interfaces; one netlink socket serves all sources. */
let version = 0;
let watching = false;
const watchers = new Set<() => void>();

/** The network interfaces of a Linux board, by netlink. */
export class LinuxInterfaces implements InterfaceSource {
	private watcher: (() => void) | undefined;

	constructor(private readonly choice: InterfaceChoice = {}) {
		if (watching) return;
		watching = true;
		interfaces.watch(changed);
	}

	get version(): number {
		return version;
	}

	list(): Path[] {
		const { use = [] } = this.choice;
		const paths: Path[] = [];
		const loopbacks: Path[] = [];
		for (const { loopback, ...path } of interfaces.list()) {
			if (use.length > 0 && !use.includes(path.name)) continue;
			(loopback && use.length === 0 ? loopbacks : paths).push(Object.freeze(path));
		}
		return paths.length > 0 ? paths : loopbacks;
	}

	listIpv6(): Path[] {
		const { use = [] } = this.choice;
		const paths: Path[] = [];
		for (const path of interfaces.listIpv6())
			if (use.length === 0 || use.includes(path.name)) paths.push(Object.freeze(path));
		return paths;
	}

	watch(changed: (() => void) | undefined): void {
		if (this.watcher !== undefined) watchers.delete(this.watcher);
		this.watcher = changed;
		if (changed !== undefined) watchers.add(changed);
	}
}

function changed(): void {
	version++;
	for (const watcher of [...watchers]) watcher();
}
