import assert from "node:assert/strict";
import { NAT_KINDS } from "../../hosts/virtual/nat-settings";
import { VirtualClock } from "../../hosts/virtual/virtual-clock";
import { readPairing } from "../../src/app/peer/pairing";
import { passedUrl } from "../../src/app/peer/passed-url";
import { PeerHomes } from "../../src/app/peer/peer-homes";
import { PeerNetwork } from "../../src/app/peer/peer-network";
import { peerReach } from "../../src/app/peer/peer-reach-part";
import { Pump } from "../../src/core/pump";
import type { FrameSink } from "../../src/ports/camera";
import { RtspSource } from "../../src/stream/client/rtsp-source";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { PeerWorld } from "../support/peer-world";
import { pairingOf, viewedCamera } from "../support/viewed-home";

const OWN_KEY = { "fleet-key": "0123456789abcdef01" };

/** Counts what a source delivers. */
class Counter implements FrameSink {
	frames = 0;
	readonly troubles: string[] = [];
	frame(frame: { release(): void }): void {
		this.frames++;
		frame.release();
	}
	trouble(message: string | undefined): void {
		if (message !== undefined) this.troubles.push(message);
	}
}

/** A camera behind a NAT, and a device behind another one that records it. */
class Rig {
	readonly scene = new PeerWorld(31);
	readonly home = this.scene.network(NAT_KINDS["port-restricted"]);
	readonly machine = this.scene.inside(this.home.lan, "garage", "192.168.0.11");
	readonly camera = viewedCamera(this.scene, this.machine, "Garage", OWN_KEY);
	readonly away = this.scene.network(NAT_KINDS["port-restricted"]);
	readonly recorder = this.scene.inside(this.away.lan, "recorder", "192.168.0.11");
	readonly network = new PeerNetwork(this.recorder.network, this.pump());

	/** A clock has one alarm, for one pump. */
	private pump(): Pump {
		return new Pump(new VirtualClock(this.scene.world, true));
	}

	/** Starts the device. @param given its settings */
	start(given: Readonly<Record<string, string>>): void {
		this.scene.world.runUntil(() => false, 3000);
		viewedCamera(this.scene, this.recorder, "Recorder", given, [peerReach(this.network)]);
		this.scene.world.runUntil(() => false, 3000);
	}

	/** Pairs the device with the camera's home, as "porthole view --pair TEXT --data FOLDER" does. */
	pair(): void {
		this.scene.world.runUntil(() => false, 3000);
		const pairing = readPairing(pairingOf(this.scene, this.camera, this.machine, "kind=viewer&days=30&home=Cabin"));
		assert.ok(typeof pairing === "object");
		new PeerHomes(this.recorder.store).add(pairing);
	}

	/** Opens a source at a URL, on the device. */
	open(url: string): Counter {
		const { random, resolver, clock } = this.recorder;
		const homes = new PeerHomes(this.recorder.store);
		const source = new RtspSource(
			{
				// Sources have a pump of their own.
				pump: this.pump(),
				network: this.network,
				resolver: this.network.resolver(resolver),
				random,
				utc: () => clock.utc(),
			},
			{
				url: parseSourceUrl(passedUrl(url, homes.all)) as RtspUrl,
				framing: "udp",
				basic: false,
				certificate: "",
			},
			30,
		);
		const counter = new Counter();
		source.start(counter);
		return counter;
	}
}

describe("simulation/peer-reach", () => {
	it("records a camera in another home by its name, through the NATs of both, with the pass of the pairing (P2P-13)", () => {
		const rig = new Rig();
		rig.pair();
		rig.start({ "fleet-key": "another-home-another-key" });
		const counter = rig.open("rtsp://garage.cabin.peer/live");
		rig.scene.until(() => counter.frames >= 20, 8000, `pictures: ${counter.troubles}`);
	});

	it("reaches cameras of the own home elsewhere without a pairing: camera to camera (P2P-13)", () => {
		const rig = new Rig();
		rig.start(OWN_KEY);
		const counter = rig.open("rtsp://owner:open-sesame@garage.home.peer/live");
		rig.scene.until(() => counter.frames >= 20, 8000, `pictures: ${counter.troubles}`);
	});

	it("goes on by itself after the camera was off, with the device followed by its identity (ONE-8)", () => {
		const rig = new Rig();
		rig.pair();
		rig.start({});
		const counter = rig.open("rtsp://garage.cabin.peer/live");
		rig.scene.until(() => counter.frames >= 5, 8000, "pictures");
		rig.machine.crash();
		rig.scene.world.runUntil(() => false, 60_000);
		const before = counter.frames;
		rig.machine.powerOn();
		// Another address, and another port on the NAT.
		rig.machine.nics[0].configure({ address: "192.168.0.77", gateway: "192.168.0.1" });
		viewedCamera(rig.scene, rig.machine, "Garage", OWN_KEY);
		rig.scene.until(() => counter.frames > before + 5, 60_000, `pictures again: ${counter.troubles}`);
	});

	it("says why there are no pictures: no such device, a wrong password", () => {
		const rig = new Rig();
		rig.pair();
		rig.start({});
		const cellar = rig.open("rtsp://cellar.cabin.peer/live");
		const wrong = rig.open("rtsp://owner:not-the-password@garage.cabin.peer/live");
		rig.scene.until(() => cellar.troubles.length > 0 && wrong.troubles.length > 0, 10_000, "both say so");
		assert.match(cellar.troubles[0], /cellar/);
		assert.match(wrong.troubles[0], /password|log/i);
	});
});
