import { NodeClock } from "../../hosts/node/clock";
import { NodeFiles } from "../../hosts/node/files";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { NodeResolver } from "../../hosts/node/resolver";
import { Pump } from "../../src/core/pump";
import { meterLoad } from "./metering-load";

// The load of the kill test on Node.js: node -r ./tools/typescript test/support/metering-child.ts FOLDER PORT [quiet]
const [folder, port, quiet] = process.argv.slice(2);
const clock = new NodeClock();
const host = {
	pump: new Pump(clock),
	storage: new NodeFiles(folder),
	log: { write: () => {} },
	random: new NodeRandom(),
	network: new NodeNetwork(),
	resolver: new NodeResolver(),
	utc: () => clock.utc(),
};
meterLoad(host, Number(port), quiet !== undefined, (line) => process.stdout.write(`${line}\n`));
