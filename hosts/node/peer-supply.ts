import { browserCalls } from "../../src/app/peer/browser-part";
import { HomeDevicesPart } from "../../src/app/peer/home-devices-part";
import { PairingPart } from "../../src/app/peer/pairing-part";
import type { PeerExtra, PeerSupply } from "../../src/app/peer/peer-part-services";
import { TunnelDoorPart } from "../../src/app/peer/tunnel-door-part";
import { SPREAD_SOCKETS } from "../../src/peer/checks/port-guesses";
import { LARGE_TUNNEL } from "../../src/peer/tunnel/tunnel-limits";
import { NodeCiphers } from "./ciphers";
import { qrCode } from "./qr-code";
import { NodeResolver } from "./resolver";
import { NO_WEB_RTC, openWebRtc } from "./web-rtc";

/** What Node.js has for peer to peer. */
export const PEER_SUPPLY: PeerSupply = {
	ciphers: new NodeCiphers(),
	resolver: new NodeResolver(),
	spread: SPREAD_SOCKETS,
};

/** The parts of cameras and NAS that build on peer to peer. */
export const PEER_EXTRAS: readonly PeerExtra[] = [
	(services) => new TunnelDoorPart(services, LARGE_TUNNEL),
	browserCalls(openWebRtc, NO_WEB_RTC),
	(services) => new PairingPart(services, qrCode),
	(services) => new HomeDevicesPart(services),
];
