import process from "porthole:process";
import { linuxCiphers } from "../../hosts/linux/adapters/ciphers";
import { LinuxClock } from "../../hosts/linux/adapters/clock";
import { LinuxInterfaces } from "../../hosts/linux/adapters/interface-source";
import { LinuxNetwork } from "../../hosts/linux/adapters/network";
import { Pump } from "../../src/core/pump";
import { acceptTunnel } from "../../src/peer/tunnel/peer-tunnel";
import { tunnelHost } from "../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { TunnelCamera } from "../support/tunnel-camera";
import { UdpLink } from "../support/udp-tunnel";

/** The camera of test/xs/xs-tunnel.test.ts. Arguments: the port of the viewer, the private key in hexadecimal, the octets of a download. */
const [to, hex, bulk] = process.arguments;
const pump = new Pump(new LinuxClock());
const ciphers = linuxCiphers((bytes) => process.random(bytes));
if (ciphers === undefined) throw new Error("built without OpenSSL");
const own = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
const camera = new TunnelCamera(pump, Number(bulk));
const link = new UdpLink(new LinuxNetwork(new LinuxInterfaces()), pump, 0, Number(to), (port) => {
	link.connect(acceptTunnel(tunnelHost(pump, ciphers, LARGE_TUNNEL), { own, admit: () => true }, link, camera));
	process.print(`${port}\n`);
});
