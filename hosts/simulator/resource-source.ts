import Resource from "Resource";
import { FRAME_HEADROOM, FRAME_TAILROOM, Frame } from "../../src/media/frame";
import { parseJpeg } from "../../src/media/jpeg";
import { copyPicture, lackingTables, TABLES_LENGTH } from "../../src/media/jpeg-mend";
import { Pacer } from "../../src/media/pacer";
import type { FrameSink, FrameSource } from "../../src/ports/camera";
import type { Clock } from "../../src/ports/clock";
import { type SdkTimer, Timer } from "../sdk/sdk-classes";

/** A picture in a buffer with the free room of a {@link Frame}, and whether a viewer still holds it. */
interface Picture {
	readonly bytes: Uint8Array;
	readonly end: number;
	busy: boolean;
}

/**
 * A camera that shows the JPEG resources `frame-00.jpg`, `frame-01.jpg` … in a loop: XS has no encoder.
 *
 * A picture that a viewer still holds is skipped, because its frame's free room is in use.
 */
export class ResourceSource implements FrameSource {
	readonly description: string;
	private readonly pictures: Picture[] = [];
	private readonly pacer: Pacer;
	private sink: FrameSink | undefined;
	private sequence = 0;

	/** @throws {Error} when there is no picture, or one is not a JPEG */
	constructor(
		private readonly clock: Clock,
		fps: number,
	) {
		for (let i = 0; i < 100; i++) {
			const name = `frame-${i < 10 ? "0" : ""}${i}.jpg`;
			if (!Resource.exists(name)) break;
			this.pictures.push(load(name));
		}
		const first = this.pictures[0];
		if (first === undefined) throw new Error("the simulator's pictures are missing from its resources");
		const info = parseJpeg(first.bytes, FRAME_HEADROOM, first.end);
		this.description = `a loop of ${this.pictures.length} pictures, ${info?.width}x${info?.height}, ${fps} a second`;
		this.pacer = new Pacer(fps, () => this.show(), {
			now: () => clock.now(),
			set: (call, delay) => Timer.set(call, delay),
			clear: (timer) => Timer.clear(timer as SdkTimer),
		});
	}

	start(sink: FrameSink): void {
		this.sink = sink;
		this.pacer.start();
	}

	stop(): void {
		this.sink = undefined;
		this.pacer.stop();
	}

	private show(): void {
		const sequence = this.sequence++;
		const picture = this.pictures[sequence % this.pictures.length];
		if (picture.busy) return;
		picture.busy = true;
		const frame = new Frame(
			picture.bytes,
			FRAME_HEADROOM,
			picture.end,
			sequence,
			this.clock.now(),
			this.clock.utc(),
			() => {
				picture.busy = false;
			},
		);
		this.sink?.frame(frame);
	}
}

function load(name: string): Picture {
	const resource = new Resource(name);
	const picture = new Uint8Array(resource.slice(0, resource.byteLength));
	const info = parseJpeg(picture, 0, picture.length);
	if (info === undefined) throw new Error(`${name} is not a complete JPEG picture`);
	const lacking = lackingTables(picture, 0, info.scanStart);
	const end = FRAME_HEADROOM + picture.length + (lacking > 0 ? TABLES_LENGTH : 0);
	const bytes = new Uint8Array(end + FRAME_TAILROOM);
	copyPicture(bytes, FRAME_HEADROOM, picture, 0, picture.length, lacking);
	return { bytes, end, busy: false };
}
