import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { openBenchServer } from "../support/bench-stun-server";

/** Answers address requests on a port of this machine. For tools/bench/peer/stun. */
openBenchServer(new LinuxNetwork(new LinuxInterfaces()), Number(process.arguments[0]), () => process.print("open\n"));
process.onSignal(() => {
	process.print(`${JSON.stringify({ slots: process.slots, chunks: process.chunks })}\n`);
	process.exit(0);
});
