import type { CandidateKind } from "../../../peer/candidate";
import type { RegistrationManager } from "../../../peer/managers/registration-manager";
import {
	answer,
	type DescribedAnswer,
	flag,
	list,
	mapOf,
	named,
	nullable,
	object,
	oneOf,
	real,
	text,
	whole,
} from "../../../web/json-schema";
import { NAT_KIND_SCHEMA, PATH_SCHEMA } from "./common-schemas";

/** Peer to peer of a device. */
export const PEER_SCHEMA = named(
	"Peer",
	object({
		rendezvous: flag("whether there is a rendezvous server"),
		server: nullable(text("its address and port")),
		state: oneOf<RegistrationManager["state"]>({ off: true, trying: true, registered: true, leaving: true }),
		refusal: whole("the status of the last refusal; 0: none"),
		home: nullable(text("identifies the home")),
		portal: flag("whether the device is registered as the portal's"),
		nat: text("the kind of NAT, for people; empty: not known"),
		natKind: NAT_KIND_SCHEMA,
		symmetric: flag("whether the NAT maps each destination to another port"),
		publicAddress: nullable(text()),
		candidates: list(
			object({
				kind: oneOf<CandidateKind>({ host: true, mapped: true, reflexive: true, relayed: true }),
				address: text(),
				port: whole(),
			}),
		),
		mappedPort: whole("0: none"),
		keepAlive: real("seconds"),
		links: list(
			object(
				{ peer: text(), name: text(), path: nullable(PATH_SCHEMA) },
				{ address: text(), roundTrip: real("milliseconds") },
			),
		),
	}),
);

const TUNNEL_SCHEMA = named(
	"Tunnel",
	object({
		viewer: text("its virtual address"),
		pairing: text("by which it watches, as the list of viewer links names it; empty: not known, or of another device"),
		guest: flag(),
		path: text("lan, ipv6, mapped, punched or relayed; empty: none yet"),
		address: text(),
		port: whole(),
		seconds: whole("since it began"),
		streams: whole("open now"),
		sent: whole("packets"),
		received: whole("packets"),
		dropped: whole("packets"),
		repeated: whole("packets"),
		lost: whole("packets"),
		roundTrip: real("milliseconds"),
		rate: real("bits per second that the path carries now"),
	}),
);

const RENDEZVOUS_SCHEMA = named(
	"Rendezvous",
	object({
		setting: text("for devices; empty: they can't register here"),
		serves: text("all, address, matching or keepalive"),
		devices: whole("registered"),
		homes: whole(),
		connections: whole("by TCP"),
		counters: mapOf(whole(), "what it has done since its start"),
	}),
);

const PEER_EXAMPLE = Object.freeze({
	rendezvous: true,
	server: "203.0.113.10:3478",
	state: "registered",
	refusal: 0,
	home: "0850c2a2971d81f1b0f3ea707997c902",
	portal: true,
	nat: "port-restricted NAT, lets in packets from addresses and ports that were sent to, keeps the port",
	natKind: "cone",
	symmetric: false,
	publicAddress: "198.51.100.7:49230",
	candidates: Object.freeze([Object.freeze({ kind: "host", address: "192.168.0.11", port: 49230 })]),
	mappedPort: 0,
	keepAlive: 25,
	links: Object.freeze([
		Object.freeze({
			peer: "2dc6881dbe847d3f",
			name: "Cabin",
			path: "punched",
			address: "203.0.113.77:61002",
			roundTrip: 41,
		}),
	]),
});

const TUNNELS_EXAMPLE = Object.freeze({
	tunnels: Object.freeze([
		Object.freeze({
			viewer: "fd50:6f72:7468:0:c359:e539:601f:d30a",
			pairing: "Paired viewer (Cabin)",
			guest: false,
			path: "punched",
			address: "203.0.113.77",
			port: 61002,
			seconds: 318,
			streams: 2,
			sent: 41210,
			received: 8710,
			dropped: 0,
			repeated: 37,
			lost: 0,
			roundTrip: 41,
			rate: 8200000,
		}),
	]),
});

const RENDEZVOUS_EXAMPLE = Object.freeze({
	setting: "eae7…102e@rendezvous.example.org:3478",
	serves: "all",
	devices: 12,
	homes: 5,
	connections: 2,
	counters: Object.freeze({ registered: 14, refreshed: 8212, introduced: 31, refused: 0, keepAlives: 9120 }),
});

/** What operations of peer to peer answer. */
export const PEER_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/peer", PEER_SCHEMA, PEER_EXAMPLE),
	answer("GET /api/v1/tunnels", named("Tunnels", object({ tunnels: list(TUNNEL_SCHEMA) })), TUNNELS_EXAMPLE),
	answer(
		"POST /api/v1/pairings",
		named(
			"Pairing",
			object({ text: text("for a viewer program"), days: real("until it expires") }, { url: text("for browsers") }),
		),
		Object.freeze({ text: "porthole:AQEFQ2FiaW4C…", days: 365 }),
	),
	answer("GET /api/v1/rendezvous", RENDEZVOUS_SCHEMA, RENDEZVOUS_EXAMPLE),
]);
