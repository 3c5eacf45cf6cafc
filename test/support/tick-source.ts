import type { VirtualMachine } from "../../hosts/virtual/virtual-machine";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import type { FrameSink, FrameSource } from "../../src/ports/camera";

/** What a {@link TickSource} shows now. */
export interface TickState {
	/** True: it gives no picture, and says nothing. */
	readonly still: boolean;
	readonly home: { readonly picture: Uint8Array | undefined };
}

/** Gives ten pictures a second: each different, and none of them a real JPEG unless the home has one for all cameras. */
export class TickSource implements FrameSource {
	readonly description = "ticks";
	private sink: FrameSink | undefined;
	private sequence = 0;

	constructor(
		private readonly machine: VirtualMachine,
		private readonly state: TickState,
	) {}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.tick();
	}

	stop(): void {
		this.sink = undefined;
	}

	private tick(): void {
		if (this.sink === undefined || !this.machine.on) return;
		if (!this.state.still) this.give(this.sink);
		this.machine.world.after(100, () => this.tick());
	}

	private give(sink: FrameSink): void {
		const { picture } = this.state.home;
		const end = FRAME_HEADROOM + (picture?.length ?? 900);
		const bytes = new Uint8Array(end + FRAME_TAILROOM).fill(this.sequence & 255);
		if (picture !== undefined) bytes.set(picture, FRAME_HEADROOM);
		sink.frame(new Frame(bytes, FRAME_HEADROOM, end, this.sequence++, this.machine.clock.now(), undefined));
	}
}
