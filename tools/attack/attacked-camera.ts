import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { CameraKind, Lab, LabProcess } from "../../test/lab/lab";
import { NODE_PROGRAM, XS_PROGRAM } from "../camera-program";
import { MemoryRecord } from "./memory-record";

/** The size of a camera's disk. */
const DISK = "2m";
/** Node.js puts off collecting garbage for as long as it may. With a small heap, a leak ends the program. */
const HEAP_LIMIT = "--max-old-space-size=48";
/** Time for a camera to leave before it counts as hanging. */
const LEAVE_TIME = 30_000;

/** A camera under attack: its program, its disk, its memory. */
export class AttackedCamera {
	readonly memories: MemoryRecord[] = [];
	/** When it was started last. */
	started = 0;
	restarts = 0;
	private process: LabProcess | undefined;
	/** True while the campaign itself ends the program. */
	private isEnding = false;
	private readonly data: string;

	/**
	 * @param n its number in the lab
	 * @param folder for its disk
	 * @param ended called when the program exits by itself
	 */
	constructor(
		private readonly lab: Lab,
		readonly n: number,
		readonly kind: CameraKind,
		folder: string,
		private readonly ended: (camera: AttackedCamera) => void,
	) {
		this.data = join(folder, `cam${n}`);
		mkdirSync(this.data);
		execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "porthole-attack", this.data]);
	}

	get name(): string {
		return `camera ${this.n} (${this.kind === "node" ? "Node.js" : "XS"})`;
	}

	get memory(): MemoryRecord | undefined {
		return this.memories.at(-1);
	}

	/** What the program printed last. */
	get output(): string {
		return this.process?.output ?? "";
	}

	start(...flags: readonly string[]): void {
		const program = this.kind === "node" ? [process.execPath, HEAP_LIMIT, NODE_PROGRAM] : [XS_PROGRAM];
		const words = [...program, "camera", "--interface", "eth0", "--data", this.data, ...flags];
		const own = this.lab.spawn(`cam${this.n}`, ["nice", "-n", "10", ...words]);
		this.process = own;
		this.isEnding = false;
		this.started = performance.now();
		this.memories.push(new MemoryRecord(own.pid));
		void own.ended.then(() => {
			if (!this.isEnding && this.process === own) this.ended(this);
		});
	}

	/** Kills the program, as a power failure does. */
	async crash(): Promise<void> {
		this.isEnding = true;
		await this.process?.crash();
		this.forget();
	}

	/** Ends the program in good order. @returns whether it did so in time with exit code 0 */
	async leave(): Promise<boolean> {
		this.isEnding = true;
		const start = performance.now();
		const code = await this.process?.leave();
		const inTime = performance.now() - start < LEAVE_TIME;
		if (code === 0) this.forget();
		return code === 0 && inTime;
	}

	/** Fills its disk up. */
	fillDisk(): void {
		const file = openSync(join(this.data, "filler"), "w");
		try {
			for (const size of [65_536, 4096]) {
				const block = Buffer.alloc(size);
				try {
					for (;;) if (writeSync(file, block) < size) break;
				} catch {
					// It is full.
				}
			}
		} finally {
			closeSync(file);
		}
	}

	freeDisk(): void {
		rmSync(join(this.data, "filler"), { force: true });
	}

	removeDisk(): void {
		execFileSync("umount", ["-l", this.data]);
	}

	private forget(): void {
		if (this.process !== undefined) this.lab.forget(this.process);
	}
}
