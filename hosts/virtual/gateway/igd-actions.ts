import { addressKind, parseIpv4 } from "../../../src/core/ipv4";
import type { GatewayHost } from "./gateway-host";
import { refusal } from "./mapping-policy";
import type { Mapping, MappingRequest } from "./port-table";
import type { ServiceQuirk } from "./quirks";
import { elements, GARBAGE_MARK } from "./xml-text";

/** The result of an action: its output arguments, an error code, or the death of the daemon. */
export type Result = readonly (readonly [string, string | number])[] | number | "died";

/** Looks up an argument of a call. */
type Arguments = (name: string) => string | undefined;

/** How many ports AddAnyPortMapping tries in each direction. */
const ANY_TRIES = 100;

/** Carries out the actions of WANIPConnection and WANPPPConnection, with the quirks of real gateways. @see WANIPConnection:2 §2.5 */
export class IgdActions {
	constructor(private readonly gateway: GatewayHost) {}

	/** Carries out an action. @param from the address of the caller */
	call(action: string, args: Arguments, from: string, service: ServiceQuirk): Result {
		const { quirks } = this.gateway;
		switch (action) {
			case "GetExternalIPAddress":
				return [["NewExternalIPAddress", this.externalAddress()]];
			case "GetStatusInfo":
				return [
					["NewConnectionStatus", service.connected && !quirks.accessPoint ? quirks.connectedWord : "Disconnected"],
					["NewLastConnectionError", "ERROR_NONE"],
					["NewUptime", Math.floor(this.gateway.uptime / 1000)],
				];
			case "AddPortMapping": {
				const request = this.request(args);
				return typeof request === "number" ? request : (this.add(request, from, service) ?? []);
			}
			case "DeletePortMapping":
				return this.remove(args, from) ?? [];
			case "GetGenericPortMappingEntry":
				return this.generic(Number(args("NewPortMappingIndex") ?? "x"));
			case "GetSpecificPortMappingEntry":
				return this.specific(args);
		}
		if (!quirks.version2Actions) return 401;
		switch (action) {
			case "AddAnyPortMapping":
				return this.addAny(args, from, service);
			case "DeletePortMappingRange":
				return this.removeRange(args, from);
			case "GetListOfPortMappings":
				return this.list(args);
		}
		return 401;
	}

	private externalAddress(): string {
		const { quirks, wanAddress } = this.gateway;
		if (quirks.externalAddress !== undefined) return quirks.externalAddress;
		if (quirks.accessPoint) return "";
		return quirks.hidesPrivateWan && addressKind(wanAddress) !== "public" ? "" : wanAddress;
	}

	private request(args: Arguments): MappingRequest | number {
		const { strictProtocol, refusesDescriptionsFrom } = this.gateway.quirks;
		const externalPort = portOf(args("NewExternalPort"));
		const port = portOf(args("NewInternalPort"));
		const transport = transportOf(args("NewProtocol"), strictProtocol);
		const address = args("NewInternalClient") ?? "";
		const lease = Number(args("NewLeaseDuration") ?? "x");
		const bad = externalPort === undefined || port === undefined || port === 0 || transport === undefined;
		if (bad || parseIpv4(address) === undefined || !Number.isInteger(lease) || lease < 0) return 402;
		const enabled = args("NewEnabled") !== "0" && args("NewEnabled") !== "false";
		const description = args("NewPortMappingDescription") ?? "";
		if (description.length >= refusesDescriptionsFrom) return 402;
		const remoteHost = args("NewRemoteHost") ?? "";
		return { transport, externalPort, address, port, remoteHost, enabled, description, lease, nonce: "" };
	}

	/** Adds a mapping. @returns an error code, or `undefined` */
	private add(request: MappingRequest, from: string, service: ServiceQuirk): number | undefined {
		const { quirks, table } = this.gateway;
		const code = refusal(this.gateway, request, from, service.connected);
		if (code !== undefined) return code;
		const before = table.get(request.transport, request.externalPort);
		if (before === undefined && table.size >= quirks.tableSize) {
			return quirks.fullTable === "silent" ? undefined : quirks.fullTable;
		}
		const lease = request.lease === 0 ? quirks.leaseZeroBecomes : Math.min(request.lease, quirks.leaseMax);
		if (quirks.adding === "nothing") return undefined;
		const network = request.address.slice(0, request.address.lastIndexOf(".") + 1);
		const address = quirks.adding === "other-client" ? `${network}253` : request.address;
		table.put({ ...request, lease, address });
		return undefined;
	}

	private addAny(args: Arguments, from: string, service: ServiceQuirk): Result {
		const request = this.request(args);
		if (typeof request === "number") return request;
		for (let i = 0; i <= ANY_TRIES * 2; i++) {
			const step = i % 2 === 1 ? (i + 1) / 2 : -i / 2;
			const externalPort = request.externalPort + step;
			if (externalPort < 1 || externalPort > 65535) continue;
			const before = this.gateway.table.get(request.transport, externalPort);
			if (before !== undefined && before.port !== request.port) continue;
			const code = this.add({ ...request, externalPort }, from, service);
			if (code === undefined) return [["NewReservedPort", externalPort]];
			if (code !== 718 && code !== 729) return code;
		}
		return 728;
	}

