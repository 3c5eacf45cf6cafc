import type { DatagramOutbox } from "../../core/datagram";
import type { Path } from "../../core/path";
import type { DatagramHandle } from "../../core/pump";
import { UpnpDevice } from "../../fleet/upnp-device";
import type { HttpReply } from "../../http/http-request";
import type { UdpOptions } from "../../ports/net";
import type { DISCOVERY_SCHEMA } from "../../settings/discovery-schema";
import type { ValuesOf } from "../../settings/schema";
import { SSDP_GROUP, SSDP_PORT } from "../../wire/ssdp";
import type { Node, NodeSettings } from "../node";
import { get, type Part, type Route, type SiteRequest } from "../part";
import type { ChallengingGate } from "../site";
import { UdpBinding } from "../udp-binding";

/** The settings of the SSDP part. */
export type SsdpPartSettings = NodeSettings & Pick<ValuesOf<typeof DISCOVERY_SCHEMA>, "presence">;

/** Learns what devices in the LAN announce. */
export interface SsdpListener {
	ssdp(path: Path, address: string, bytes: Uint8Array): void;
}

const ROUTES: readonly Route<SsdpPart>[] = Object.freeze([
	get("/description.xml", (ssdp: SsdpPart, request, reply) => ssdp.describe(request, reply), "anyone"),
]);

/**
 * Shares the port of SSDP: passes on what others announce, and, where the owner wants it, lets ordinary UPnP tools see
 * this device.
 */
export class SsdpPart implements Part {
	readonly routes = ROUTES;
	private readonly device: DatagramHandle<UpnpDevice, DatagramOutbox>;
	private readonly udp: UdpBinding;

	constructor(
		private readonly node: Node<SsdpPartSettings>,
		private readonly listener: SsdpListener,
		private readonly gate: ChallengingGate,
	) {
		const { host, identity, pump, settings } = node;
		const device = new UpnpDevice(identity.id, identity.boot, settings.httpPort, host.random);
		this.udp = new UdpBinding(host.network, pump, host.log, "discovery", ssdpSocket, this);
		this.device = pump.addDatagram(device, this.udp);
	}

	pathsChanged(paths: readonly Path[]): void {
		this.udp.setPaths(paths);
		if (this.node.settings.presence) this.device.call((device, now, out) => device.start(now, paths, out));
	}

	leave(done: () => void): void {
		this.device.call((device, _now, out) => device.leave(out));
		done();
	}

	stop(): void {
		this.udp.close();
	}

	/** Takes a datagram of the socket. */
	receive(path: Path, address: string, port: number, bytes: Uint8Array): void {
		this.listener.ssdp(path, address, bytes);
		if (this.node.settings.presence) this.device.receive(path, address, port, bytes);
	}

	/** The UPnP description is for neighbours, as UPnP tools cannot log in; for nobody else. */
	describe(request: SiteRequest, reply: HttpReply): void {
		const { addresses, host, settings } = this.node;
		const near = settings.presence && addresses.isNeighbour(request.remoteAddress);
		if (request.visitor === undefined && !near) return this.gate.challenge(request, reply);
		const text = this.device.machine.description(this.node.deviceName || "camera", host.model);
		reply.send(200, 'text/xml; charset="utf-8"', text);
	}
}

/** The socket on SSDP's port, which programs share. */
export function ssdpSocket(path: Path): UdpOptions {
	return { port: SSDP_PORT, reuse: true, path, groups: [SSDP_GROUP], multicastTtl: 2 };
}
