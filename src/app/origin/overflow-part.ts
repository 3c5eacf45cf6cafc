import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { RELAYS_MESSAGES } from "../../web/relays-messages";
import type { Camera } from "../camera/camera";
import { get, type Part, type Route, type SiteRequest } from "../part";

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
		const url = this.relayFor(request);
		if (url === "") return this.camera.video.stream(request, reply);
		reply.error(307, RELAYS_MESSAGES.detour, [["Location", url], ...NO_STORE]);
	}

	private relayFor({ now, secure, remoteAddress: address, visitor }: SiteRequest): string {
		const { id } = this.camera.identity;
		const isFull = this.isFull(visitor?.role === "owner");
		return this.relays.detour({ now, protocol: "http", secure, address, visitor, content: id, path: id, isFull });
	}

	/** One place is left free: for the relay. */
	private isFull(owner: boolean): boolean {
		const { live } = this.camera.video;
		return owner ? live.isFull(true) : live.watching + 1 > live.places(false) - 1;
	}
}
