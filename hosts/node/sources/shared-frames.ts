import type { FrameSink, FrameSource, PictureQuality } from "../../../src/ports/camera";

/** One frame source for several: it runs while any of its {@link tap}s does, and gives each frame to all that do. */
export class SharedFrames {
	private readonly sinks: FrameSink[] = [];
	private fault: string | undefined;
	private readonly sink: FrameSink = {
		frame: (frame) => {
			const sinks = this.sinks.slice();
			for (let i = 1; i < sinks.length; i++) frame.retain();
			if (sinks.length === 0) frame.release();
			for (const sink of sinks) sink.frame(frame);
		},
		trouble: (message) => {
			this.fault = message;
			for (const sink of this.sinks.slice()) sink.trouble(message);
		},
	};

	constructor(readonly source: FrameSource) {}

	/** Makes one more source of it, which starts and stops by itself. */
	tap(): FrameSource {
		return new FrameTap(this);
	}

	/** Adds a sink. */
	join(sink: FrameSink): void {
		this.sinks.push(sink);
		if (this.sinks.length === 1) this.source.start(this.sink);
		else if (this.fault !== undefined) sink.trouble(this.fault);
	}

	/** Removes a sink; harmless when it is not there. */
	leave(sink: FrameSink): void {
		const at = this.sinks.indexOf(sink);
		if (at < 0) return;
		this.sinks.splice(at, 1);
		if (this.sinks.length > 0) return;
		this.fault = undefined;
		this.source.stop();
	}
}

class FrameTap implements FrameSource {
	private sink: FrameSink | undefined;

	constructor(private readonly shared: SharedFrames) {}

	get description(): string {
		return this.shared.source.description;
	}

	get quality(): PictureQuality | undefined {
		return this.shared.source.quality;
	}

	start(sink: FrameSink): void {
		this.stop();
		this.sink = sink;
		this.shared.join(sink);
	}

	stop(): void {
		if (this.sink !== undefined) this.shared.leave(this.sink);
		this.sink = undefined;
	}
}
