import type { PacerTimers } from "../../../src/media/pacer";
import type {
	FrameSink,
	FrameSource,
	PictureControls,
	PictureQuality,
	UnitSink,
	UnitSource,
} from "../../../src/ports/camera";
import { DecodedSource } from "./decoded-source";
import { findH264Node } from "./device-formats";
import { FfmpegSource } from "./ffmpeg-source";
import { FfmpegUnits } from "./ffmpeg-units";
import { NODE_TIMERS } from "./pacer-timers";

/**
 * A device such as `/dev/video0`: its JPEG frames, and its H.264 where it makes any (STR-25).
 *
 * A camera with a device node for each gives both at the same time. One node gives one format at a time: then the JPEG frames
 * are the device's own until somebody wants H.264, and are decoded from that as long as it is wanted.
 */
export class DeviceSource implements FrameSource {
	private readonly direct: FfmpegSource;
	private video: OneNode | FfmpegUnits | undefined;
	private sink: FrameSink | undefined;
	private isLooking = false;

	/** @param fps the maximum rate of JPEG frames per second */
	constructor(
		private readonly device: string,
		private readonly fps: number,
		private readonly timers: PacerTimers = NODE_TIMERS,
		private readonly find: typeof findH264Node = findH264Node,
	) {
		this.direct = new FfmpegSource({ kind: "device", name: device }, fps, timers);
		this.look();
	}

	get description(): string {
		return this.source.description;
	}

	get quality(): PictureQuality | undefined {
		return this.source.quality;
	}

	/** Of the device's own JPEG frames; frames that are decoded from H.264 are as that is. */
	get controls(): PictureControls | undefined {
		return this.source.controls;
	}

	/** Absent until the device has said that it makes H.264. */
	get h264(): UnitSource | undefined {
		return this.video instanceof OneNode ? this.video.h264 : this.video;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.look();
		this.source.start(sink);
	}

	stop(): void {
		this.sink = undefined;
		this.source.stop();
	}

	private get source(): FrameSource {
		return this.video instanceof OneNode ? this.video : this.direct;
	}

	/** Looks again at each start, as a camera may have been plugged in. */
	private look(): void {
		if (this.isLooking || this.video !== undefined) return;
		this.isLooking = true;
		this.find(this.device, (node) => {
			this.isLooking = false;
			if (node === undefined) return;
			const units = new FfmpegUnits({ kind: "device", name: node }, this.timers);
			// The one node goes on with the pictures that are running.
			this.video = node === this.device ? new OneNode(this.direct, units, this.fps, this.sink, this.timers) : units;
		});
	}
}

/** A device node with both formats, of which one at a time can be had. */
class OneNode implements FrameSource {
	readonly h264: UnitSource;
	private readonly decoded: DecodedSource;
	private unitSink: UnitSink | undefined;
	/** What is to have the device open, and what has begun to. */
	private running: "frames" | "units" | undefined;
	private begun: "frames" | "units" | undefined;

	/** @param sink for which `direct` runs already; `undefined`: it does not */
	constructor(
		private readonly direct: FfmpegSource,
		private readonly units: FfmpegUnits,
		fps: number,
		private sink: FrameSink | undefined,
		timers: PacerTimers,
	) {
		this.decoded = new DecodedSource(units, fps, timers);
		if (sink !== undefined) this.running = this.begun = "frames";
		this.h264 = this.tap();
	}

	get description(): string {
		return this.direct.description;
	}

	get quality(): PictureQuality | undefined {
		return this.begun === "units" ? this.decoded.quality : this.direct.quality;
	}

	get controls(): PictureControls | undefined {
		return this.begun === "units" ? undefined : this.direct.controls;
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		if (this.begun === "units") this.decoded.start(sink);
		else this.arrange();
	}

	stop(): void {
		this.sink = undefined;
		this.decoded.stop();
		this.arrange();
	}

	private tap(): UnitSource {
		const { units, decoded } = this;
		return {
			description: units.description,
			get parameterSets() {
				return units.parameterSets;
			},
			start: (sink) => {
				this.unitSink = sink;
				if (this.begun === "units") decoded.h264.start(sink);
				else this.arrange();
			},
			stop: () => {
				this.unitSink = undefined;
				decoded.h264.stop();
				this.arrange();
			},
		};
	}

	/** Opens the device for what is wanted, once nothing has it open for something else. */
	private arrange(): void {
		const wanted = this.unitSink !== undefined ? "units" : this.sink !== undefined ? "frames" : undefined;
		if (wanted === this.running) return;
		if (this.begun === "frames") this.direct.stop();
		else if (this.begun === "units") {
			this.decoded.stop();
			this.decoded.h264.stop();
		}
		this.begun = undefined;
		this.running = wanted;
		if (wanted === "frames") this.units.whenGone(() => this.begin("frames"));
		else if (wanted === "units") this.direct.whenGone(() => this.begin("units"));
	}

	/** Something else may be wanted by now. */
	private begin(what: "frames" | "units"): void {
		const { running, begun, sink, unitSink } = this;
		if (running !== what || begun === what) return;
		this.begun = what;
		if (what === "frames") {
			if (sink !== undefined) this.direct.start(sink);
			return;
		}
		if (unitSink !== undefined) this.decoded.h264.start(unitSink);
		if (sink !== undefined) this.decoded.start(sink);
	}
}
