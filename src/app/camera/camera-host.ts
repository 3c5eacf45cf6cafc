import type { FrameSource } from "../../ports/camera";
import type { Clock } from "../../ports/clock";
import type { FloatingAddress } from "../../ports/floating-address";
import type { Log } from "../../ports/log";
import type { Motion } from "../../ports/motion";
import type { Network } from "../../ports/net";
import type { Switch } from "../../ports/pins";
import type { Random } from "../../ports/random";
import type { ServiceAdvertiser } from "../../ports/service-advertiser";
import type { Store } from "../../ports/store";
import type { UrlFetcher } from "../../ports/url-fetcher";

/** All that a camera needs of the machine it runs on. */
export interface CameraHost {
	readonly network: Network;
	readonly clock: Clock;
	readonly random: Random;
	readonly store: Store;
	readonly log: Log;
	readonly source: FrameSource;
	readonly motion: Motion;
	readonly switch: Switch;
	readonly floating: FloatingAddress;
	/** Makes the camera known in the LAN by name. @default NO_SERVICE_ADVERTISER */
	readonly services?: ServiceAdvertiser;
	/** Speaks to servers in the Internet. @default NO_URL_FETCHER */
	readonly fetcher?: UrlFetcher;
	/** Kind of device, for people: `node`, `esp32`. */
	readonly model: string;
	/** More for the camera's page, already HTML. */
	readonly extra?: string;
	/** Names of the machine by which visitors may call it, beside its addresses. */
	readonly hostNames?: readonly string[];
	/** Tells the owner the password that was drawn at the first start; it is kept nowhere. */
	tellPassword(password: string): void;
	/** Begins the camera anew after it has left; absent: the host can't. */
	restart?(): void;
	/** Sets the clock, in milliseconds since 1970; absent: the machine keeps its own time. */
	setTime?(utc: number): void;
}
