import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { ConsoleLog } from "../../hosts/node/console-log";
import { FileStore } from "../../hosts/node/file-store";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { broadcastAddress } from "../../src/core/ipv4";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { HostPorts, PortFixture } from "./port-fixture";
import { portSuite } from "./port-suite";

/** Time between two looks. */
const LOOK: Millis = 2;
/** How long a datagram on this machine may take when its network is tried. */
const TRIAL: Millis = 300;

let lacking: Promise<("multicast" | "broadcast")[]> | undefined;

portSuite("hosts/node", async (): Promise<PortFixture> => {
	const folders: string[] = [];
	const [a, b] = [0, 1].map((): HostPorts => {
		const folder = mkdtempSync(join(tmpdir(), "porthole-store-"));
		folders.push(folder);
		const network = new NodeNetwork();
		return {
			network,
			clock: new NodeClock(),
			random: new NodeRandom(),
			store: new FileStore(folder),
			log: new ConsoleLog("error", { write: (line) => line.includes("SKIPPED") && process.stderr.write(line) }),
			address: network.paths()[0].address,
		};
	});
	lacking ??= tryNetwork(a.network.paths()[0]);
	return {
		a,
		b,
		lacks: await lacking,
		async run(until, limit) {
			const end = performance.now() + limit;
			while (!until() && performance.now() < end) await new Promise((done) => setTimeout(done, LOOK));
		},
		async close() {
			for (const clock of [a.clock, b.clock]) clock.set(Infinity, () => {});
			for (const folder of folders) rmSync(folder, { recursive: true });
		},
	};
});

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
