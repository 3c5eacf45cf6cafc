import type { ArchiveTarget } from "../../../src/ports/archive-target";
import type { ArchiveAnswer } from "./put-file";

/** A place that files are put to by HTTP. */
export abstract class HttpTarget implements ArchiveTarget {
	readonly description: string;
	private readonly base: URL;
	private running = new AbortController();

	/** @param url of a folder; credentials are not part of the description. @param kind what stands before the URL's scheme */
	constructor(url: URL, kind = "") {
		this.base = new URL(url.href);
		this.base.username = this.base.password = this.base.search = this.base.hash = "";
		if (!this.base.pathname.endsWith("/")) this.base.pathname += "/";
		this.description = kind + this.base.href;
	}

	put(path: string, size: number, done: (fault: string | undefined) => void): void {
		const { signal } = this.running;
		this.copy(path, size, signal).then(
			(answer) => {
				if (!signal.aborted) done(faultOf(answer));
			},
			(error: unknown) => {
				if (!signal.aborted) done(`${this.description}: ${error instanceof Error ? error.message : error}`);
			},
		);
	}

	close(): void {
		this.running.abort();
		this.running = new AbortController();
	}

	/** Copies a file. */
	protected abstract copy(path: string, size: number, signal: AbortSignal): Promise<ArchiveAnswer>;

	/** The URL of a path, which has no characters that mean anything in URLs. */
	protected place(path: string): URL {
		return new URL(path.split("/").map(encodeURIComponent).join("/"), this.base);
	}
}

function faultOf({ status, text }: ArchiveAnswer): string | undefined {
	if (status >= 200 && status < 300) return undefined;
	const [, code = ""] = /<Code>(\w{1,60})<\/Code>/.exec(text) ?? [];
	switch (status) {
		case 401:
		case 403:
			return `The archive does not accept the login (${code || status}). Check the name and the password in --archive.`;
		case 404:
		case 409:
			return `The archive has no such folder or bucket (${code || status}). Make it, or check --archive.`;
		case 507:
			return "The archive is full.";
		default:
			return `The archive refuses recordings (${code || status}).`;
	}
}
