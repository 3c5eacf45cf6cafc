import { maskCredentials } from "../../../src/base/mask-credentials";
import type { Millis } from "../../../src/core/time";
import type { PacerTimers } from "../../../src/media/pacer";
import { type Child, endChild, findProgram, hasEnded, startChild } from "./child-process";
import { learnFromRefusal } from "./ffmpeg-arguments";

/** The first and the longest wait before ffmpeg is started again; each is twice the one before. */
const RETRY_FIRST: Millis = 1000;
const RETRY_LONGEST: Millis = 30_000;
/** After pictures for this long the next wait is the first one again. */
const STEADY: Millis = 10_000;
/** A child that delivers no picture for this long counts as dead. */
const SILENCE: Millis = 15_000;
/** How much of the output of ffmpeg is kept, and how much of its last line is passed on, in characters. */
const SAID_MAX = 2000;
export const WORDS_MAX = 300;

/** What a {@link FfmpegKeeper} keeps ffmpeg running for. */
export interface KeptFfmpeg {
	/** Pictures that were dropped because they were broken. */
	readonly broken: number;
	/** When the picture that is waited for was asked for; -Infinity: when the child was started; `Infinity`: none is waited for. */
	readonly awaitedSince: Millis;
	/** Starts ffmpeg, or another program first, by {@link FfmpegKeeper.run}. */
	launch(ffmpeg: string): void;
	/** The child is ended or gone, and its output is of no use any more. */
	abandoned(): void;
	/** Reports what is wrong; `undefined`: nothing any more. */
	trouble(message: string | undefined): void;
}

/** Keeps ffmpeg running: starts it again when it ends or delivers nothing, after 1, 2, 4 … 30 s. */
export class FfmpegKeeper {
	private child: Child | undefined;
	/** The newest child, which may be about to exit. */
	private last: Child | undefined;
	private timer: unknown;
	private retry: Millis = RETRY_FIRST;
	private isRunning = false;
	private troubled = false;
	/** The end of what the child wrote to standard error. */
	private said = "";
	private startedAt: Millis = 0;
	private deliveredAt: Millis = -Infinity;
	private brokenBefore = 0;

	constructor(
		private readonly owner: KeptFfmpeg,
		private readonly timers: PacerTimers,
	) {}

	/** Starts ffmpeg, not inside this call. */
	start(): void {
		this.stop();
		this.isRunning = true;
		this.retry = RETRY_FIRST;
		this.timer = this.timers.set(() => this.launch(), 0);
	}

	stop(): void {
		this.isRunning = false;
		this.troubled = false;
		this.abandon();
	}

	/**
	 * Starts a child in place of the current one.
	 * @param output called with what it writes to standard output, while it is the current one
	 * @param ended called in place of reporting its end as trouble
	 * @param isFed true: it has a standard input
	 */
	run(
		program: string,
		args: readonly string[],
		output: (chunk: Buffer) => void,
		{ ended, isFed }: { ended?: (code: number | null) => void; isFed?: boolean } = {},
	): Child {
		this.abandon();
		const child = startChild(program, args, isFed);
		this.child = child;
		this.last = child;
		this.said = "";
		this.startedAt = this.timers.now();
		this.brokenBefore = this.owner.broken;
		child.stdout.on("data", (chunk: Buffer) => {
			if (child === this.child) output(chunk);
		});
		child.stderr.on("data", (chunk: Buffer) => {
			if (child === this.child) this.said = (this.said + chunk.toString("utf8")).slice(-SAID_MAX);
		});
		child.once("error", (error) => {
			if (child === this.child) this.fail(`${program} can't be started: ${error.message}`);
		});
		child.once("close", (code, signal) => {
			if (child !== this.child) return;
			if (ended !== undefined) return ended(code);
			if (learnFromRefusal(this.said)) return this.relaunch();
			const ending = code === 0 ? "the input has ended" : `ffmpeg ended (${signal ?? `exit code ${code}`})`;
			this.fail(lastLine(this.said) ?? ending);
		});
		this.watch();
		return child;
	}

	/** A picture came of the child. */
	delivered(): void {
		this.deliveredAt = this.timers.now();
		if (this.troubled) this.owner.trouble(undefined);
		this.troubled = false;
	}

	/** Starts ffmpeg again once the current one has exited, as two can't open one device. @param delay waits for further calls first */
	relaunch(delay: Millis = 0): void {
		if (delay > 0) {
			this.cancelTimer();
			this.timer = this.timers.set(() => this.relaunch(), delay);
			return;
		}
		this.abandon();
		this.whenGone(() => {
			// It may have been stopped or started again in the meantime.
			if (!this.isRunning || this.child !== undefined || this.timer !== undefined) return;
			this.timer = this.timers.set(() => this.launch(), 0);
		});
	}

	/** Calls once the last child has exited, which was stopped or never started. */
	whenGone(call: () => void): void {
		const { last } = this;
		if (last === undefined || hasEnded(last)) call();
		else last.once("close", call);
	}

	/** Ends the child, reports why, and starts it again after a while. */
	fail(words: string): void {
		const steady = this.deliveredAt - this.startedAt >= STEADY;
		this.abandon();
		if (steady) this.retry = RETRY_FIRST;
		this.timer = this.timers.set(() => this.launch(), this.retry);
		this.retry = Math.min(RETRY_LONGEST, this.retry * 2);
		this.troubled = true;
		this.owner.trouble(maskCredentials(explain(words)));
	}

	private launch(): void {
		this.timer = undefined;
		const ffmpeg = findProgram("ffmpeg");
		if (ffmpeg === undefined) this.fail("ffmpeg is not installed; install it (on Debian: apt install ffmpeg)");
		else this.owner.launch(ffmpeg);
	}

	private watch(): void {
		this.cancelTimer();
		const { awaitedSince, broken } = this.owner;
		const now = this.timers.now();
		const waited = now - Math.max(this.startedAt, this.deliveredAt, Math.min(now, awaitedSince));
		const last = lastLine(this.said);
		const remark = broken > this.brokenBefore ? ", only broken ones" : "";
		if (waited >= SILENCE) {
			this.fail(`no picture for ${SILENCE / 1000} s${remark}${last === undefined ? "" : `: ${last}`}`);
			return;
		}
		this.timer = this.timers.set(() => this.watch(), SILENCE - waited);
	}

	private cancelTimer(): void {
		if (this.timer !== undefined) this.timers.clear(this.timer);
		this.timer = undefined;
	}

	/** Ends the child and ignores its further output. */
	private abandon(): void {
		this.cancelTimer();
		const { child } = this;
		this.child = undefined;
		this.owner.abandoned();
		if (child !== undefined && !hasEnded(child)) endChild(child);
	}
}

/** Says what to do about ffmpeg's message where that is known. */
function explain(words: string): string {
	if (!words.includes("Unknown encoder 'libx264'")) return words;
	return "this ffmpeg cannot make H.264, as it lacks libx264; install one that has it (on Debian: apt install ffmpeg)";
}

/** Returns the last line that is not empty, without a prefix of ffmpeg such as `[rtsp @ 0x55…]`. */
function lastLine(said: string): string | undefined {
	const lines = said.split("\n").map((line) => line.replace(/^(\[[^\]]*\]\s*)+/, "").trim());
	return lines
		.filter((line) => line !== "")
		.at(-1)
		?.slice(0, WORDS_MAX);
}
