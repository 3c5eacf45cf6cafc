import type { ReportChannel } from "../../relay/metering";
import { MeteringManager } from "../../relay/metering-manager";
import type { RelayOrigin } from "../../relay/relayed-content";
import type { RelaySettings } from "../../settings/relay-schema";
import type { Fact } from "../../web/camera-page";
import type { Notice } from "../../web/notices";
import { RELAY_MESSAGES } from "../../web/relay-messages";
import { parseHttpSource } from "../../wire/http-source-url";
import { parseUrl } from "../../wire/http-url";
import { parseSourceUrl } from "../../wire/rtsp-source-url";
import type { Node } from "../node";
import type { Metric, Part } from "../part";
import { HttpReport } from "./http-report";
import { offeredWay } from "./origin-guard";
import type { RelayHost } from "./relay-host";
import type { ContentSource } from "./relay-services";
import type { ReportHost } from "./report-route";
import { RtspReport } from "./rtsp-report";

/** Records that wait for an origin before the owner is told. */
const TELL_FROM = 20;

/** The metering (charging) manager as a part of the relay: its host, its ways to origins, and what the owner is told (REP-14). */
export class MeteringPart implements Part {
	readonly manager: MeteringManager;
	private readonly ways: ReportHost;

	/**
	 * @param origins all origins that the relay reports to, by name
	 * @param sources returns where the relay's contents are found
	 */
	constructor(
		private readonly node: Node<RelaySettings> & { readonly host: RelayHost },
		private readonly settings: RelaySettings,
		private readonly origins: ReadonlyMap<string, RelayOrigin>,
		private readonly sources: () => readonly ContentSource[],
	) {
		const { pump, host } = node;
		const { storage, log, random, network, resolver, clock } = host;
		this.ways = { pump, network, resolver, random };
		this.manager = new MeteringManager(
			{ pump, storage, log, random, utc: () => clock.utc() },
			{
				relay: settings.relayName,
				interval: settings.reportInterval * 1000,
				origins,
				channels: (origin) => this.channelsTo(origin),
			},
		);
	}

	start(): void {
		this.manager.start();
	}

	leave(done: () => void): void {
		this.manager.close(this.node.now, done);
	}

	notices(): readonly Notice[] {
		const { outbox, reporters } = this.manager;
		const notices: Notice[] = [];
		const tell = (message: string, remedy: string): void => void notices.push({ message, remedy });
		const texts = RELAY_MESSAGES;
		if (outbox.fault !== "") tell(texts.outboxFault(outbox.fault), texts.outboxFaultRemedy);
		if (outbox.lost > 0) tell(texts.outboxLost(outbox.lost), texts.outboxLostRemedy);
		if (outbox.unreadable > 0) tell(texts.outboxDamaged(outbox.unreadable), texts.outboxDamagedRemedy);
		for (const origin of outbox.origins)
			if (!this.origins.has(origin))
				tell(texts.reportUnknown(origin, outbox.waitingFor(origin)), texts.reportUnknownRemedy);
		for (const { origin, fault, isRefused } of reporters) {
			const waiting = outbox.waitingFor(origin);
			if (isRefused) tell(texts.reportRefused(origin, fault), texts.reportRefusedRemedy);
			else if (fault !== "" && waiting >= TELL_FROM)
				tell(texts.reportLate(origin, waiting, fault), texts.reportLateRemedy);
		}
		return notices;
	}

	facts(): readonly Fact[] {
		const { records, outbox } = this.manager;
		return [[RELAY_MESSAGES.records, RELAY_MESSAGES.recordsOf(records, this.delivered, outbox.waiting)]];
	}

	status(): Record<string, unknown> {
		const { outbox, records, open } = this.manager;
		const { waiting, octets, lost, fault } = outbox;
		return { metering: { open, records, waiting, octets, lost, fault } };
	}

	metrics(): readonly Metric[] {
		const { outbox, records, open, total } = this.manager;
		return [
			["relay_metered_sessions", "gauge", "Sessions of viewers that are metered now", open],
			["relay_records_total", "counter", "Metering records made", records],
			["relay_metered_octets_total", "counter", "Octets in metering records", total],
			["relay_records_delivered_total", "counter", "Metering records that origins have stored", this.delivered],
			["relay_records_waiting", "gauge", "Metering records that wait for their origins", outbox.waiting],
			["relay_records_lost_total", "counter", "Metering records lost because too many waited", outbox.lost],
		];
	}

	/** Records that origins have stored. */
	private get delivered(): number {
		let count = 0;
		for (const { delivered } of this.manager.reporters) count += delivered;
		return count;
	}

	/** The ways to an origin without an upstream session: the address of its ledger, else the server of one of its contents. */
	private channelsTo(to: RelayOrigin): readonly ReportChannel[] {
		const { name, url } = to;
		const { sourceCertificate, sourceBasic } = this.settings;
		const server = parseUrl(url);
		if (server !== undefined) return [new HttpReport(this.ways, server, sourceCertificate)];
		for (const source of this.sources()) {
			for (const content of source.contents()) {
				const { origin, protocol, url: from } = content;
				if (origin !== name) continue;
				const ways =
					content.isOffered === true
						? { ...this.ways, ...offeredWay({ node: this.node, host: this.node.host }, to) }
						: this.ways;
				const rtsp = protocol === "rtsp" ? parseSourceUrl(from) : undefined;
				const http = protocol === "http" ? parseHttpSource(from)?.url : undefined;
				if (rtsp !== undefined) return [new RtspReport(ways, rtsp, sourceCertificate, sourceBasic)];
				if (http !== undefined) return [new HttpReport(ways, { ...http, target: "/" }, sourceCertificate)];
			}
		}
		return [];
	}
}
