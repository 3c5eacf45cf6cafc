import type { FileDone, Files } from "../../ports/files";
import { folderOf } from "./list-folder";

/** Makes folders that survive a power cut. Each is made, and put on the medium, once. */
export class Folders {
	private readonly known = new Set<string>([""]);

	constructor(private readonly files: Files) {}

	/** Makes a folder and those on the way to it, where they do not exist, and puts their names on the medium. */
	ensure(path: string, done: FileDone<undefined>): void {
		if (this.known.has(path)) {
			// An operation that costs little answers later, as the contract demands.
			this.files.stat(path, (answer) => {
				if (answer.failure === undefined) return done({ value: undefined });
				// The root is there, even if the medium fails now.
				if (path === "") return done(answer);
				this.known.delete(path);
				if (answer.failure === "not-found") this.make(path, done);
				else done(answer);
			});
			return;
		}
		this.make(path, done);
	}

	/** The folder was deleted. */
	forget(path: string): void {
		this.known.delete(path);
	}

	private make(path: string, done: FileDone<undefined>): void {
		const parent = folderOf(path);
		this.ensure(parent, (above) => {
			if (above.failure !== undefined) return done(above);
			this.files.makeFolder(path, (made) => {
				if (made.failure !== undefined && made.failure !== "exists") return done(made);
				// A folder that exists may have been made just before a crash.
				this.files.syncFolder(parent, (synced) => {
					if (synced.failure === undefined) this.known.add(path);
					done(synced);
				});
			});
		});
	}
}
