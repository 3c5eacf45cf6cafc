import { toHex } from "../../base/hex";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Uplink } from "../../media/uplink";
import { LiveContent, type PictureHub } from "../../stream/distribution/live-content";
import type { QualityLadder } from "../../stream/distribution/quality-ladder";
import { SessionKeeper } from "../../stream/distribution/session-keeper";
import { StreamDistribution, type StreamLimits } from "../../stream/distribution/stream-distribution";
import { reportOf, type StreamReport } from "../../stream/distribution/stream-report";
import type { MediaPaths } from "../../stream/media-path";
import { RtcpContext } from "../../stream/reports/rtcp-session";
import type { UdpReachability } from "../../stream/units/udp-reachability";
import type { Camera } from "../camera/camera";
import type { Node } from "../node";
import type { StreamService } from "./stream-service";

/** Octets of the canonical name of a camera's streams. @see RFC 7022 §4.2 */
const NAME_LENGTH = 12;

/** With what a distribution works, besides its camera. */
export interface DistributionTools {
	/** Opens the ways to clients that are served by UDP. */
	readonly paths: MediaPaths;
	/** The camera's pictures as RTP can carry them. */
	readonly pictures: PictureHub;
	/** Absent: the camera's quality is not to be touched. */
	readonly ladder?: QualityLadder;
	readonly reachability: UdpReachability;
}

/** Makes the distribution of a camera's pictures with the content `live`, run by the camera's pump. */
export function liveDistribution(camera: Camera, limits: StreamLimits, tools: DistributionTools): StreamDistribution {
	const { video } = camera;
	const { ladder, reachability, pictures } = tools;
	const keeper = new SessionKeeper(reachability, ladder, () => video.hub.watching);
	const distribution = emptyDistribution(camera, limits, tools, video.uplink, keeper);
	distribution.add(new LiveContent("live", () => titleOf(camera), pictures, distribution));
	return distribution;
}

/**
 * Makes a distribution without contents, run by the appliance's pump.
 * @param uplink what viewers from the Internet share; `undefined`: no limit
 */
export function emptyDistribution(
	{ host, pump, addresses }: Pick<Node, "host" | "pump" | "addresses">,
	limits: StreamLimits,
	{ paths, reachability }: Pick<DistributionTools, "paths" | "reachability">,
	uplink: Uplink | undefined,
	keeper: SessionKeeper,
): StreamDistribution {
	const { network, random, clock } = host;
	const name = new Uint8Array(NAME_LENGTH);
	random.fill(name);
	let handle: Handle<StreamDistribution, undefined> | undefined;
	const distribution = new StreamDistribution(
		{
			random,
			paths,
			rtcp: new RtcpContext(clock, random, toHex(name)),
			reachability,
			uplink,
			now: () => pump.now(),
			isFar: (client) => !addresses.isNeighbour(client),
			fanOut: () => network.fanOut(),
			// Only the timer: events of others are not delivered in the middle of a call.
			rearm: () => {
				if (handle !== undefined) pump.rearm(handle);
			},
		},
		limits,
		keeper,
	);
	handle = pump.add(distribution, undefined);
	return distribution;
}

/** What players call the contents of a camera. */
export function titleOf({ fleet, identity }: Camera): string {
	return fleet.self.name || identity.id;
}

/** A distribution as the RTSP part sees it. */
export class DistributionService implements StreamService {
	constructor(readonly transport: StreamDistribution) {}

	get streams(): number {
		return this.transport.streams;
	}

	get playing(): number {
		return this.transport.playing;
	}

	get totals(): StreamService["totals"] {
		return this.transport.totals;
	}

	report(stream: number): StreamReport | undefined {
		const session = this.transport.table.get(stream);
		return session === undefined ? undefined : reportOf(session);
	}

	close(now: Millis): void {
		this.transport.close(now);
	}
}
