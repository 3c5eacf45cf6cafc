import { toJson } from "../../../base/json";
import { timestamp } from "../../../camera/mjpeg-part";
import { FrameBody } from "../../../camera/snapshots";
import type { Millis } from "../../../core/time";
import type { HttpReply } from "../../../http/http-request";
import { NO_STORE } from "../../../http/response-head";
import type { Frame } from "../../../media/frame";
import type { JpegThumbnail } from "../../../media/jpeg-thumbnail";
import type { Utc } from "../../../storage/recording";
import type { RecordedPicture, RecordingReader, RecordingSink } from "../../../storage/recording-reader";
import { TIMELINE_MESSAGES } from "../../../web/timeline-messages";
import type { Headers } from "../../../wire/text-message";

/** A picture that is at most so much older than what was asked for is the right one; no other is looked for. */
const NEAR: Millis = 2000;
/** Pictures never change, but a visitor who logs out should not leave copies in the browser for long. */
const KEPT: Headers = Object.freeze([Object.freeze(["Cache-Control", "private, max-age=600"] as const)]);

/** Answers with a picture, or about it. */
export interface StillAnswer {
	/** @param at the time that was asked for */
	answer(found: RecordedPicture, at: Utc, reply: HttpReply): void;
}

/** Answers one request with the recorded picture that is nearest to a time, earlier or later. */
export class RecordedStill implements RecordingSink {
	/** The last picture before the time, if that is not near. */
	private before: RecordedPicture | undefined;
	private isLater = false;

	/**
	 * @param give answers with what was found
	 * @param done called when it has answered
	 */
	constructor(
		private readonly at: Utc,
		private readonly reader: RecordingReader,
		private readonly reply: HttpReply,
		private readonly give: StillAnswer,
		private readonly done: () => void,
	) {
		reader.read(at, "until", true, this);
	}

	found(picture: RecordedPicture): void {
		if (this.isLater) {
			const { before } = this;
			const isNearer = before === undefined || picture.utc - this.at < this.at - before.utc;
			this.before = undefined;
			(isNearer ? before : picture)?.picture.release();
			return this.answer(isNearer ? picture : (before as RecordedPicture));
		}
		if (this.at - picture.utc <= NEAR) return this.answer(picture);
		this.before = picture;
		this.readLater();
	}

	none(): void {
		if (!this.isLater) return this.readLater();
		const { before } = this;
		this.before = undefined;
		if (before !== undefined) this.answer(before);
		else this.refuse(404, TIMELINE_MESSAGES.refused.nothing);
	}

	failed(): void {
		this.before?.picture.release();
		this.before = undefined;
		this.refuse(404, TIMELINE_MESSAGES.refused.unreadable);
	}

	private readLater(): void {
		this.isLater = true;
		this.reader.read(this.at, "from", true, this);
	}

	private answer(found: RecordedPicture): void {
		this.give.answer(found, this.at, this.reply);
		found.picture.release();
		this.end();
	}

	private refuse(status: number, why: string): void {
		this.reply.error(status, why);
		this.end();
	}

	private end(): void {
		this.reader.close();
		this.done();
	}
}

/** Answers with the picture itself, or a thumbnail of it; 415 for H.264. */
export class StillPicture implements StillAnswer {
	/** @param width how wide it is shown: a thumbnail may be half as wide; `Infinity`: the whole picture is wanted */
	constructor(
		private readonly width: number,
		private readonly thumbnail: JpegThumbnail,
	) {}

	answer({ utc, segment, picture }: RecordedPicture, at: Utc, reply: HttpReply): void {
		if (segment.encoding !== "JPEG") return reply.error(415, TIMELINE_MESSAGES.refused.h264Picture);
		const isExact = utc <= at && at - utc <= NEAR && !segment.isRunning;
		const headers: Headers = [["X-Timestamp", timestamp(utc)], ...(isExact ? KEPT : NO_STORE)];
		const frame = picture as Frame;
		const isSmall = this.width <= segment.width / 4;
		const made = isSmall ? this.thumbnail.make(frame.bytes, frame.start, frame.end) : undefined;
		if (made !== undefined) reply.send(200, "image/jpeg", made, headers);
		else reply.stream(200, [["Content-Type", "image/jpeg"], ...headers], new FrameBody(frame), frame.length);
	}
}

/** Answers with the time, the encoding and the size of the picture, as JSON. */
class StillFacts implements StillAnswer {
	answer({ utc, segment }: RecordedPicture, _at: Utc, reply: HttpReply): void {
		const { encoding, width, height } = segment;
		reply.send(200, "application/json", toJson({ utc, encoding, width, height }), NO_STORE);
	}
}

/** @see StillFacts */
export const STILL_FACTS: StillAnswer = new StillFacts();
