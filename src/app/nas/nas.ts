import { DAY, GIGABYTE } from "../../core/time";
import type { FileSpace } from "../../ports/files";
import { FilesBelow } from "../../ports/files-below";
import { NO_FLOATING_ADDRESS } from "../../ports/floating-address";
import { NO_SWITCH } from "../../ports/pins";
import { NO_RESOLVER } from "../../ports/resolver";
import { FileLedger } from "../../relay/file-ledger";
import { NAS_SCHEMA, type NasSettings } from "../../settings/nas-schema";
import { mergeSchemas, type Schema } from "../../settings/schema";
import type { StoreLimits } from "../../storage/content-store";
import { FileEventLog } from "../../storage/events/file-event-log";
import { FileContentStore } from "../../storage/store/file-content-store";
import { StoredFolder } from "../../stream/stored/stored-folder";
import { sizeText } from "../../web/size-text";
import { NAS_KIND } from "../../wire/nas-service";
import { Appliance } from "../appliance";
import { operatorParts } from "../devices/operator-parts";
import { keyringOf } from "../fleet/make-fleet";
import { LedgerPart } from "../origin/ledger-part";
import { RelaysPart } from "../origin/relays-part";
import type { Part } from "../part";
import { makeStoredDistribution, type StreamSupply } from "../stream/make-distribution";
import { RtspPart } from "../stream/rtsp-part";
import type { StreamService } from "../stream/stream-service";
import { OpenApiPart } from "../system/open-api-part";
import { EventsPart } from "./events/events-part";
import { WebhookPart } from "./events/webhook-part";
import { FilesPart } from "./files-part";
import type { NasHost } from "./nas-host";
import { NasPart } from "./nas-part";
import type { NasExtra, NasServices } from "./nas-services";
import { RecorderPart } from "./recorder/recorder-part";
import { StorePart } from "./store-part";
import { LinkPart } from "./streams/link-part";
import { RecordedCatalog } from "./streams/recorded-catalog";
import { TimelinePart } from "./timeline/timeline-part";

const UNKNOWN_SPACE: FileSpace = Object.freeze({ free: 0, total: 0 });

/** The settings of a NAS with these parts besides those of every NAS. */
export function nasSchema(extras: readonly NasExtra[]): Schema<NasSettings> {
	let all: Schema<NasSettings> = NAS_SCHEMA;
	for (const { settings } of extras) if (settings !== undefined) all = mergeSchemas(all, settings);
	return all;
}

function limitsOf({ storageLimit, keepDays, keepFree }: NasSettings): StoreLimits {
	return { octets: storageLimit * GIGABYTE, age: keepDays * DAY, free: keepFree * GIGABYTE };
}

/**
 * A NAS: a member of the fleet that records its cameras, plays and keeps what they saw, and serves files (STR-11 … STR-14,
 * STR-23, STR-26, STR-27).
 */
export class Nas extends Appliance<NasSettings> {
	/** All settings of this NAS. */
	readonly schema: Schema<NasSettings>;
	readonly services: NasServices;
	/** What is being played. */
	readonly streams: StreamService;

	/**
	 * @param streams by which addresses and ports clients of the stream server are served
	 * @param extras parts that this host has besides those of every NAS; their settings are in `settings` too
	 */
	constructor(
		override readonly host: NasHost,
		settings: NasSettings,
		streams: StreamSupply,
		extras: readonly NasExtra[] = [],
	) {
		super(host, settings, NO_SWITCH, NO_FLOATING_ADDRESS);
		this.schema = nasSchema(extras);
		const { access, gateway, site, fleetPart: fleet } = this;
		const { storage } = host;
		const store = new FileContentStore(
			{ files: storage, pump: this.pump, clock: host.clock, log: host.log },
			limitsOf(settings),
		);
		const events = new FileEventLog(storage, this.pump);
		const openSource: NasHost["openSource"] = (url, fps) => host.openSource(url, fps);
		const recording = new RecorderPart({ node: this, access, fleet, store, events, openSource });
		const { recorder } = recording;
		const services: NasServices = { node: this, site, access, gateway, fleet, storage, store, events, recorder };
		this.services = services;
		const { connections, connectionsPerAddress } = RtspPart.limits(this);
		const limits = { streams: connections, streamsPerClient: connectionsPerAddress };
		const stored = new StoredFolder(new FilesBelow(storage, "files"));
		this.streams = makeStoredDistribution(this, limits, {
			...streams,
			stored,
			recordings: new RecordedCatalog(store, this.pump),
		});
		const ledger = host.openLedger?.() ?? new FileLedger(storage, (run) => this.pump.after(0, run));
		// Parts with pages of their own, in the order of the navigation.
		const pages: readonly Part[] = [
			new NasPart(this, services),
			new EventsPart(services, events, host.luma, settings.motionRate),
			new FilesPart(services, stored, settings),
			new LedgerPart({ node: this, site, ledger, keyring: keyringOf(this.fleet), fleet: this.fleet }),
			new RelaysPart({ node: this, site, access, fleet, keyring: keyringOf(this.fleet) }, false),
		];
		// Those without.
		const others: readonly Part[] = [
			recording,
			new RtspPart(this, this, this.streams, "/recordings/"),
			new LinkPart(this, keyringOf(this.fleet), this.streams),
			new OpenApiPart(this, this.schema),
			...operatorParts(this, this.schema),
			new WebhookPart(services, host.resolver ?? NO_RESOLVER, settings),
			new StorePart(store),
		];
		this.compose(this.schema, host.services, new TimelinePart(services), pages, others);
		for (const extra of extras) this.parts.push(extra.make(services));
		for (const part of this.parts) site.serve(part);
	}

	override get kind(): string {
		return NAS_KIND;
	}

	override get noun(): string {
		return "NAS";
	}

	override start(): void {
		const { log, storage, storagePath = "" } = this.host;
		log.write("info", "nas", `${this.identity.id} started`);
		if (storagePath !== "")
			storage.space((space) => {
				const { free, total } = space.failure === undefined ? space.value : UNKNOWN_SPACE;
				const room = total > 0 ? `: ${sizeText(free)} free of ${sizeText(total)}` : "";
				log.write("info", "storage", `recordings go to ${storagePath}${room}`);
			});
		super.start();
	}
}
