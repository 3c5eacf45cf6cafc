import type { FrameSource, JpegConverter } from "../../ports/camera";
import type { FloatingAddress } from "../../ports/floating-address";
import type { Motion } from "../../ports/motion";
import type { Switch } from "../../ports/pins";
import type { ServiceAdvertiser } from "../../ports/service-advertiser";
import type { Thumbnailer } from "../../ports/thumbnailer";
import type { NodeHost } from "../node-host";

/** All that a camera needs of the machine it runs on. */
export interface CameraHost extends NodeHost {
	readonly source: FrameSource;
	/** Re-encodes pictures that RTP can't carry; absent: such pictures are refused. */
	readonly converter?: JpegConverter;
	/** Makes thumbnails for the portal; absent: it gets whole pictures. */
	readonly thumbnailer?: Thumbnailer;
	readonly motion: Motion;
	/** The switch of IMG-7 on a pin. */
	readonly switch: Switch;
	readonly floating: FloatingAddress;
	/** Makes the camera known in the LAN by name. @default NO_SERVICE_ADVERTISER */
	readonly services?: ServiceAdvertiser;
	/** More for the camera's page, already HTML. */
	readonly extra?: string;
}
