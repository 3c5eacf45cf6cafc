import { toHex } from "../../base/hex";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Uplink } from "../../media/uplink";
import type { FanOutGroup } from "../../ports/net";
import type { Random } from "../../ports/random";
import type { AddressTable } from "../../stream/address-table";
import { LiveContent } from "../../stream/live-content";
import type { MediaPaths } from "../../stream/media-path";
import { ProcessingUnits } from "../../stream/processing-units";
import { QualityLadder } from "../../stream/quality-ladder";
import { RtcpContext } from "../../stream/rtcp-session";
import { SessionKeeper } from "../../stream/session-keeper";
import { type DistributionHost, StreamDistribution, type StreamLimits } from "../../stream/stream-distribution";
import { UdpReachability } from "../../stream/udp-reachability";
import { UnitContent } from "../../stream/unit-content";
import { UnitHub } from "../../stream/unit-hub";
import type { VideoPart } from "../camera/video-part";
import type { Node, NodeSettings } from "../node";
import type { StreamReport, StreamService } from "./stream-service";

/** Octets of the name of all streams in RTCP. @see RFC 7022 §4.2 */
const CNAME_OCTETS = 12;

/** The distribution of a camera's stream data: its live pictures, and its H.264 video where the source has it. */
export class DistributionService implements StreamService, DistributionHost {
	readonly transport: StreamDistribution;
	readonly paths: MediaPaths;
	readonly rtcp: RtcpContext;
	readonly reachability = new UdpReachability();
	private readonly handle: Handle<StreamDistribution, undefined>;

	/** @param table by which addresses and ports clients are served */
	constructor(
		private readonly node: Node<NodeSettings>,
		private readonly video: VideoPart,
		table: AddressTable,
		limits: StreamLimits,
	) {
		// The camera's own name is shown for contents without a title.
		const { host, pump } = node;
		const { clock, network, random, log } = host;
		const cname = new Uint8Array(CNAME_OCTETS);
		random.fill(cname);
		this.rtcp = new RtcpContext(clock, random, toHex(cname));
		this.paths = new ProcessingUnits(network, pump, random, table, log);
		const ladder = new QualityLadder(video.source);
		video.qualityOwner = ladder;
		const keeper = new SessionKeeper(this.reachability, ladder, () => video.hub.watching);
		this.transport = new StreamDistribution(this, limits, keeper);
		this.transport.add(new LiveContent("live", "", video.hub, this.transport));
		const units = new UnitHub(video.source, () => node.now);
		this.transport.add(new UnitContent("h264", "", units, this.transport));
		this.handle = pump.add(this.transport, undefined);
	}

	get streams(): number {
		return this.transport.table.size;
	}

	get playing(): number {
		return this.transport.playing;
	}

	get totals(): StreamReport {
		let { packets, octets, missed } = this.transport.past;
		for (const session of this.transport.table.entries()) {
			packets += session.packets;
			octets += session.octets;
			missed += session.missed;
		}
		return { packets, octets, missed };
	}

	report(stream: number): StreamReport | undefined {
		return this.transport.table.get(stream);
	}

	close(now: Millis): void {
		this.transport.close(now);
	}

	/** @see DistributionHost */
	get random(): Random {
		return this.node.host.random;
	}

	/** @see DistributionHost */
	get uplink(): Uplink | undefined {
		return this.video.uplink;
	}

	/** @see DistributionHost */
	now(): Millis {
		return this.node.now;
	}

	/** @see DistributionHost */
	isFar(client: string): boolean {
		return !this.node.addresses.isNeighbour(client);
	}

	/** @see DistributionHost */
	fanOut(): FanOutGroup {
		return this.node.host.network.fanOut();
	}

	/** @see DistributionHost */
	rearm(): void {
		this.node.pump.rearm(this.handle);
	}
}
