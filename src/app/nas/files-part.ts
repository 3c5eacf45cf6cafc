import { GIGABYTE, type Millis, type Octets } from "../../core/time";
import { type HttpReply, originOf } from "../../http/http-request";
import type { FileDone, FileEntry, Files } from "../../ports/files";
import type { Random } from "../../ports/random";
import type { FILES_SCHEMA } from "../../settings/files-schema";
import type { ValuesOf } from "../../settings/schema";
import type { ContentVerdict, DavHost } from "../../storage/dav/dav-host";
import { DAV_METHODS, DavServer } from "../../storage/dav/dav-server";
import { RtspRefusal } from "../../stream/rtsp-refusal";
import type { StoredCatalog } from "../../stream/stored/stored-content";
import { BasicLogin } from "../../web/basic-login";
import { FILES_MESSAGES } from "../../web/files-messages";
import { filesPage } from "../../web/files-page";
import { sizeText } from "../../web/size-text";
import { encodePath } from "../../wire/dav-fields";
import type { Metric, NavigationLink, Part, Route, SiteRequest } from "../part";
import type { NasServices } from "./nas-services";

/** The path of the file server. */
const MOUNT = "/dav";
/** How long the answer to an upload waits to tell whether the file can be played. */
const VERDICT_WAIT: Millis = 3000;
/** Of how many uploads it is remembered whether they can be played. */
const VERDICTS_MAX = 200;

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: `${MOUNT}/`, label: FILES_MESSAGES.nav, need: "viewer" as const }),
]);

/** Viewers may read, owners do everything. */
const ROUTES: readonly Route<FilesPart>[] = Object.freeze(
	DAV_METHODS.flatMap(({ method, isReading, body }) =>
		[MOUNT, `${MOUNT}/*`].map((path) =>
			Object.freeze({
				method,
				path,
				need: isReading ? ("viewer" as const) : ("owner" as const),
				body,
				run: (files: FilesPart, request: SiteRequest, reply: HttpReply) => files.server.handle(request, reply),
			}),
		),
	),
);

/** The contents in the folder of uploads, as the stream server plays them. */
export interface PlayedFiles extends StoredCatalog {
	/** A file was deleted or replaced: the streams that play it end in order. */
	removed(name: string): void;
}

/**
 * The file server of a NAS: WebDAV for desktops, and pages for browsers, behind the accounts of all pages (STR-14).
 *
 * It shares the store with the stream server (STR-23): an uploaded file is a content at once, recordings are files, and
 * deleting what is being played ends the stream.
 */
export class FilesPart implements Part, DavHost {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly server: DavServer;
	/** Whether uploads can be played, for people, by their paths. */
	private readonly verdicts = new Map<string, string>();

	constructor(
		private readonly nas: NasServices,
		private readonly played: PlayedFiles,
		private readonly settings: ValuesOf<typeof FILES_SCHEMA>,
	) {
		this.server = new DavServer(this, MOUNT);
		const { gate, authenticator } = nas.access;
		gate.other = new BasicLogin(authenticator, MOUNT);
	}

	start(): void {
		this.server.start();
	}

	status(): Record<string, unknown> {
		const { used, uploading, locks } = this.server;
		return { files: { octets: used, uploading, locks } };
	}

	metrics(): readonly Metric[] {
		const { used, uploading, locks } = this.server;
		return [
			["files_bytes", "gauge", "Octets of all uploaded files", used],
			["files_uploads", "gauge", "Uploads under way", uploading],
			["files_locks", "gauge", "Locks that clients of the file server hold", locks],
		];
	}

	/** @see DavHost */
	get files(): Files {
		return this.nas.storage;
	}

	/** @see DavHost */
	get random(): Random {
		return this.nas.node.host.random;
	}

	/** @see DavHost */
	get limit(): Octets {
		return this.settings.filesLimit * GIGABYTE;
	}

	/** @see DavHost */
	now(): Millis {
		return this.nas.node.now;
	}

	/** @see DavHost */
	later(run: () => void): void {
		this.nas.node.pump.after(0, run);
	}

	/** @see DavHost */
	mediumFailed(detail: string): void {
		this.nas.node.host.log.write("warn", "files", detail);
	}

	/** @see DavHost */
	deleteRecording(path: string, done: FileDone<undefined>): void {
		const { store, storage } = this.nas;
		const segment = store.segmentAt(path);
		if (segment !== undefined) store.delete(segment, done);
		// Never during the call.
		else storage.stat(path, () => done({ failure: "denied", detail: "not a recording" }));
	}

	/** @see DavHost */
	fileAppeared(path: string, done: (verdict: ContentVerdict) => void): void {
		const name = path.slice("files/".length);
		if (name.includes("/")) return done({ content: undefined, fault: FILES_MESSAGES.inFolder });
		let isTold = false;
		const tell = (content: string | undefined, fault: string): void => {
			if (!isTold) done({ content, fault });
			isTold = true;
		};
		this.nas.node.pump.after(VERDICT_WAIT, () => tell(undefined, FILES_MESSAGES.slow));
		this.played.find(name, (found) => {
			if (found instanceof RtspRefusal) {
				const fault = found.status === 404 ? FILES_MESSAGES.noVideo : `It can't be played: ${found.message}.`;
				this.remember(path, found.status === 415 ? fault : "");
				return tell(undefined, fault);
			}
			this.remember(path, FILES_MESSAGES.plays);
			tell(path, "");
		});
	}

	/** @see DavHost */
	fileGone(path: string): void {
		this.verdicts.delete(path);
		this.played.removed(path.slice("files/".length));
	}

	/** @see DavHost */
	showFolder(request: SiteRequest, reply: HttpReply, path: string, entries: readonly FileEntry[]): void {
		const { site } = this.nas;
		const files = entries.map(({ name, kind, size, modified }) => ({
			name,
			isFolder: kind === "folder",
			octets: size,
			modified,
			note: path === "" ? areaNote(name) : (this.verdicts.get(`${path}/${name}`) ?? ""),
		}));
		const url = `${originOf(request)}${MOUNT}/${path === "" ? "" : `${encodePath(path)}/`}`;
		filesPage({ visitor: site.visitor(request), path, url, files }).reply(reply);
	}

	facts(): readonly (readonly [string, string])[] {
		return [[FILES_MESSAGES.title, sizeText(this.server.used)]];
	}

	private remember(path: string, note: string): void {
		this.verdicts.delete(path);
		if (note === "") return;
		if (this.verdicts.size >= VERDICTS_MAX) this.verdicts.delete(this.verdicts.keys().next().value ?? "");
		this.verdicts.set(path, note);
	}
}

function areaNote(name: string): string {
	return name === "files" ? FILES_MESSAGES.areas.files : name === "recordings" ? FILES_MESSAGES.areas.recordings : "";
}
