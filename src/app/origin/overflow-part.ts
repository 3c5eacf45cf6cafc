import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { RELAYS_MESSAGES } from "../../web/relays-messages";
import type { Camera } from "../camera/camera";
import type { VideoPart } from "../camera/video-part";
import { get, type Part, type Route, type SiteRequest } from "../part";

/** Pictures per second that a viewer from the Internet gets at least: with less, the uplink is full. */
const RATE_MIN = 2;

const ROUTES: readonly Route<OverflowPart>[] = Object.freeze([
	get("/stream.mjpeg", (part: OverflowPart, request, reply) => part.stream(request, reply), "pictures"),
]);

/**
 * Sends viewers of a camera's live stream to a relay while the camera has no room for them (ONE-7). It takes the path of the stream
 * before the video part does, which answers all others.
 */
export class OverflowPart implements Part {
	readonly routes = ROUTES;

	/** @param relays finds a relay for a viewer */
	constructor(
		private readonly camera: Camera,
		private readonly relays: Required<Pick<Part, "detour">>,
	) {}

	/** Answers with the live picture, or with the URL of a relay that has it. */
	stream(request: SiteRequest, reply: HttpReply): void {
		const { camera } = this;
		const url = this.isFull(request) ? this.relayFor(request) : "";
		if (url === "") return camera.video.stream(request, reply);
		reply.error(307, RELAYS_MESSAGES.detour, [["Location", url], ...NO_STORE]);
	}

	private relayFor({ now, secure, visitor }: SiteRequest): string {
		const { id } = this.camera.identity;
		return this.relays.detour({ now, protocol: "http", secure, visitor, content: id, path: id });
	}

	/** One place is left free: for the relay. */
	private isFull({ visitor, remoteAddress }: SiteRequest): boolean {
		const { video, settings, addresses } = this.camera;
		const { viewers } = settings;
		if (visitor?.role === "owner") return video.live.isFull(true);
		const places = viewers === 1 ? 1 : viewers - Math.max(1, viewers >> 3);
		return video.live.watching + 1 >= places || (!addresses.isNeighbour(remoteAddress) && isUplinkFull(video));
	}
}

/** Whether one more viewer from the Internet would get less than two pictures per second. */
export function isUplinkFull({ uplink, hub }: Pick<VideoPart, "uplink" | "hub">): boolean {
	const { latest } = hub;
	if (uplink === undefined || latest === undefined) return false;
	const second: Millis = 1000;
	return (uplink.rate * second) / (uplink.viewers + 1) < RATE_MIN * (latest.end - latest.start);
}
