import type { Service } from "../../src/ports/service-advertiser";

/** To the worker: all services to advertise, on these interfaces. No services means withdraw. */
export interface ServiceOrder {
	/** Each as `name=address`; names may contain spaces. */
	readonly interfaces: readonly string[];
	readonly services: readonly Service[];
}

/** From the worker. */
export type ServiceReport =
	| { readonly type: "advertised"; readonly service: Service["type"]; readonly instance: string; readonly host: string }
	| { readonly type: "failed"; readonly service: Service["type"]; readonly words: string }
	/** All services are withdrawn. */
	| { readonly type: "withdrawn" };