	private remove(args: Arguments, from: string): number | undefined {
		const { quirks, table } = this.gateway;
		const entry = this.named(args);
		if (typeof entry === "number") return entry;
		if (quirks.permissionOff) return 606;
		if (quirks.secure && entry.address !== from) return quirks.deleteForeignCode;
		this.gateway.deleting?.(entry, from);
		table.remove(entry.transport, entry.externalPort);
		return undefined;
	}

	private removeRange(args: Arguments, from: string): Result {
		const { quirks, table } = this.gateway;
		const found = this.range(args);
		if (typeof found === "number") return found;
		const own = found.filter((entry) => !quirks.rangeChecksOwner || !quirks.secure || entry.address === from);
		if (own.length === 0) return found.length > 0 ? 606 : 730;
		for (const entry of own) {
			this.gateway.deleting?.(entry, from);
			table.remove(entry.transport, entry.externalPort);
		}
		return [];
	}

	private generic(index: number): Result {
		const { quirks, table, machine } = this.gateway;
		const entries = table.all();
		if (quirks.tableOrder === "newest-first") entries.reverse();
		let at = index - quirks.tableFrom;
		if (quirks.tableNeverEnds && entries.length > 0) at = ((at % entries.length) + entries.length) % entries.length;
		if (quirks.tableOrder === "shuffled" && at >= 0 && at < entries.length) {
			at = (at + machine.prng.below(2)) % entries.length;
		}
		const entry = entries[at];
		if (entry === undefined) return quirks.tableEndCode;
		return [
			["NewRemoteHost", entry.remoteHost],
			["NewExternalPort", entry.externalPort],
			["NewProtocol", entry.transport.toUpperCase()],
			...this.details(entry),
		];
	}

	private specific(args: Arguments): Result {
		const entry = this.named(args);
		return typeof entry === "number" ? entry : this.details(entry);
	}

	private list(args: Arguments): Result {
		const { quirks, table } = this.gateway;
		const found = this.range(args);
		if (typeof found === "number") return found;
		if (found.length > quirks.listCrashesAbove) {
			this.gateway.killDaemon();
			return "died";
		}
		const limit = Number(args("NewNumberOfPorts") ?? "0");
		const rows = found.slice(0, limit > 0 ? limit : undefined).map((entry) => {
			const row: [string, string | number][] = [
				["NewRemoteHost", entry.remoteHost],
				["NewExternalPort", entry.externalPort],
				["NewProtocol", entry.transport.toUpperCase()],
				["NewInternalPort", entry.port],
				["NewInternalClient", entry.address],
				["NewEnabled", entry.enabled ? 1 : 0],
				["NewDescription", this.description(entry)],
				["NewLeaseTime", table.leaseLeft(entry)],
			];
			return `<p:PortMappingEntry>${elements(row, "p:")}</p:PortMappingEntry>`;
		});
		const space = 'xmlns:p="urn:schemas-upnp-org:gw:WANIPConnection"';
		return [["NewPortListing", `<p:PortMappingList ${space}>${rows.join("")}</p:PortMappingList>`]];
	}

	private details(entry: Mapping): [string, string | number][] {
		return [
			["NewInternalPort", entry.port],
			["NewInternalClient", entry.address],
			["NewEnabled", entry.enabled ? 1 : 0],
			["NewPortMappingDescription", this.description(entry)],
			["NewLeaseDuration", this.gateway.table.leaseLeft(entry)],
		];
	}

	private description(entry: Mapping): string {
		const { description } = entry;
		const isLong = description.length >= this.gateway.quirks.garbageDescriptionsFrom;
		return isLong ? `${description}${GARBAGE_MARK.repeat(5)}` : description;
	}

	private named(args: Arguments): Mapping | number {
		const externalPort = portOf(args("NewExternalPort"));
		const transport = transportOf(args("NewProtocol"), this.gateway.quirks.strictProtocol);
		if (externalPort === undefined || transport === undefined) return 402;
		return this.gateway.table.get(transport, externalPort) ?? this.gateway.quirks.absentCode;
	}

	private range(args: Arguments): Mapping[] | number {
		const start = portOf(args("NewStartPort"));
		const end = portOf(args("NewEndPort"));
		const transport = transportOf(args("NewProtocol"), this.gateway.quirks.strictProtocol);
		if (start === undefined || end === undefined || transport === undefined) return 402;
		if (start > end) return 733;
		return this.gateway.table
			.all()
			.filter((one) => one.transport === transport && one.externalPort >= start && one.externalPort <= end);
	}
}

function portOf(text: string | undefined): number | undefined {
	const port = text === undefined || text === "" ? -1 : Number(text);
	return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : undefined;
}

function transportOf(text: string | undefined, strict: boolean): "tcp" | "udp" | undefined {
	const name = strict ? text : text?.toUpperCase();
	return name === "TCP" ? "tcp" : name === "UDP" ? "udp" : undefined;
}
