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
import type { Health } from "../../../web/portal-view";
import { ID_SCHEMA } from "./common-schemas";

const HEALTH_SCHEMA = named(
	"Health",
	oneOf<Health>(
		{ ok: true, "no-pictures": true, silent: true, unreachable: true },
		"unreachable: it works, but can't be reached from the Internet",
	),
);

const CAMERA_SCHEMA = named(
	"Camera",
	object({
		id: ID_SCHEMA,
		boot: whole("counts its starts; 0: not known"),
		name: text(),
		url: text("where its pages are, as the client reaches them; empty: it can't be reached"),
		link: text("the same, with a ticket that saves another login for a few minutes"),
		snapshot: text("one picture"),
		live: text("Motion JPEG"),
		representative: flag("whether it serves the portal"),
		self: flag("whether it is the device that answers"),
		health: HEALTH_SCHEMA,
		group: text("the group that its owner has put it into; empty: none"),
		rtsp: text("where video players find it; empty: nowhere"),
	}),
);

const OUTSIDER_SCHEMA = named(
	"Outsider",
	object({
		id: ID_SCHEMA,
		name: text("as it calls itself; empty: it has none"),
		address: text("in the LAN"),
		isSealed: flag("whether it is in another fleet, which has a key"),
	}),
);

const CAMERAS_SCHEMA = named(
	"Cameras",
	object({
		cameras: list(CAMERA_SCHEMA, "those that are there, the one that answers first"),
		absent: list(
			object({ id: ID_SCHEMA, name: text(), lastSeen: nullable(moment("when it was heard last")) }),
			"those that fell silent and were not forgotten",
		),
		nas: list(
			object({
				id: ID_SCHEMA,
				name: text(),
				url: text(),
				self: flag(),
				health: HEALTH_SCHEMA,
				storage: list(whole(), "used and free in tenths of a gigabyte, and the oldest day, counted from 1970"),
			}),
			"those that record",
		),
		notices: list(text("what the owner should know, for people")),
		outside: list(
			OUTSIDER_SCHEMA,
			"devices in the LAN that are not in this fleet, which only owners in the LAN are told; anybody can make one up",
		),
		adding: text("how the last attempt to add a device went, for people; empty: there was none"),
		inviting: flag("whether a join code is shown on the portal"),
		address: text("where the portal is on the Internet; empty: nowhere"),
	}),
);

const FLEET_SCHEMA = named(
	"FleetKey",
	object(
		{
			sealed: flag("whether the fleet has a key"),
			code: text("the join code to show; empty: none"),
			outcome: text("how the last attempt to join went, for people; empty: there was none"),
		},
		{
			outside: list(text("address of a camera that is not in this fleet, for all that was heard")),
			message: text("what has happened, for people"),
		},
	),
);

/** Of the operations of the fleet. */
const FLEET_EXAMPLE = Object.freeze({
	sealed: true,
	code: "ABCD-EFGH-IJKL-MNOP",
	outcome: "",
	outside: Object.freeze([]),
});

/** Of `GET /api/v1/cameras`. */
const CAMERAS_EXAMPLE = Object.freeze({
	cameras: Object.freeze([
		Object.freeze({
			id: "14d957c4f6f78bd3",
			boot: 7,
			name: "Garden",
			url: "http://198.51.100.7:8081/",
			link: "http://198.51.100.7:8081/?pass=v…",
			snapshot: "http://198.51.100.7:8081/snapshot.jpg?pass=v…",
			live: "http://198.51.100.7:8081/stream.mjpeg?pass=v…",
			representative: false,
			self: false,
			health: "ok",
			group: "Outside",
			rtsp: "rtsp://198.51.100.7:8555/live",
		}),
	]),
	absent: Object.freeze([Object.freeze({ id: "5be1f0c2a0917d44", name: "Gate", lastSeen: 1767225600000 })]),
	nas: Object.freeze([
		Object.freeze({
			id: "0b6c9d1f43a27e58",
			name: "NAS",
			url: "http://198.51.100.7:8082/",
			self: false,
			health: "ok",
			storage: Object.freeze([353, 18630, 20418]),
		}),
	]),
	notices: Object.freeze([]),
	outside: Object.freeze([
		Object.freeze({ id: "77aa10f3c5d2e981", name: "Garage", address: "192.168.0.14", isSealed: false }),
	]),
	adding: "",
	inviting: false,
	address: "http://198.51.100.7:8080/",
});

/** What operations on the fleet answer. */
export const FLEET_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/cameras", CAMERAS_SCHEMA, CAMERAS_EXAMPLE),
	answer("POST /api/v1/fleet/key", FLEET_SCHEMA, FLEET_EXAMPLE),
	answer("POST /api/v1/fleet/invite", FLEET_SCHEMA, FLEET_EXAMPLE),
	answer("POST /api/v1/fleet/join", FLEET_SCHEMA, FLEET_EXAMPLE),
]);
