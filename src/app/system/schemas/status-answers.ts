import { answer, type DescribedAnswer, list, named, object, text, whole } from "../../../web/json-schema";
import { MOTION_EXAMPLE } from "./camera-answers";
import { ID_SCHEMA, NOTICE_SCHEMA, REACH_SCHEMA } from "./common-schemas";
import { PART_STATUS } from "./part-status";

const HTTP_SCHEMA = object({
	connections: whole("open now"),
	accepted: whole(),
	refused: whole("by a limit"),
	displaced: whole("dropped in favour of others"),
	requests: whole(),
	malformed: whole(),
	timeouts: whole("dropped because the client was too slow"),
	strangers: whole("requests without credentials"),
	wrongPasswords: whole(),
});

const STATUS_SCHEMA = named(
	"Status",
	object(
		{
			id: ID_SCHEMA,
			boot: whole("counts the starts"),
			model: text("the hardware: node, linux, the name of a board"),
			version: text("of the program"),
			uptime: whole("seconds since the start"),
			hostNames: list(text("a name by which the device is reached in the LAN")),
			notices: list(NOTICE_SCHEMA),
			http: HTTP_SCHEMA,
		},
		PART_STATUS,
		"The state of all parts of a device. Members that are not required depend on what it is and which parts its host has.",
	),
);

/** Of `GET /api/v1/status`. */
const STATUS_EXAMPLE = Object.freeze({
	id: "14d957c4f6f78bd3",
	boot: 7,
	name: "Garden",
	model: "linux",
	version: "0.1.0",
	uptime: 86400,
	representative: true,
	mapping: true,
	externalUrl: "http://198.51.100.7:8080/",
	lanUrl: "http://192.168.0.11:8000/",
	gateway: Object.freeze({
		name: "Home router",
		gatewayAddress: "192.168.0.1",
		service: "WANIPConnection:1",
		externalAddress: "198.51.100.7",
		externalPort: 8080,
		representative: true,
		by: "UPnP",
		table: "complete",
		diagnoses: Object.freeze([]),
	}),
	hostNames: Object.freeze(["porthole-14d957c4.local"]),
	notices: Object.freeze([]),
	source: Object.freeze({
		description: "640 x 480 at 15 a second",
		width: 640,
		height: 480,
		quality: 80,
		trouble: null,
	}),
	motion: MOTION_EXAMPLE,
	frames: Object.freeze({ taken: 900, delivered: 1800, missed: 3, viewers: 2 }),
	http: Object.freeze({
		accepted: 12,
		refused: 0,
		displaced: 0,
		requests: 80,
		malformed: 0,
		timeouts: 1,
		strangers: 4,
		wrongPasswords: 0,
		connections: 3,
	}),
	fleet: Object.freeze({
		sealed: true,
		strangeDatagrams: 0,
		refusedDatagrams: 0,
		term: 1,
		heirs: Object.freeze([]),
		cameras: Object.freeze([]),
		absent: Object.freeze([]),
	}),
});

const DEVICE_SCHEMA = named(
	"Device",
	object(
		{
			id: ID_SCHEMA,
			name: text(),
			model: text("the hardware"),
			version: text("of the program"),
			uptime: whole("seconds since the start"),
			path: REACH_SCHEMA,
		},
		{ width: whole("of the newest picture, in pixels"), height: whole("of the newest picture, in pixels") },
	),
);

const DEVICE_EXAMPLE = Object.freeze({
	id: "14d957c4f6f78bd3",
	name: "Garden",
	model: "linux",
	version: "0.1.0",
	uptime: 86400,
	width: 640,
	height: 480,
	path: "mapped",
});

/** What the state of a device is answered with. */
export const STATUS_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/status", STATUS_SCHEMA, STATUS_EXAMPLE),
	answer("GET /api/v1/device", DEVICE_SCHEMA, DEVICE_EXAMPLE),
]);
