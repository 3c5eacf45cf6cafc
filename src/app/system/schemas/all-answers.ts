import { answer, type DescribedAnswer, mapOf, named, object, text } from "../../../web/json-schema";
import { ACCESS_ANSWERS } from "./access-answers";
import { CAMERA_ANSWERS } from "./camera-answers";
import { DEVICE_ANSWERS } from "./device-answers";
import { EVENT_ANSWERS } from "./event-answers";
import { FLEET_ANSWERS } from "./fleet-answers";
import { INVENTORY_ANSWERS } from "./inventory-answers";
import { LEDGER_ANSWERS } from "./ledger-answers";
import { ONVIF_ANSWERS } from "./onvif-answers";
import { PEER_ANSWERS } from "./peer-answers";
import { RECORDING_ANSWERS } from "./recording-answers";
import { RELAY_ANSWERS } from "./relay-answers";
import { RESOURCE_ANSWERS } from "./resources";
import { SETTINGS_ANSWERS } from "./settings-answers";
import { STATUS_ANSWERS } from "./status-answers";
import { STREAM_ANSWERS } from "./stream-answers";
import { WAYS_ANSWERS } from "./ways-answers";

const DOCUMENT_SCHEMA = named(
	"OpenApi",
	object({ openapi: text(), info: mapOf({}), security: {}, paths: mapOf({}), components: mapOf({}) }),
);

/** In outline. */
const DOCUMENT_EXAMPLE = Object.freeze({
	openapi: "3.1.0",
	info: Object.freeze({ title: "Porthole", version: "1" }),
	security: Object.freeze([]),
	paths: Object.freeze({}),
	components: Object.freeze({}),
});

/**
 * What all operations of all appliances answer with status 200; an operation that is not here answers that it is done.
 * Boards do without it.
 */
export const ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	...ACCESS_ANSWERS,
	...CAMERA_ANSWERS,
	...DEVICE_ANSWERS,
	...FLEET_ANSWERS,
	...INVENTORY_ANSWERS,
	...STATUS_ANSWERS,
	...SETTINGS_ANSWERS,
	...STREAM_ANSWERS,
	...RECORDING_ANSWERS,
	...EVENT_ANSWERS,
	...LEDGER_ANSWERS,
	...ONVIF_ANSWERS,
	...RELAY_ANSWERS,
	...PEER_ANSWERS,
	...RESOURCE_ANSWERS,
	...WAYS_ANSWERS,
	answer("GET /api/v1/openapi.json", DOCUMENT_SCHEMA, DOCUMENT_EXAMPLE),
]);
