import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../../../support/until";

/** A folder of one test, whose programs come before the machine's. */
export class Pretend {
	readonly folder = mkdtempSync(join(tmpdir(), "porthole-sources-"));
	private readonly path = process.env["PATH"];

	/** Puts a shell script in place of a program. */
	program(name: string, script: string): void {
		writeFileSync(join(this.folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
		process.env["PATH"] = [this.folder, this.path].join(delimiter);
	}

	/** Leaves no program but those of {@link program}. */
	nothingElse(): void {
		process.env["PATH"] = this.folder;
	}

	/** Makes a film with ffmpeg. @returns its path */
	film(name: string, input: string, ...encoder: string[]): string {
		const file = join(this.folder, name);
		execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", input, ...encoder, file]);
		return file;
	}

	/** What a script has written to a file of the folder; empty: nothing yet. */
	read(name: string): string {
		try {
			return readFileSync(join(this.folder, name), "utf8");
		} catch {
			return "";
		}
	}

	/** Restores the machine's programs, waits until those of the folder have ended, and removes it. */
	async end(): Promise<void> {
		process.env["PATH"] = this.path;
		await until("the children gone", 5000, () => childrenOf(process.pid).length === 0);
		rmSync(this.folder, { recursive: true });
	}
}

function childrenOf(parent: number): string[] {
	return readdirSync("/proc").filter((id) => {
		if (!/^\d+$/.test(id)) return false;
		try {
			const stat = readFileSync(`/proc/${id}/stat`, "latin1");
			const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
			const [state, of] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
			return Number(of) === parent && state !== "Z" && /^(ffmpeg|ffprobe|sh|sleep|cat|setpriv)$/.test(name);
		} catch {
			return false;
		}
	});
}
