import process from "porthole:process";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { TlsServer } from "../conformance/tls-server";

/** Runs {@link TlsServer} on hosts/linux: `porthole-xs FOLDER test/xs/tls-server-xs IDENTITY`, which is JSON. Prints JSON. */
const [identity] = process.arguments;
new TlsServer(new LinuxNetwork(new LinuxInterfaces()), JSON.parse(identity), (port, words) =>
	process.print(`${JSON.stringify({ port, words })}\n`),
);
process.onSignal(() => process.exit(0));
