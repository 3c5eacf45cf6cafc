import type { ExtraPart } from "../camera/camera";
import type { NasExtra } from "../nas/nas-services";
import { Ipv6Part } from "./ipv6-part";

/** Reaches a camera by IPv6 (IMG-32). It must be the first extra part. */
export const IPV6: ExtraPart = Object.freeze({
	make: (camera) => {
		const { site, access, gateway, fleetPart: fleet } = camera;
		return new Ipv6Part({ node: camera, site, access, gateway, fleet });
	},
} satisfies ExtraPart);

/** The same for a NAS. */
export const NAS_IPV6: NasExtra = Object.freeze({
	make: (nas) => new Ipv6Part(nas),
} satisfies NasExtra);
