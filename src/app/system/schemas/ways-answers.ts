import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	named,
	nullable,
	object,
	oneOf,
	text,
	whole,
} from "../../../web/json-schema";
import type { PlayerRow, WayName } from "../../doctor/doctor-report";
import { ID_SCHEMA, NAT_KIND_SCHEMA } from "./common-schemas";

const WORKS = nullable(flag("null: that can't be known here"));
const TEXT = text("for people: the address, or why it does not work");

const WAYS_SCHEMA = named(
	"Ways",
	object({
		devices: list(
			object({
				id: ID_SCHEMA,
				name: text(),
				natKind: NAT_KIND_SCHEMA,
				nat: text("the kind of NAT that it has found in front of itself, for people; empty: not known"),
				ways: list(
					object({
						way: oneOf<WayName>({ lan: true, mapped: true, punched: true, relayed: true }),
						works: WORKS,
						text: TEXT,
					}),
				),
				players: list(
					object({ from: oneOf<PlayerRow["from"]>({ lan: true, internet: true }), works: WORKS, text: TEXT }),
					"how video players are served: by which row of the address management table",
				),
			}),
		),
	}),
);

const OWN_SCHEMA = named(
	"OwnWays",
	object({
		mapping: flag("whether it asks the router for a port"),
		rendezvous: flag("whether a rendezvous server is set"),
		registration: text("its state there; empty: none is set"),
		natKind: NAT_KIND_SCHEMA,
		nat: text("the kind of NAT that it has found, for people; empty: not known"),
		symmetric: flag("whether that NAT uses another port for each destination"),
		relays: whole("relays that are registered with it"),
	}),
);

const EXAMPLE = Object.freeze({
	devices: Object.freeze([
		Object.freeze({
			id: "14d957c4f6f78bd3",
			name: "Garden",
			natKind: "unknown",
			nat: "",
			ways: Object.freeze([
				Object.freeze({ way: "lan", works: true, text: "it announces itself at http://192.168.0.11:8000/" }),
				Object.freeze({ way: "relayed", works: false, text: "no relay is registered with it (porthole relay)" }),
			]),
			players: Object.freeze([
				Object.freeze({
					from: "internet",
					works: false,
					text: "the router has opened no port for it, so no row can hold",
				}),
			]),
		}),
	]),
});

/** What is answered about the ways to the devices of a fleet. */
export const WAYS_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/ways", WAYS_SCHEMA, EXAMPLE),
	answer(
		"GET /api/v1/ways/own",
		OWN_SCHEMA,
		Object.freeze({
			mapping: true,
			rendezvous: false,
			registration: "",
			natKind: "unknown",
			nat: "",
			symmetric: false,
			relays: 0,
		}),
	),
]);
