import { Pump } from "../../src/core/pump";
import { HttpServer } from "../../src/http/http-server";
import type { Clock } from "../../src/ports/clock";
import type { FileDone, FileEntry, Files } from "../../src/ports/files";
import type { Network } from "../../src/ports/net";
import type { Random } from "../../src/ports/random";
import type { ContentVerdict, DavHost } from "../../src/storage/dav/dav-host";
import { DAV_METHODS, DavServer } from "../../src/storage/dav/dav-server";
import { HTTP_LIMITS } from "./http-limits";
import { HttpListener } from "./http-listener";

/**
 * A file server without accounts, on any host's ports. Recordings are deleted like files, but for those whose name contains
 * `locked`; folders are shown as the names of their entries.
 */
export class DavStage implements DavHost {
	readonly server: DavServer;
	/** What the server has told its owner. */
	readonly told: string[] = [];
	limit = 0;
	private readonly pump: Pump;
	readonly http: HttpServer;
	private listener: HttpListener | undefined;

	constructor(
		private readonly network: Network,
		private readonly clock: Clock,
		readonly random: Random,
		readonly files: Files,
		private readonly address: string,
		limit = 0,
	) {
		this.limit = limit;
		this.pump = new Pump(clock);
		this.server = new DavServer(this, "/dav");
		this.http = new HttpServer(
			{ ...HTTP_LIMITS, connections: 400 },
			{ now: () => this.now(), utc: () => this.clock.utc() },
		);
		for (const { method, body } of DAV_METHODS) {
			for (const path of ["/dav", "/dav/*"])
				this.http.route(method, path, (request, reply) => this.server.handle(request, reply), undefined, body);
		}
	}

	/** Listens on a port. @param port 0: any */
	async open(port = 0): Promise<void> {
		this.server.start();
		this.listener = await HttpListener.open(this.network, this.pump, this.http, this.address, port);
	}

	/** The URL of the root, with a slash at the end. */
	get url(): string {
		return `http://${this.address}:${this.listener?.port ?? 0}/dav/`;
	}

	close(): void {
		this.listener?.close();
	}

	/** @see DavHost */
	now(): number {
		return this.pump.now();
	}

	/** @see DavHost */
	later(run: () => void): void {
		this.pump.after(0, run);
	}

	/** @see DavHost */
	deleteRecording(path: string, done: FileDone<undefined>): void {
		if (!path.includes("locked")) return this.files.delete(path, done);
		this.files.stat(path, () => done({ failure: "busy", detail: "locked" }));
	}

	/** @see DavHost */
	fileAppeared(path: string, done: (verdict: ContentVerdict) => void): void {
		this.told.push(`appeared ${path}`);
		if (path.endsWith(".mjpeg")) done({ content: path, fault: "" });
		else done({ content: undefined, fault: "It is not a video." });
	}

	/** @see DavHost */
	fileGone(path: string): void {
		this.told.push(`gone ${path}`);
	}

	/** @see DavHost */
	showFolder(
		_request: unknown,
		reply: { send(status: number, type: string, body: string): void },
		path: string,
		entries: readonly FileEntry[],
	): void {
		reply.send(200, "text/html", `<h1>${path}</h1>${entries.map(({ name }) => name).join(" ")}`);
	}

	/** @see DavHost */
	mediumFailed(detail: string): void {
		this.told.push(`failed ${detail}`);
	}
}
