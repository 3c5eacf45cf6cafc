import { Advertisement } from "./discovery/advertisement";
import type { Camera } from "./camera/camera";
import type { DeviceAddresses } from "./device-addresses";
import { DynamicDnsPart } from "./discovery/dynamic-dns-part";

/** By which names a camera is reached: its service in the LAN, and a domain name that follows the gateway's address. */
export class CameraReach {
	/** Tells the external address to a dynamic DNS service. */
	readonly dynamicDns: DynamicDnsPart;
	private readonly advertisement: Advertisement;

	constructor(private readonly camera: Camera) {
		const { host, settings, identity, pump } = camera;
		const changed = () => camera.web.changed();
		const services = settings.serviceDiscovery ? host.services : undefined;
		this.advertisement = new Advertisement(services, host.log, identity.id, host.model, changed);
		this.dynamicDns = new DynamicDnsPart(host, pump, settings, host.model, changed);
	}

	/** Names by which visitors may call this machine, beside its addresses, in lower case. */
	get hostNames(): readonly string[] {
		const { host, settings } = this.camera;
		const names = [settings.hostName, this.advertisement.hostName].concat(host.hostNames ?? []);
		return names.filter((name) => name !== "").map((name) => name.toLowerCase());
	}

	/** True: visitors may call us so. @param name what a request's Host is without its port, in lower case */
	isOurName(name: string): boolean {
		return this.hostNames.includes(name.endsWith(".") ? name.slice(0, -1) : name);
	}

	/** The camera's name, its role or its addresses may be others than before; harmless when they are not. */
	refresh({ paths, externalAddress }: DeviceAddresses): void {
		const { name, httpPort: port, representative } = this.camera.fleet.self;
		this.advertisement.refresh({ name, port, representative }, paths);
		this.dynamicDns.set(externalAddress, representative && this.camera.isMapping);
	}

	/** Takes leave of the LAN; `done` is called in any case, within a second. */
	leave(done: () => void): void {
		this.dynamicDns.set("", false);
		this.advertisement.leave(done);
	}
}
