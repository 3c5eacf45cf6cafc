import type { NodeHost } from "../../src/app/node-host";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import type { PeerSupply } from "../../src/app/peer/peer-part-services";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { SMALL_RTSP_DEFAULTS, SMALL_RTSP_SERVER } from "../../src/app/stream/small-rtsp";
import { SMALL_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { boardResolver } from "./board-resolver";
import { Esp32Ciphers } from "./ciphers";
import { runBoard } from "./run-board";

/** Defaults that suit a board: few viewers at a time. */
const DEFAULTS: Readonly<Record<string, string>> = Object.freeze({ ...SMALL_RTSP_DEFAULTS, "peer-links": "4" });

/**
 * Runs one camera with a stream server, which viewers also reach by peer to peer, on a board with enough memory and flash: one with
 * `"peer": true` in its manifest.
 */
export default function main(): void {
	runBoard(
		[SMALL_RTSP_SERVER, peerToPeer(supplyOf, [(services) => new TunnelDoorPart(services, SMALL_TUNNEL)])],
		DEFAULTS,
	);
}

function supplyOf({ host: { network, random } }: { readonly host: NodeHost }): PeerSupply {
	return { ciphers: new Esp32Ciphers(random), resolver: boardResolver(network, random) };
}
