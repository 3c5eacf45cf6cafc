import { createSocket } from "node:dgram";
import { NodeNetwork } from "../../hosts/node/network";
import { broadcastAddress } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";

/** How long a datagram on this machine may take when its network is tried; waited for only where something is lacking. */
const TRIAL: Millis = 10_000;

let lacking: Promise<("multicast" | "broadcast")[]> | undefined;

/** What this machine's own network can't do; tried once. */
export function lackingNetwork(): Promise<("multicast" | "broadcast")[]> {
	lacking ??= tryNetwork(new NodeNetwork().paths()[0]);
	return lacking;
}

/** Finds with plain sockets what this machine's network can't do (a container may have neither). */
async function tryNetwork(path: Path): Promise<("multicast" | "broadcast")[]> {
	const missing: ("multicast" | "broadcast")[] = [];
	if (!(await arrives(path, "239.255.77.9", true))) missing.push("multicast");
	const all = ["255.255.255.255", broadcastAddress(path.address, path.prefix)];
	for (const address of all) {
		if (!missing.includes("broadcast") && !(await arrives(path, address, false))) missing.push("broadcast");
	}
	return missing;
}

function arrives(path: Path, address: string, group: boolean): Promise<boolean> {
	const [receiver, sender] = [createSocket("udp4"), createSocket("udp4")];
	return new Promise<boolean>((done) => {
		const timer = setTimeout(() => done(false), TRIAL);
		const lost = (): void => done(false);
		receiver.on("error", lost).on("message", () => {
			clearTimeout(timer);
			done(true);
		});
		sender.on("error", lost);
		receiver.bind(0, () => {
			if (group) receiver.addMembership(address, path.address);
			sender.bind(0, path.address, () => {
				if (group) sender.setMulticastInterface(path.address);
				else sender.setBroadcast(true);
				sender.send("x", receiver.address().port, address, (error) => error && lost());
			});
		});
	}).finally(() => {
		receiver.close();
		sender.close();
	});
}
