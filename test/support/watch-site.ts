import { NodeCiphers } from "../../hosts/node/ciphers";
import { NodeClock } from "../../hosts/node/clock";
import { NodeNetwork } from "../../hosts/node/network";
import { NodeRandom } from "../../hosts/node/random";
import { NodeResolver } from "../../hosts/node/resolver";
import { SourceWithH264 } from "../../hosts/node/sources/h264-encoder";
import { openSource } from "../../hosts/node/sources/open-source";
import { NO_WEB_RTC, openWebRtc } from "../../hosts/node/web-rtc";
import { VirtualStore } from "../../hosts/virtual/virtual-store";
import { Camera, cameraSchema, type ExtraPart } from "../../src/app/camera/camera";
import { browserCalls } from "../../src/app/peer/browser-part";
import { peerToPeer } from "../../src/app/peer/peer-extra";
import type { PeerServices } from "../../src/app/peer/peer-part-services";
import { startSettings } from "../../src/app/start-settings";
import { rtspServer } from "../../src/app/stream/rtsp-extra";
import { NO_FLOATING_ADDRESS } from "../../src/ports/floating-address";
import { NO_SWITCH } from "../../src/ports/pins";
import { freePort } from "../../tools/free-port";
import { PASSWORD } from "./digest";

/** A camera of this process that browsers can call. */
export class WatchSite {
	/** What it has logged. */
	readonly log: string[] = [];
	services!: PeerServices;
	private camera!: Camera;

	private constructor(readonly port: number) {}

	/**
	 * Starts it.
	 * @param given more settings
	 * @param interfaces the interfaces that it uses
	 */
	static async start(given: ReadonlyMap<string, string>, interfaces = ["lo"]): Promise<WatchSite> {
		const site = new WatchSite(await freePort());
		const { source, motion } = openSource("synthetic", { fps: 10, name: () => "door", look: 1 } as never);
		const extras: readonly ExtraPart[] = [
			rtspServer(),
			peerToPeer({ ciphers: new NodeCiphers(), resolver: new NodeResolver() }, [
				(services) => {
					site.services = services;
					return {};
				},
				browserCalls(openWebRtc, NO_WEB_RTC),
			]),
		];
		const settings = new Map([
			["password", PASSWORD],
			["name", "door"],
			["http-port", `${site.port}`],
			["rtsp-port", "0"],
			["mapping", "off"],
			...given,
		]);
		const store = new VirtualStore();
		site.camera = new Camera(
			{
				network: new NodeNetwork({ use: interfaces }),
				clock: new NodeClock(),
				random: new NodeRandom(),
				store,
				log: { write: (level, area, text) => void site.log.push(`${level} ${area} ${text}`) },
				model: "test",
				tellPassword() {},
				source: new SourceWithH264(source, 10),
				motion,
				switch: NO_SWITCH,
				floating: NO_FLOATING_ADDRESS,
			},
			startSettings(cameraSchema(extras), settings, store),
			extras,
		);
		site.camera.start();
		return site;
	}

	/** Where the camera's view is turned to. */
	get pan(): number {
		return this.camera.panTilt.state.pan;
	}

	/** How many pictures a second viewers ask for; 0: nobody watches. */
	get watching(): number {
		return this.camera.video.hub.watching;
	}

	url(path = ""): string {
		return `http://localhost:${this.port}/${path}`;
	}

	stop(): Promise<void> {
		return new Promise((done) => this.camera.leave(done));
	}
}
