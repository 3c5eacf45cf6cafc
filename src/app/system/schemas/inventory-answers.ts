import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	moment,
	named,
	nullable,
	object,
	oneOf,
	text,
	whole,
} from "../../../web/json-schema";
import type { DeviceHealth } from "../../fleet/device-health";
import type { DeviceKind } from "../../inventory/inventory";
import { ID_SCHEMA, REACH_SCHEMA } from "./common-schemas";

const KIND_SCHEMA = named(
	"DeviceKind",
	oneOf<DeviceKind>({ camera: true, nas: true, control: true }, "control: it plays the recordings of a NAS"),
);

const ENTRY_SCHEMA = named(
	"InventoryEntry",
	object({
		id: ID_SCHEMA,
		name: text(),
		group: text("empty: none"),
		kind: KIND_SCHEMA,
		model: text("the hardware; empty: not known"),
		version: nullable(text("of the program")),
		health: oneOf<DeviceHealth>({ ok: true, "no-pictures": true, silent: true }),
		lastSeen: nullable(moment("when it was heard last")),
		uptime: nullable(whole("seconds since its start")),
		width: nullable(whole("of its pictures, in pixels")),
		height: nullable(whole("of its pictures, in pixels")),
		path: nullable(REACH_SCHEMA),
		address: text("in the LAN; empty: not known, or not for viewers who ask from elsewhere"),
		lanUrl: text("of its pages; empty: none"),
		internetUrl: text("of its pages; empty: none"),
		representative: flag(),
		self: flag("whether it is the device that answers"),
	}),
);

const INVENTORY_SCHEMA = named(
	"Inventory",
	object({
		now: nullable(moment("the time at the device that answers")),
		devices: list(ENTRY_SCHEMA, "the device that answers first; then the others, and those that fell silent"),
	}),
);

const TARGETS_SCHEMA = list(
	named(
		"Target",
		object({
			targets: list(text("address and port")),
			labels: object(
				{
					__scheme__: oneOf<"http" | "https">({ http: true, https: true }),
					id: ID_SCHEMA,
					name: text(),
					kind: KIND_SCHEMA,
					model: text(),
				},
				{ group: text() },
			),
		}),
	),
);

const ENTRY_EXAMPLE = Object.freeze({
	id: "14d957c4f6f78bd3",
	name: "Garden",
	group: "Outside",
	kind: "camera",
	model: "linux",
	version: "0.1.0",
	health: "ok",
	lastSeen: 1767225600000,
	uptime: 86400,
	width: 640,
	height: 480,
	path: "mapped",
	address: "192.168.0.11",
	lanUrl: "http://192.168.0.11:8000/",
	internetUrl: "http://198.51.100.7:8080/",
	representative: true,
	self: true,
});

const TARGETS_EXAMPLE = Object.freeze([
	Object.freeze({
		targets: Object.freeze(["192.168.0.11:8000"]),
		labels: Object.freeze({
			__scheme__: "http",
			id: "14d957c4f6f78bd3",
			name: "Garden",
			kind: "camera",
			model: "linux",
			group: "Outside",
		}),
	}),
]);

const CSV_EXAMPLE =
	"id,name,group,kind,model,version,health,lastSeen,uptime,width,height,path,address,lanUrl,internetUrl,representative,self\r\n14d957c4f6f78bd3,Garden,Outside,camera,linux,0.1.0,ok,2026-01-01T00:00:00.000Z,86400,640,480,mapped,192.168.0.11,http://192.168.0.11:8000/,http://198.51.100.7:8080/,true,true\r\n";

/** What is answered about all devices of a fleet. */
export const INVENTORY_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer(
		"GET /api/v1/inventory",
		INVENTORY_SCHEMA,
		Object.freeze({ now: 1767225600000, devices: Object.freeze([ENTRY_EXAMPLE]) }),
	),
	answer("GET /api/v1/inventory.csv", text(), CSV_EXAMPLE),
	answer("GET /api/v1/fleet/targets", TARGETS_SCHEMA, TARGETS_EXAMPLE),
]);
