import { toJson } from "../../base/json";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { DEVICES_MESSAGES } from "../../web/devices-messages";
import { INVENTORY_MESSAGES } from "../../web/inventory-messages";
import type { Appliance } from "../appliance";
import { type DeviceFacts, factsOf } from "../device-facts";
import { healthOf } from "../fleet/device-health";
import { get, type Part, type Route, type SiteRequest } from "../part";
import { METRICS_TYPE, metricsText } from "../system/metrics-text";
import { urlOf } from "../url-of";
import { FactsCollector, INVENTORY_QUESTION, type MemberFacts } from "./facts-collector";
import { fleetMetrics } from "./fleet-metrics";
import { absentEntry, type InventoryEntry, inventoryCsv, kindOf, listedFacts, memberEntry } from "./inventory";

const JSON_TYPE = "application/json";
const CSV_HEADERS = Object.freeze([
	["Content-Disposition", 'attachment; filename="porthole-inventory.csv"'] as const,
	...NO_STORE,
]);

const ROUTES: readonly Route<InventoryPart>[] = Object.freeze([
	get("/api/v1/inventory", (part: InventoryPart, request, reply) => part.list(request, reply)),
	get("/api/v1/inventory.csv", (part: InventoryPart, request, reply) => part.export(request, reply)),
	get("/api/v1/fleet/metrics", (part: InventoryPart, request, reply) => part.showMetrics(request, reply)),
	get("/api/v1/fleet/targets", (part: InventoryPart, request, reply) => part.showTargets(request, reply)),
]);

/**
 * Lists all devices of the fleet for operators and their programs: an inventory as JSON and CSV, metrics of the fleet, and the
 * targets of Prometheus' service discovery over HTTP.
 *
 * What announcements do not have (version, uptime, size of the pictures, way from the Internet) each member is asked for, by a
 * ticket of the fleet's key: so in a fleet without a key it is not known. Each member with this part answers, not just the
 * representative.
 */
export class InventoryPart implements Part {
	readonly routes = ROUTES;
	private readonly collector: FactsCollector<DeviceFacts>;

	constructor(private readonly appliance: Appliance) {
		this.collector = new FactsCollector(appliance, INVENTORY_QUESTION);
	}

	stop(): void {
		this.collector.close();
	}

	/** Answers with the inventory as JSON. */
	list(request: SiteRequest, reply: HttpReply): void {
		this.collect(request, reply, (devices) =>
			reply.send(200, JSON_TYPE, toJson({ now: this.appliance.host.clock.utc() ?? null, devices }), NO_STORE),
		);
	}

	/** Answers with the inventory as CSV. */
	export(request: SiteRequest, reply: HttpReply): void {
		this.collect(request, reply, (devices) =>
			reply.send(200, "text/csv; charset=utf-8", inventoryCsv(devices), CSV_HEADERS),
		);
	}

	/** Answers with the metrics of the fleet. */
	showMetrics(request: SiteRequest, reply: HttpReply): void {
		if (isRefused(request, reply)) return;
		reply.send(200, METRICS_TYPE, metricsText(fleetMetrics(this.entries(request))), NO_STORE);
	}

	/**
	 * Answers with what Prometheus is to scrape: all devices, at the addresses that the client can reach, also those that are
	 * silent, so that they are missed. Without a key anybody in the LAN can announce a device, and Prometheus sends its token to all
	 * targets: then this device alone is one. The others would not take the token anyway.
	 * @see Prometheus, HTTP service discovery (http_sd_config)
	 */
	showTargets(request: SiteRequest, reply: HttpReply): void {
		if (isRefused(request, reply)) return;
		const { fleet, site } = this.appliance;
		const isLan = site.audience(request) === "lan";
		const targets: unknown[] = [];
		for (const entry of this.entries(request)) {
			const { id, name, group, kind, model, lanUrl, internetUrl, self } = entry;
			if (!self && !fleet.sealed) continue;
			const url = isLan ? lanUrl : internetUrl;
			if (url === "") continue;
			const [scheme, , authority] = url.split("/");
			const isSecure = scheme === "https:";
			const target = authority.includes(":") ? authority : `${authority}:${isSecure ? 443 : 80}`;
			const labels = { __scheme__: isSecure ? "https" : "http", id, name, kind, model, ...(group !== "" && { group }) };
			targets.push({ targets: [target], labels });
		}
		reply.send(200, JSON_TYPE, toJson(targets), NO_STORE);
	}

	/**
	 * Gathers the inventory of all devices for users who may see it; refuses others.
	 * @param done called during this call or within some seconds; not at all for those who are refused
	 */
	collect(request: SiteRequest, reply: HttpReply, done: (entries: readonly InventoryEntry[]) => void): void {
		if (isRefused(request, reply)) return;
		const members = this.appliance.fleet.registry.sorted();
		const isTaken = this.collector.collect(members, (facts) =>
			done(this.entries(request, facts, factsOf(this.appliance))),
		);
		if (!isTaken) reply.error(503, INVENTORY_MESSAGES.busy, [["Retry-After", "5"], ...NO_STORE]);
	}

	/** @param facts of the others; absent: they were not asked @param own of this device; absent: they are not listed */
	private entries(request: SiteRequest, facts?: MemberFacts, own?: DeviceFacts): readonly InventoryEntry[] {
		const { appliance } = this;
		const { registry } = appliance.fleet;
		const utc = appliance.host.clock.utc();
		const others = registry.sorted().map((member) => {
			const seen = utc === undefined || member.isFromTable ? undefined : utc - (appliance.now - member.heard);
			return memberEntry(member, facts?.get(member.id), appliance.fleetPart.outsideOf(member), seen);
		});
		const absent = appliance.fleetPart.absent().map(absentEntry);
		const all = [this.own(request, utc, own), ...others, ...absent];
		// As on the portal: to viewers elsewhere, addresses in the LAN are of no use and no business.
		const isHidden = request.visitor?.role !== "owner" && appliance.site.audience(request) !== "lan";
		return isHidden ? all.map((entry) => ({ ...entry, address: "", lanUrl: "" })) : all;
	}

	private own(request: SiteRequest, utc: Millis | undefined, facts: DeviceFacts | undefined): InventoryEntry {
		const { addresses, deviceName, identity, fleet, host, outsideUrl } = this.appliance;
		const { self } = fleet;
		const address = addresses.lanAddress(request.remoteAddress);
		return {
			id: identity.id,
			name: deviceName,
			group: self.group,
			kind: kindOf(self.otherServices),
			health: healthOf(self),
			lastSeen: utc === undefined ? null : Math.round(utc),
			...listedFacts(facts, host.model),
			address,
			lanUrl: urlOf(address, self.httpPort, self.secure),
			internetUrl: outsideUrl,
			representative: self.representative,
			self: true,
		};
	}
}

/** Guests may see the device that they were invited to, and nothing of the others. */
function isRefused({ visitor }: SiteRequest, reply: HttpReply): boolean {
	if (visitor?.isGuest !== true) return false;
	reply.error(403, DEVICES_MESSAGES.wrong.guest);
	return true;
}
