import { ACCESS_SCHEMA } from "./access-schema";
import { DISCOVERY_SCHEMA } from "./discovery-schema";
import { DYNAMIC_DNS_SCHEMA } from "./dynamic-dns-schema";
import { FLEET_SCHEMA } from "./fleet-schema";
import { GATEWAY_SCHEMA } from "./gateway-schema";
import { HTTP_SCHEMA } from "./http-schema";
import { IDENTITY_SCHEMA } from "./identity-schema";
import { mergeSchemas } from "./schema";
import { SUCCESSION_SCHEMA } from "./succession-schema";
import { TLS_SCHEMA } from "./tls-schema";

/** The settings that all members of a fleet have. */
export const SHARED_SCHEMA = mergeSchemas(
	IDENTITY_SCHEMA,
	ACCESS_SCHEMA,
	TLS_SCHEMA,
	HTTP_SCHEMA,
	GATEWAY_SCHEMA,
	DYNAMIC_DNS_SCHEMA,
	DISCOVERY_SCHEMA,
	FLEET_SCHEMA,
	SUCCESSION_SCHEMA,
);
