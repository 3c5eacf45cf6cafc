import type { UnitSink, UnitSource } from "../../../src/ports/camera";

/** One H.264 source for several: it runs while any of its {@link tap}s does, and gives each picture to all that do. */
export class SharedUnits {
	private readonly sinks: UnitSink[] = [];
	private fault: string | undefined;
	private readonly sink: UnitSink = {
		unit: (unit) => {
			const sinks = this.sinks.slice();
			for (let i = 1; i < sinks.length; i++) unit.retain();
			if (sinks.length === 0) unit.release();
			for (const sink of sinks) sink.unit(unit);
		},
		trouble: (message) => {
			this.fault = message;
			for (const sink of this.sinks.slice()) sink.trouble(message);
		},
	};

	constructor(readonly source: UnitSource) {}

	/** Makes one more source of it, which starts and stops by itself. */
	tap(): UnitSource {
		return new UnitTap(this);
	}

	/** Adds a sink. */
	join(sink: UnitSink): void {
		this.sinks.push(sink);
		if (this.sinks.length === 1) this.source.start(this.sink);
		else if (this.fault !== undefined) sink.trouble(this.fault);
	}

	/** Removes a sink; harmless when it is not there. */
	leave(sink: UnitSink): void {
		const at = this.sinks.indexOf(sink);
		if (at < 0) return;
		this.sinks.splice(at, 1);
		if (this.sinks.length > 0) return;
		this.fault = undefined;
		this.source.stop();
	}
}

class UnitTap implements UnitSource {
	private sink: UnitSink | undefined;

	constructor(private readonly shared: SharedUnits) {}

	get description(): string {
		return this.shared.source.description;
	}

	get parameterSets(): readonly Uint8Array[] {
		return this.shared.source.parameterSets;
	}

	start(sink: UnitSink): void {
		this.stop();
		this.sink = sink;
		this.shared.join(sink);
	}

	stop(): void {
		if (this.sink !== undefined) this.shared.leave(this.sink);
		this.sink = undefined;
	}

	requestKey(): void {
		this.shared.source.requestKey?.();
	}
}
