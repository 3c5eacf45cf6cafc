import { NodeCiphers } from "../../hosts/node/ciphers";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { Pump } from "../../src/core/pump";
import { acceptTunnel } from "../../src/peer/tunnel/peer-tunnel";
import { tunnelHost } from "../../src/peer/tunnel/tunnel-host";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { TunnelCamera } from "../support/tunnel-camera";
import { UdpLink } from "../support/udp-tunnel";
import { BULK, CAMERA_KEY, tunnelUdpSuite } from "./tunnel-udp-suite";

describe("a tunnel between two programs of Node.js", () => {
	tunnelUdpSuite(async (to) => {
		const pump = new Pump(new NodeClock());
		const host = tunnelHost(pump, new NodeCiphers(), LARGE_TUNNEL);
		const acceptance = { own: Buffer.from(CAMERA_KEY, "hex"), admit: () => true };
		const camera = new TunnelCamera(pump, BULK);
		return new Promise((done) => {
			const link = new UdpLink(new NodeNetwork(), pump, 0, to, (port) => {
				const tunnel = acceptTunnel(host, acceptance, link, camera);
				link.connect(tunnel);
				done({ port, stop: () => tunnel.close() });
			});
		});
	});
});
