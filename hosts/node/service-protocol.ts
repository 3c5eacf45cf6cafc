import type { Service } from "../../src/ports/service-advertiser";

/** To the worker: this is all that is to be advertised, on these interfaces. Nothing: goodbye. */
export interface ServiceOrder {
	/** Each as `name=address`; names may hold blanks. */
	readonly interfaces: readonly string[];
	readonly services: readonly Service[];
}

/** From the worker. */
export type ServiceReport =
	| { readonly type: "advertised"; readonly service: Service["type"]; readonly instance: string; readonly host: string }
	| { readonly type: "failed"; readonly service: Service["type"]; readonly words: string }
	/** Goodbye is said for all services. */
	| { readonly type: "withdrawn" };
