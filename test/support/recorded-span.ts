import type { SeekableContent } from "../../src/http/seekable-content";
import type { MatroskaHead } from "../../src/media/matroska/matroska-head";
import { type ExportFormat, type ExportRefusal, openExport } from "../../src/storage/export/export-file";
import type { GapReason, Segment } from "../../src/storage/recording";
import { FakeStream } from "./fake-stream";
import { recordingOf, type ToyPicture } from "./toy-matroska";
import { VirtualFolder } from "./virtual-folder";

/** Recordings of one camera on a virtual disk, and exports of them. */
export class RecordedSpan {
	readonly folder = new VirtualFolder();
	readonly segments: Segment[] = [];

	/** Writes a segment. @param end of a segment that is not the newest one: `undefined`: the next one follows without a gap */
	add(head: MatroskaHead, pictures: readonly ToyPicture[], gap?: GapReason, isRunning = false): Segment {
		const { ended, running } = recordingOf(head, pictures, { gap: gap ?? "" });
		const path = `${this.segments.length}.mkv`;
		this.folder.write(path, isRunning ? running : ended);
		const last = pictures[pictures.length - 1]?.time ?? 0;
		const segment: Segment = {
			camera: head.camera,
			path,
			start: head.utc,
			end: head.utc + last + 40,
			encoding: head.encoding,
			width: head.width,
			height: head.height,
			pictures: pictures.length,
			octets: isRunning ? running.length : ended.length,
			isRunning,
			isLocked: false,
			gap,
		};
		this.segments.push(segment);
		return segment;
	}

	/** Makes an export; by default of all segments. */
	open(format: ExportFormat, from = 0, to = Number.MAX_SAFE_INTEGER): SeekableContent | ExportRefusal {
		return this.folder.wait((done) =>
			openExport(this.folder.machine.files, this.segments, from, to, format, done, "Front door"),
		);
	}

	/** Makes an export and returns all of it. */
	whole(format: ExportFormat, from?: number, to?: number): Uint8Array {
		const content = this.open(format, from, to);
		if (typeof content === "string") throw new Error(content);
		const bytes = this.read(content, 0, content.length);
		content.close();
		if (bytes === undefined) throw new Error("the export has failed");
		return bytes;
	}

	/** Reads a range. @param room of the connection at a time @returns `undefined` when it fails */
	read(content: SeekableContent, start: number, end: number, room = 1 << 20): Uint8Array | undefined {
		const { world } = this.folder;
		const source = content.open(start, end);
		const out = new FakeStream(0);
		let hasFailed = false;
		let isAwake = true;
		source.attach?.({
			wake: () => {
				isAwake = true;
			},
			fail: () => {
				hasFailed = true;
			},
		});
		let isComplete = false;
		while (!isComplete && !hasFailed) {
			if (!isAwake && !world.runUntil(() => isAwake || hasFailed, 60_000)) throw new Error("the source sleeps");
			if (hasFailed) break;
			if (out.room === 0) out.leave(room);
			isComplete = source.fill(1, out);
			isAwake = out.room === 0;
		}
		source.release();
		return hasFailed ? undefined : new Uint8Array(Buffer.concat(out.written));
	}
}
