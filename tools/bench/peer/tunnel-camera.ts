import { NodeCiphers } from "../../../hosts/node/ciphers";
import { NodeClock } from "../../../hosts/node/clock";
import { NodeNetwork } from "../../../hosts/node/network";
import { Pump } from "../../../src/core/pump";
import { acceptTunnel } from "../../../src/peer/tunnel/peer-tunnel";
import { tunnelHost } from "../../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../../src/peer/tunnel/tunnel-limits";
import { TunnelCamera } from "../../../test/support/tunnel-camera";
import { UdpLink } from "../../../test/support/udp-tunnel";

/** The camera of tunnel.ts. Arguments: the port of the viewer, the private key in hexadecimal, the octets of a download. */
const [to, key, bulk] = process.argv.slice(2);
const pump = new Pump(new NodeClock());
const host = tunnelHost(pump, new NodeCiphers(), LARGE_TUNNEL);
const acceptance = { own: Buffer.from(key, "hex"), admit: () => true };
const link: UdpLink = new UdpLink(new NodeNetwork(), pump, 0, Number(to), (port) => {
	link.connect(acceptTunnel(host, acceptance, link, new TunnelCamera(pump, Number(bulk))));
	console.log(port);
});
