import type { Millis } from "../../core/time";
import type { AddressTable } from "../../stream/address/address-table";
import { ConvertedPictures } from "../../stream/distribution/converted-pictures";
import { QualityLadder } from "../../stream/distribution/quality-ladder";
import type { StreamDistribution, StreamLimits } from "../../stream/distribution/stream-distribution";
import { UnitContent } from "../../stream/distribution/unit-content";
import { UnitHub } from "../../stream/distribution/unit-hub";
import type { StoredCatalog } from "../../stream/stored/stored-content";
import { StoredStreams } from "../../stream/stored/stored-streams";
import { ProcessingUnits } from "../../stream/units/processing-units";
import { UdpReachability } from "../../stream/units/udp-reachability";
import type { Camera } from "../camera/camera";
import { DistributionService, liveDistribution, titleOf } from "./live-distribution";
import type { StreamService, UdpTrouble } from "./stream-service";

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
	const { host, pump, video } = camera;
	const { source, hub } = video;
	const { network, random, log, converter } = host;
	const now = () => pump.now();
	const reachability = new UdpReachability();
	const paths = new ProcessingUnits(network, pump, random, supply.table, log);
	for (const { isError, text } of supply.table.check([...network.paths(), ...network.ipv6Paths()]))
		log.write(isError ? "warn" : "info", "stream", `address table: ${text}`);
	const ladder = new QualityLadder(source);
	video.qualityOwner = ladder;
	const report = (message: string): void => {
		// The camera's own trouble is in the log already.
		if (message !== video.trouble) log.write("warn", "stream", message);
	};
	const pictures = converter === undefined ? hub : new ConvertedPictures(hub, converter, now, report);
	const distribution = liveDistribution(camera, limits, { paths, pictures, ladder, reachability });
	const units = new UnitHub(source, now, report);
	distribution.add(new UnitContent("h264", () => titleOf(camera), units, distribution));
	if (supply.stored !== undefined) distribution.add(new StoredStreams(supply.stored, distribution));
	return new DatagramService(distribution, paths, reachability);
}

/** The service of a distribution that sends by UDP too. */
class DatagramService extends DistributionService {
	constructor(
		transport: StreamDistribution,
		private readonly units: ProcessingUnits,
		private readonly reachability: UdpReachability,
	) {
		super(transport);
	}

	/** @see StreamService */
	udpTrouble(now: Millis): UdpTrouble {
		const { strangers, malformed, unmatched } = this.units.drops;
		const { ended: unreachable } = this.reachability;
		return { unreachable, refused: this.reachability.refused(now), dropped: strangers + malformed + unmatched };
	}
}
