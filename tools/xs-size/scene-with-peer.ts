import { ToyCiphers } from "../../hosts/virtual/toy-ciphers";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../src/app/stream/small-rtsp";
import { SMALL_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { NO_RESOLVER } from "../../src/ports/resolver";
import { playScene } from "./play-scene";
import { playStreams } from "./play-streams";

const SERVER = `${"01".repeat(32)}@198.51.100.1`;

// A camera of a board with streams and peer to peer. The server does not answer: what is measured is the camera, not the link.
playScene({
	parts: [
		SMALL_RTSP_SERVER,
		peerToPeer(
			({ host }) => ({ ciphers: new ToyCiphers(host.random), resolver: NO_RESOLVER }),
			[(services) => new TunnelDoorPart(services, SMALL_TUNNEL)],
		),
	],
	settings: { ...SMALL_RTSP_DEFAULTS, "peer-links": "4", rendezvous: SERVER },
	play: playStreams,
});
