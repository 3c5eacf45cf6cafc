import { Nas, nasSchema } from "../../../src/app/nas/nas";
import type { NasExtra } from "../../../src/app/nas/nas-services";
import { peerToPeerOfNas } from "../../../src/app/peer/peer-extra";
import type { Site } from "../../../src/app/site";
import { startSettings } from "../../../src/app/start-settings";
import { BY_RULE } from "../../../src/app/stream/rtsp-extra";
import type { FrameSource } from "../../../src/ports/camera";
import { VirtualMachine } from "../../virtual/virtual-machine";
import { DemoHost } from "./demo-device";
import { DemoPeers } from "./demo-peers";
import { type DemoFiles, type DemoScene, HOME_GATEWAY } from "./demo-scene";
import { PlugPart } from "./plug-part";

/** It records the cameras of the fleet, and none at URLs. */
const NO_SOURCE: FrameSource = Object.freeze({ description: "none", start() {}, stop() {} });

/** The NAS of the demo, which records all cameras. */
export class DemoNas extends DemoHost {
	/** The one that ran last, while it has no power. */
	nas: Nas | undefined;
	readonly peers: DemoPeers;
	private disk: DemoFiles | undefined;

	/** @param rendezvous the setting of the rendezvous server */
	constructor(
		private readonly scene: DemoScene,
		rendezvous: string,
	) {
		super("nas", "nas", new VirtualMachine(scene.world, "nas"));
		this.machine.attach(scene.home, { address: "192.168.0.10", gateway: HOME_GATEWAY });
		this.peers = new DemoPeers(this.machine, scene.supply, rendezvous);
		this.begin();
	}

	get name(): string {
		return this.nas?.fleet.self.name || "NAS";
	}

	/** Its pages. */
	get site(): Site | undefined {
		return this.nas?.site;
	}

	/** Whether it shows the portal of the home. */
	get isRepresentative(): boolean {
		return this.isOn && this.nas?.fleet.self.representative === true;
	}

	/** The identities of the cameras whose pictures it records now. */
	get recorded(): readonly string[] {
		const cameras = this.isOn ? (this.nas?.services.recorder.cameras() ?? []) : [];
		return cameras.flatMap(({ member, isRecording }) => (isRecording && member !== undefined ? [member] : []));
	}

	/** @see DemoHost */
	begin(): void {
		const { scene, machine, peers } = this;
		const { network, clock, random, store } = machine;
		const { supply, choices } = scene;
		this.disk?.stop();
		this.disk = supply.openStorage(machine);
		const extras: readonly NasExtra[] = [
			peerToPeerOfNas(peers.supply, peers.extras),
			{ make: ({ node }) => new PlugPart(this, node.pump) },
		];
		const given = new Map([
			...scene.given,
			// Video players have no port for it here.
			["rtsp-port", "0"],
			["storage-limit", "1"],
			...peers.given,
		]);
		this.nas = new Nas(
			{
				network,
				clock,
				random,
				store,
				log: supply.log,
				storage: this.disk.files,
				luma: supply.luma,
				openSource: () => NO_SOURCE,
				...(supply.qrCode !== undefined && { qrCode: supply.qrCode }),
				...(supply.gzip !== undefined && { gzip: supply.gzip }),
				model: "demo",
				hostNames: [choices.listen],
				tellPassword() {},
				restart: () => this.begin(),
			},
			startSettings(nasSchema(extras), given, store),
			{ table: BY_RULE },
			extras,
		);
		this.nas.start();
	}

	protected override end(): void {
		this.disk?.stop();
	}
}
