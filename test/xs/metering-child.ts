import process from "porthole:process";
import { LinuxClock } from "../../hosts/linux/adapters/clock";
import { LinuxFiles } from "../../hosts/linux/adapters/files";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { LinuxRandom } from "../../hosts/linux/adapters/random";
import { LinuxResolver } from "../../hosts/linux/adapters/resolver";
import { Pump } from "../../src/core/pump";
import { meterLoad } from "../support/metering-load";

// The load of the kill test on XS: porthole-xs TREE test/xs/metering-child FOLDER PORT [quiet]
const [folder, port, quiet] = process.arguments;
const clock = new LinuxClock();
const network = new LinuxNetwork(new LinuxInterfaces());
const random = new LinuxRandom((bytes) => process.random(bytes));
const host = {
	pump: new Pump(clock),
	storage: new LinuxFiles(folder),
	log: { write: () => {} },
	random,
	network,
	resolver: new LinuxResolver(network, random),
	utc: () => clock.utc(),
};
meterLoad(host, Number(port), quiet !== undefined, (line) => process.print(`${line}\n`));
