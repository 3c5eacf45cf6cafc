import { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { Pump } from "../../src/core/pump";
import type { AccessUnit } from "../../src/media/access-unit";
import type { Frame } from "../../src/media/frame";
import type { RtspFeedOptions } from "../../src/stream/client/rtsp-feed";
import { RtspVideo, type RtspVideoSink } from "../../src/stream/client/rtsp-video";
import { parseSourceUrl } from "../../src/wire/rtsp-source-url";
import type { RtspUrl } from "../../src/wire/rtsp-url";
import { CAMERA, RelayScene, type RelaySceneOptions } from "./relay-scene";
import { VirtualMjpegViewer } from "./virtual-mjpeg-viewer";

/** Ports of origins whose connections the relay takes. */
const PORTS: readonly number[] = [80, 554];

/** A {@link RelayScene} whose relay stands between the networks: viewers know its cameras' addresses only. */
export class TransparentScene extends RelayScene {
	private players = 0;

	constructor(seed: number, options: RelaySceneOptions = {}) {
		super(seed, { table: {}, ...options, settings: { "transparent-port": "8599", ...options.settings } });
		const { machine } = this.first;
		machine.forwarding = true;
		this.lead();
		this.camera.machine.nics[0].configure({ address: CAMERA, gateway: this.first.outside });
		this.run(1);
	}

	/** Lays down the rules of the relay's kernel, again after it had no power. */
	lead(): void {
		const { machine } = this.first;
		const [inside] = machine.nics;
		machine.transparent = { nic: inside, ports: PORTS };
		this.access.claim(CAMERA, inside);
	}

	/** A machine of the access network, whose router is the relay. */
	addPlayer(): VirtualMachine {
		const address = `10.8.100.${++this.players}`;
		const machine = new VirtualMachine(this.world, `player${this.players}`);
		machine.attach(this.access, { address, prefix: 8, gateway: this.first.inside });
		this.internet.claim(address, this.first.machine.nics[1]);
		return machine;
	}

	/** A viewer asks the camera for Motion JPEG. */
	see(target = "/live", fields = "", machine = this.addPlayer(), port = 80): VirtualMjpegViewer {
		return new VirtualMjpegViewer(machine, { address: CAMERA, port, target, fields });
	}

	/** A player asks the camera for RTSP. */
	play(options: Partial<RtspFeedOptions> = {}, url = `rtsp://${CAMERA}/live`): VirtualRtspPlayer {
		return new VirtualRtspPlayer(this.addPlayer(), url, options);
	}
}

/** A player of RTSP that knows nothing of a relay. */
export class VirtualRtspPlayer implements RtspVideoSink {
	pictures = 0;
	readonly troubles: string[] = [];
	readonly video: RtspVideo;

	constructor(
		readonly machine: VirtualMachine,
		url: string,
		options: Partial<RtspFeedOptions>,
	) {
		const { network, resolver, random, clock } = machine;
		const host = { pump: new Pump(clock), network, resolver, random, utc: () => clock.utc() };
		const parsed = parseSourceUrl(url) as RtspUrl;
		this.video = new RtspVideo(host, { url: parsed, framing: "tcp", basic: false, certificate: "", ...options }, this);
		this.video.start();
	}

	stop(): void {
		this.video.stop();
	}

	described(): void {}

	trouble(message: string | undefined): void {
		if (message !== undefined) this.troubles.push(message);
	}

	picture(frame: Frame): void {
		this.pictures++;
		frame.release();
	}

	unit(unit: AccessUnit): void {
		this.pictures++;
		unit.release();
	}
}
