import { RTSP_SERVER_SCHEMA } from "../../settings/rtsp-server-schema";
import type { MediaPaths } from "../../stream/media-path";
import { RtspRefusal } from "../../stream/rtsp-refusal";
import { UdpReachability } from "../../stream/units/udp-reachability";
import type { ExtraPart } from "../camera/camera";
import { DistributionService, liveDistribution } from "./live-distribution";
import { RtspPart, type RtspPartSettings } from "./rtsp-part";

/** Two clients, and one more that is kept for owners. */
export const SMALL_RTSP_DEFAULTS: Readonly<Record<string, string>> = Object.freeze({
	"rtsp-connections": "3",
	"rtsp-connections-per-address": "2",
});

const ONLY_TCP = new RtspRefusal(461, "this camera sends RTP/AVP/TCP only, interleaved in the RTSP connection");

/** Has no units: players ask again for RTP between the messages. */
const NO_DATAGRAMS: MediaPaths = Object.freeze({
	open: (now, _request, answered) => answered(now, ONLY_TCP),
} satisfies MediaPaths);

/**
 * The stream server of a camera with little room: the live JPEG pictures, by TCP between the RTSP messages. No UDP, no H.264, no
 * files, and the camera's quality stays as it is, whatever clients can take.
 */
export const SMALL_RTSP_SERVER: ExtraPart<RtspPartSettings> = Object.freeze({
	settings: RTSP_SERVER_SCHEMA,
	make: (camera) => {
		const { connections, connectionsPerAddress } = RtspPart.limits(camera);
		const limits = { streams: connections, streamsPerClient: connectionsPerAddress };
		const tools = { paths: NO_DATAGRAMS, pictures: camera.video.hub, reachability: new UdpReachability() };
		return new RtspPart(camera, camera, new DistributionService(liveDistribution(camera, limits, tools)));
	},
} satisfies ExtraPart<RtspPartSettings>);
