import type { Millis } from "../../core/time";
import { Uplink } from "../../media/uplink";
import type { LIVE_SCHEMA } from "../../settings/live-schema";
import type { ValuesOf } from "../../settings/schema";
import type { AddressTable } from "../../stream/address/address-table";
import { ConvertedPictures } from "../../stream/distribution/converted-pictures";
import { QualityLadder } from "../../stream/distribution/quality-ladder";
import { SessionKeeper } from "../../stream/distribution/session-keeper";
import type { StreamDistribution, StreamLimits } from "../../stream/distribution/stream-distribution";
import { UnitContent } from "../../stream/distribution/unit-content";
import type { StoredCatalog } from "../../stream/stored/stored-content";
import { StoredStreams } from "../../stream/stored/stored-streams";
import { ProcessingUnits } from "../../stream/units/processing-units";
import { UdpReachability } from "../../stream/units/udp-reachability";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { Camera } from "../camera/camera";
import { DistributionService, emptyDistribution, liveDistribution, titleOf } from "./live-distribution";
import { unitsOf } from "./live-units";
import type { StreamService, UdpTrouble } from "./stream-service";

/** What a host has for the streams of a camera. */
export interface StreamSupply {
	/** By which addresses and ports clients are served. */
	readonly table: AddressTable;
	/** Files and recordings that can be played; absent: none. */
	readonly stored?: StoredCatalog | undefined;
	/** Recordings of cameras; absent: none. */
	readonly recordings?: StoredCatalog | undefined;
}

/**
 * Makes the distribution of a camera's pictures: the contents `live`, `h264` where the source has it, and stored ones. It is run by
 * the camera's pump, and the quality that the user sees and sets is the user's from now on, whatever the distribution lowers.
 */
export function makeDistribution(camera: Camera, limits: StreamLimits, supply: StreamSupply): StreamService {
	const { host, pump, video } = camera;
	const { source, hub } = video;
	const { log, converter } = host;
	const now = () => pump.now();
	const reachability = new UdpReachability();
	const paths = processingUnits(camera, supply.table);
	const ladder = new QualityLadder(source);
	video.qualityOwner = ladder;
	const report = (message: string): void => {
		// The camera's own trouble is in the log already.
		if (message !== video.trouble) log.write("warn", "stream", message);
	};
	const pictures = converter === undefined ? hub : new ConvertedPictures(hub, converter, now, report);
	const distribution = liveDistribution(camera, limits, { paths, pictures, ladder, reachability });
	distribution.add(new UnitContent("h264", () => titleOf(camera), unitsOf(camera, report), distribution));
	if (supply.stored !== undefined) distribution.add(new StoredStreams(supply.stored, distribution));
	return new DatagramService(distribution, paths, reachability);
}

/** Makes the distribution of an appliance that has stored contents only. */
export function makeStoredDistribution(
	appliance: Appliance<ApplianceSettings & ValuesOf<typeof LIVE_SCHEMA>>,
	limits: StreamLimits,
	{ table, stored, recordings }: StreamSupply,
): StreamService {
	const reachability = new UdpReachability();
	const paths = processingUnits(appliance, table);
	const { uplink } = appliance.settings;
	const shared = uplink === 0 ? undefined : new Uplink(uplink);
	const keeper = new SessionKeeper(reachability, undefined, () => 0);
	const distribution = emptyDistribution(appliance, limits, { paths, reachability }, shared, keeper);
	if (stored !== undefined) distribution.add(new StoredStreams(stored, distribution));
	if (recordings !== undefined) distribution.add(new StoredStreams(recordings, distribution, "recordings/"));
	return new DatagramService(distribution, paths, reachability);
}

/** Opens the ways to clients, and logs what in the table cannot work on this machine. */
function processingUnits({ host, pump, addresses }: Appliance, table: AddressTable): ProcessingUnits {
	const { network, random, log } = host;
	for (const { isError, text } of table.check([...network.paths(), ...network.ipv6Paths()]))
		log.write(isError ? "warn" : "info", "stream", `address table: ${text}`);
	return new ProcessingUnits(network, pump, random, table, log, (address) => addresses.outsideOf(address));
}

/** The service of a distribution that sends by UDP too. */
export class DatagramService extends DistributionService {
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
