import { toHex } from "../../base/hex";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { AddressTable } from "../../stream/address/address-table";
import { ConvertedPictures } from "../../stream/distribution/converted-pictures";
import { LiveContent } from "../../stream/distribution/live-content";
import { QualityLadder } from "../../stream/distribution/quality-ladder";
import { SessionKeeper } from "../../stream/distribution/session-keeper";
import { StreamDistribution, type StreamLimits } from "../../stream/distribution/stream-distribution";
import { reportOf, type StreamReport } from "../../stream/distribution/stream-report";
import { UnitContent } from "../../stream/distribution/unit-content";
import { UnitHub } from "../../stream/distribution/unit-hub";
import { RtcpContext } from "../../stream/reports/rtcp-session";
import type { StoredCatalog } from "../../stream/stored/stored-content";
import { StoredStreams } from "../../stream/stored/stored-streams";
import { ProcessingUnits } from "../../stream/units/processing-units";
import { UdpReachability } from "../../stream/units/udp-reachability";
import type { Camera } from "../camera/camera";
import type { StreamService, UdpTrouble } from "./stream-service";

/** Octets of the canonical name of a camera's streams. @see RFC 7022 §4.2 */
const NAME_LENGTH = 12;

/** What a host has for the streams of a camera. */
export interface StreamSupply {
	/** By which addresses and ports clients are served. */
	readonly table: AddressTable;
	/** Files and recordings that can be played; absent: none. */
	readonly stored?: StoredCatalog | undefined;
}

/**
 * Makes the distribution of a camera's pictures: the contents `live`, `h264` where the source has it, and stored ones. It is run by
 * the camera's pump, and the quality that the user sees and sets is the user's from now on, whatever the distribution lowers.
 */
export function makeDistribution(camera: Camera, limits: StreamLimits, supply: StreamSupply): StreamService {
	const { host, pump, video, addresses } = camera;
	const { source, hub } = video;
	const { network, random, clock, log, converter } = host;
	const name = new Uint8Array(NAME_LENGTH);
	random.fill(name);
	const now = () => pump.now();
	const reachability = new UdpReachability();
	const units = new ProcessingUnits(network, pump, random, supply.table, log);
	for (const { isError, text } of supply.table.check([...network.paths(), ...network.ipv6Paths()]))
		log.write(isError ? "warn" : "info", "stream", `address table: ${text}`);
	const ladder = new QualityLadder(source);
	video.qualityOwner = ladder;
	let handle: Handle<StreamDistribution, undefined> | undefined;
	const distribution = new StreamDistribution(
		{
			random,
			paths: units,
			rtcp: new RtcpContext(clock, random, toHex(name)),
			reachability,
			uplink: video.uplink,
			now,
			isFar: (client) => !addresses.isNeighbour(client),
			fanOut: () => network.fanOut(),
			// Only the timer: events of others are not delivered in the middle of a call.
			rearm: () => {
				if (handle !== undefined) pump.rearm(handle);
			},
		},
		limits,
		new SessionKeeper(reachability, ladder, () => hub.watching),
	);
	const title = () => camera.fleet.self.name || camera.identity.id;
	const report = (message: string): void => {
		// The camera's own trouble is in the log already.
		if (message !== video.trouble) log.write("warn", "stream", message);
	};
	const pictures = converter === undefined ? hub : new ConvertedPictures(hub, converter, now, report);
	distribution.add(new LiveContent("live", title, pictures, distribution));
	distribution.add(new UnitContent("h264", title, new UnitHub(source, now, report), distribution));
	if (supply.stored !== undefined) distribution.add(new StoredStreams(supply.stored, distribution));
	handle = pump.add(distribution, undefined);
	return new DistributionService(distribution, units, reachability);
}

/** The distribution as the RTSP part sees it. */
class DistributionService implements StreamService {
	constructor(
		readonly transport: StreamDistribution,
		private readonly units: ProcessingUnits,
		private readonly reachability: UdpReachability,
	) {}

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

	udpTrouble(now: Millis): UdpTrouble {
		const { strangers, malformed, unmatched } = this.units.drops;
		const { ended: unreachable } = this.reachability;
		return { unreachable, refused: this.reachability.refused(now), dropped: strangers + malformed + unmatched };
	}

	close(now: Millis): void {
		this.transport.close(now);
	}
}
