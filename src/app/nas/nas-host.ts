import type { FrameSource } from "../../ports/camera";
import type { Files } from "../../ports/files";
import type { LumaReader } from "../../ports/luma";
import type { Resolver } from "../../ports/resolver";
import type { ServiceAdvertiser } from "../../ports/service-advertiser";
import type { Ledger } from "../../relay/ledger";
import type { NodeHost } from "../node-host";

/** All that a NAS needs of the machine it runs on. */
export interface NasHost extends NodeHost {
	/** The folder of the store: `recordings`, `files` and what belongs to them. */
	readonly storage: Files;
	/** Where that is, for the log. @default not written */
	readonly storagePath?: string;
	/**
	 * Opens a camera at a URL: `rtsp:`, `rtsps:`, `http:` or `https:` (MJPEG); credentials are in the URL.
	 * @param fps the most pictures per second that are wanted
	 * @throws {Error} for a URL that can't be one, with a text for people
	 */
	openSource(url: string, fps: number): FrameSource;
	/** Reads the brightness of pictures, perhaps in another thread. */
	readonly luma: LumaReader;
	/** Resolves the name of the server that is told of events. @default NO_RESOLVER */
	readonly resolver?: Resolver;
	/** Opens the ledger of relays' reports, again after each restart from a page. @default append-only files in {@link storage} */
	openLedger?(): Ledger;
	/** Makes the NAS known in the LAN by name. @default NO_SERVICE_ADVERTISER */
	readonly services?: ServiceAdvertiser;
}
