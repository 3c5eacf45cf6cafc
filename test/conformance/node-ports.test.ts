import { mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "../../hosts/node/clock";
import { ConsoleLog } from "../../hosts/node/console-log";
import { FileStore } from "../../hosts/node/file-store";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import type { Millis } from "../../src/core/time";
import { pause } from "../support/until";
import { lackingNetwork } from "./lacking-network";
import type { HostPorts, PortFixture } from "./port-fixture";
import { portSuite } from "./port-suite";

/** Time between two looks. */
const LOOK: Millis = 2;

const hasIpv6 = Object.values(networkInterfaces()).some((infos) => infos?.some(({ address }) => address === "::1"));

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
			...(hasIpv6 && { ipv6: "::1" }),
		};
	});
	return {
		a,
		b,
		lacks: await lackingNetwork(),
		async run(until, limit) {
			const end = performance.now() + limit;
			while (!until() && performance.now() < end) await pause(LOOK);
		},
		async close() {
			for (const clock of [a.clock, b.clock]) clock.set(Infinity, () => {});
			for (const folder of folders) rmSync(folder, { recursive: true });
		},
	};
});
