import type { Lease } from "../../../src/core/stream";
import type { FrameSink, FrameSource, PictureQuality, UnitSink, UnitSource } from "../../../src/ports/camera";

/** What {@link SharedSource} needs of a source. */
interface Startable<Sink> {
	readonly description: string;
	start(sink: Sink): void;
	stop(): void;
}

/** One source for several users: it runs while any of its taps does, and gives each picture to all that do. */
abstract class SharedSource<Sink extends Pick<FrameSink, "trouble">, Source extends Startable<Sink>> {
	private readonly sinks: Sink[] = [];
	private fault: string | undefined;

	constructor(readonly source: Source) {}

	/** Takes the source's pictures. */
	protected abstract readonly sink: Sink;

	/** Adds a sink. */
	join(sink: Sink): void {
		this.sinks.push(sink);
		if (this.sinks.length === 1) this.source.start(this.sink);
		else if (this.fault !== undefined) sink.trouble(this.fault);
	}

	/** Removes a sink; harmless when it is not there. */
	leave(sink: Sink): void {
		const at = this.sinks.indexOf(sink);
		if (at < 0) return;
		this.sinks.splice(at, 1);
		if (this.sinks.length > 0) return;
		this.fault = undefined;
		this.source.stop();
	}

	/** Gives a picture to each sink, with a reference of its own. */
	protected give(picture: Lease, to: (sink: Sink) => void): void {
		const sinks = this.sinks.slice();
		for (let i = 1; i < sinks.length; i++) picture.retain();
		if (sinks.length === 0) picture.release();
		for (const sink of sinks) to(sink);
	}

	protected trouble(message: string | undefined): void {
		this.fault = message;
		for (const sink of this.sinks.slice()) sink.trouble(message);
	}
}

/** One user of a shared source. */
abstract class Tap<Sink extends Pick<FrameSink, "trouble">, Source extends Startable<Sink>> {
	private sink: Sink | undefined;

	constructor(protected readonly shared: SharedSource<Sink, Source>) {}

	get description(): string {
		return this.shared.source.description;
	}

	start(sink: Sink): void {
		this.stop();
		this.sink = sink;
		this.shared.join(sink);
	}

	stop(): void {
		if (this.sink !== undefined) this.shared.leave(this.sink);
		this.sink = undefined;
	}
}

/** A source of JPEG frames for several users. */
export class SharedFrames extends SharedSource<FrameSink, FrameSource> {
	protected readonly sink: FrameSink = {
		frame: (frame) => this.give(frame, (sink) => sink.frame(frame)),
		trouble: (message) => this.trouble(message),
	};

	/** Makes one more source of it, which starts and stops by itself. */
	tap(): FrameSource {
		return new FrameTap(this);
	}
}

class FrameTap extends Tap<FrameSink, FrameSource> implements FrameSource {
	get quality(): PictureQuality | undefined {
		return this.shared.source.quality;
	}
}

/** A source of H.264 pictures for several users. */
export class SharedUnits extends SharedSource<UnitSink, UnitSource> {
	protected readonly sink: UnitSink = {
		unit: (unit) => this.give(unit, (sink) => sink.unit(unit)),
		trouble: (message) => this.trouble(message),
	};

	/** Makes one more source of it, which starts and stops by itself. */
	tap(): UnitSource {
		return new UnitTap(this);
	}
}

class UnitTap extends Tap<UnitSink, UnitSource> implements UnitSource {
	get parameterSets(): readonly Uint8Array[] {
		return this.shared.source.parameterSets;
	}

	requestKey(): void {
		this.shared.source.requestKey?.();
	}
}
