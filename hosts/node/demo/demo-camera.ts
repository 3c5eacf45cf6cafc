import { Camera, cameraSchema, type ExtraPart } from "../../../src/app/camera/camera";
import { RECENT_EVENTS } from "../../../src/app/camera/recent-events-part";
import { RECIPES } from "../../../src/app/camera/recipes-part";
import { OPERATOR_PARTS } from "../../../src/app/devices/operator-parts";
import { ledger } from "../../../src/app/origin/ledger-part";
import { RELAYS } from "../../../src/app/origin/relays-extra";
import { peerToPeer } from "../../../src/app/peer/peer-extra";
import type { Site } from "../../../src/app/site";
import { startSettings } from "../../../src/app/start-settings";
import { rtspServer } from "../../../src/app/stream/rtsp-extra";
import { OPEN_API } from "../../../src/app/system/open-api-part";
import type { FrameSource } from "../../../src/ports/camera";
import { NO_FLOATING_ADDRESS } from "../../../src/ports/floating-address";
import { NO_SWITCH } from "../../../src/ports/pins";
import { FileLedger } from "../../../src/relay/file-ledger";
import { AddressTable } from "../../../src/stream/address/address-table";
import { VirtualMachine } from "../../virtual/virtual-machine";
import { DemoHost } from "./demo-device";
import { DemoPeers } from "./demo-peers";
import { type DemoScene, HOME_GATEWAY } from "./demo-scene";
import { PlugPart, plugSection } from "./plug-part";

/** No UDP to players: the bridge carries TCP only. */
const TCP_ONLY = new AddressTable([], false);

/** A camera of the demo. */
export class DemoCamera extends DemoHost {
	/** The one that ran last, while it has no power. */
	camera: Camera | undefined;
	/** Its tunnels; absent: it has no peer to peer. */
	readonly peers: DemoPeers | undefined;
	private source: FrameSource | undefined;

	/** @param rendezvous the setting of the rendezvous server; empty: there is none, and no relay either */
	constructor(
		private readonly scene: DemoScene,
		readonly number: number,
		rendezvous: string,
	) {
		super(`${number}`, "camera", new VirtualMachine(scene.world, `camera ${number}`));
		this.machine.attach(scene.home, { address: `192.168.0.${10 + number}`, gateway: HOME_GATEWAY });
		if (rendezvous !== "") this.peers = new DemoPeers(this.machine, scene.supply, rendezvous);
		this.begin();
	}

	get name(): string {
		return this.camera?.fleet.self.name || `Camera ${this.number}`;
	}

	/** Its pages. */
	get site(): Site | undefined {
		return this.camera?.site;
	}

	/** Whether it shows the portal of the home. */
	get isRepresentative(): boolean {
		return this.isOn && this.camera?.fleet.self.representative === true;
	}

	/** @see DemoHost */
	begin(): void {
		const { scene, machine, peers } = this;
		const { network, clock, random, store } = machine;
		const { supply, choices } = scene;
		this.source?.stop();
		const { source, motion } = supply.openSource(this.number, () => this.camera?.fleet.self.name || machine.name);
		this.source = source;
		const extras: readonly ExtraPart[] = [
			OPEN_API,
			OPERATOR_PARTS,
			RECIPES,
			RECENT_EVENTS,
			rtspServer({ table: TCP_ONLY }),
			...(peers === undefined ? [] : [RELAYS, this.ledger, peerToPeer(peers.supply, peers.extras)]),
			{ make: ({ pump }) => new PlugPart(this, pump) },
		];
		const given = new Map([
			...scene.given,
			["rtsp-port", `${choices.rtspPort}`],
			["rtsp-mapped", "on"],
			...(peers?.given ?? []),
		]);
		this.camera = new Camera(
			{
				network,
				clock,
				random,
				store,
				source,
				motion,
				log: supply.log,
				...(supply.thumbnailer !== undefined && { thumbnailer: supply.thumbnailer }),
				...(supply.qrCode !== undefined && { qrCode: supply.qrCode }),
				...(supply.gzip !== undefined && { gzip: supply.gzip }),
				switch: NO_SWITCH,
				floating: NO_FLOATING_ADDRESS,
				model: "demo",
				extra: plugSection(choices.networkUrl),
				hostNames: [choices.listen],
				tellPassword() {},
				restart: () => this.begin(),
			},
			startSettings(cameraSchema(extras), given, store),
			extras,
		);
		this.camera.start();
	}

	/** Takes the reports of the relay. */
	private get ledger(): ExtraPart {
		const { files } = this.machine;
		return {
			make: (camera) => ledger(() => new FileLedger(files, (run) => camera.pump.after(0, run))).make(camera),
		};
	}

	protected override end(): void {
		this.source?.stop();
	}
}
