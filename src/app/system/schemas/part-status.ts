import type { GatewayStatus } from "../../../gateway/gateway-events";
import type { PinholeTrouble } from "../../../gateway/pinholes/pinhole-events";
import {
	flag,
	type JsonSchema,
	list,
	mapOf,
	moment,
	named,
	nullable,
	object,
	oneOf,
	real,
	text,
	whole,
} from "../../../web/json-schema";
import type { DynamicDnsView } from "../../discovery/dynamic-dns";
import { MOTION_SCHEMA } from "./camera-answers";
import { ID_SCHEMA } from "./common-schemas";
import { PEER_SCHEMA } from "./peer-answers";
import { STORAGE_USAGE_SCHEMA, STORE_STATE_SCHEMA } from "./recording-answers";
import { REGISTERED_RELAY_SCHEMA } from "./relay-answers";

const ABSENT_SCHEMA = object({
	id: ID_SCHEMA,
	name: text(),
	address: text("its last address in the LAN"),
	httpPort: whole(),
	externalPort: whole("0: none"),
	heard: real("when it was heard last, in milliseconds since the start of the device that answers"),
	lastSeen: moment("when it was heard last; 0: not known"),
});

const MEMBER_SCHEMA = object({
	id: ID_SCHEMA,
	name: text(),
	address: text("in the LAN"),
	httpPort: whole(),
	externalPort: whole("0: none"),
	externalHost: text("empty: not known"),
	representative: flag(),
	inTable: nullable(flag("whether the gateway's table has its mapping; null: the table was not read")),
});

const GATEWAY_SCHEMA = object({
	name: text("as it calls itself; empty: none was found"),
	gatewayAddress: text(),
	service: text("WANIPConnection:1, …; empty without UPnP"),
	externalAddress: text("empty: not known, or not public"),
	externalPort: whole("0: none"),
	representative: flag("whether that is the representative's port"),
	by: oneOf<GatewayStatus["by"]>({ UPnP: true, PCP: true, "NAT-PMP": true, "": true }),
	table: oneOf<GatewayStatus["table"]>({ unread: true, complete: true, incomplete: true }),
	diagnoses: list(text("a problem, in one word: double-nat, no-gateway, …")),
});

const RTSP_SCHEMA = object(
	{
		port: whole("0: there is none"),
		externalPort: whole("0: none"),
		connections: whole("open now"),
		open: whole("sessions"),
		playing: whole("sessions that play"),
		packets: whole("sent"),
		octets: whole("sent"),
		missed: whole("pictures that slow clients missed"),
		accepted: whole("connections"),
		refused: whole("connections refused by a limit"),
		displaced: whole("connections dropped in favour of others"),
		requests: whole(),
		malformed: whole(),
		strangers: whole("requests without credentials"),
		timeouts: whole(),
		sessions: whole("set up since the start"),
	},
	{
		udp: object({
			unreachable: whole("streams that ended because no packet reached the client"),
			refused: whole("addresses that are sent to TCP for a while"),
			dropped: whole("datagrams at the ports of streams that belong to none of them"),
		}),
	},
);

const FLEET_SCHEMA = object({
	sealed: flag("whether the fleet has a key"),
	strangeDatagrams: whole("not from this fleet"),
	refusedDatagrams: whole("with a wrong seal"),
	term: whole("successions so far"),
	heirs: list(ID_SCHEMA, "who follows, in order"),
	cameras: list(MEMBER_SCHEMA, "the others"),
	absent: list(ABSENT_SCHEMA),
});

const DNS_SCHEMA = object({
	state: oneOf<DynamicDnsView["state"]>({
		off: true,
		waiting: true,
		updating: true,
		current: true,
		retrying: true,
		stopped: true,
	}),
	message: text(),
	remedy: text(),
	lastAddress: text("of the last update; empty: none"),
});

const IPV6_SCHEMA = object({
	address: text("empty: none"),
	url: text("of the pages"),
	outside: text("the address that the router lets in; empty: none"),
	by: text("the protocol that opened the router"),
	trouble: oneOf<PinholeTrouble | "">({ "": true, "no-answer": true, "not-allowed": true, refused: true }),
});

/** What each part adds to the state of a device, by the names of the members. */
export const PART_STATUS: Readonly<Record<string, JsonSchema>> = Object.freeze({
	name: text(),
	representative: flag(),
	externalUrl: text("of the pages from the Internet; empty: none"),
	lanUrl: text("of the pages in the LAN; empty: none"),
	mapping: flag("whether it asks the gateway for a port"),
	gateway: named("Gateway", GATEWAY_SCHEMA),
	fleet: named("Fleet", FLEET_SCHEMA),
	dynamicDns: DNS_SCHEMA,
	ipv6: IPV6_SCHEMA,
	source: object({
		description: text(),
		width: nullable(whole("of the newest picture, in pixels; null: there was none yet")),
		height: nullable(whole("of the newest picture, in pixels")),
		quality: nullable(whole("1 to 100")),
		trouble: nullable(text("the fault of the pictures, for people")),
	}),
	frames: object({
		taken: whole(),
		delivered: whole("to viewers"),
		missed: whole("by slow viewers"),
		viewers: whole(),
	}),
	motion: MOTION_SCHEMA,
	rtsp: RTSP_SCHEMA,
	onvif: object({
		requests: whole(),
		refused: whole("without a right login"),
		unsupported: whole("for operations that are not there"),
		subscriptions: whole("clients that wait for motion"),
		malformed: whole("datagrams of discovery"),
		ignored: whole("searches, as there were too many"),
	}),
	peer: PEER_SCHEMA,
	tunnels: object({
		opened: whole(),
		refused: whole(),
		open: whole("now"),
		paths: mapOf(whole(), "how many by each path"),
	}),
	browsers: object({ calls: whole(), connected: whole(), refused: whole(), open: whole("now"), servers: whole() }),
	ledger: object({
		reports: whole(),
		records: whole(),
		repeated: whole("records that were there before"),
		refused: whole("reports"),
		failed: whole("reports that could not be stored"),
		unrecorded: whole("used tickets without a record"),
	}),
	relays: object({
		registered: list(REGISTERED_RELAY_SCHEMA),
		taken: whole("registrations"),
		refused: whole("registrations"),
		viewersSent: whole("to relays, as there was no room"),
	}),
	nas: Object.freeze({
		anyOf: Object.freeze([
			object({ state: STORE_STATE_SCHEMA, usage: STORAGE_USAGE_SCHEMA }, {}, "of a NAS"),
			object({ at: text(), connected: flag(), streams: whole() }, {}, "of a control host"),
		]),
	}),
	recorder: object({ cameras: whole(), recording: whole(), pictures: whole() }),
	events: object({ state: STORE_STATE_SCHEMA, count: whole(), lost: whole(), skipped: whole() }),
	files: object({ octets: whole(), uploading: whole(), locks: whole() }),
	link: object({ port: whole(), controlHosts: whole(), streams: whole(), refused: whole() }),
	archive: object({
		target: text(),
		copies: whole(),
		octets: whole(),
		lost: whole(),
		waiting: whole(),
		until: nullable(moment("up to when everything is copied")),
		trouble: nullable(text()),
	}),
	relay: object({ name: text(), viewers: whole(), upstreams: whole() }),
	registrations: list(
		object({ origin: text(), url: text(), registered: flag(), fault: nullable(text()) }),
		"of a relay, with its origins",
	),
	registeredContents: whole("that origins offer"),
	metering: object({
		open: whole("sessions"),
		records: whole(),
		waiting: whole(),
		octets: whole("that waiting records take"),
		lost: whole(),
		fault: text("empty: none"),
	}),
	transparent: object({
		port: whole(),
		open: whole(),
		liveUrls: whole(),
		taken: whole(),
		refused: whole(),
		relayed: whole(),
		passed: whole(),
		encrypted: whole(),
		unreachable: whole(),
	}),
	rendezvous: object({ serves: text(), setting: text("for devices"), devices: whole() }),
	webSockets: object({
		devices: whole(),
		viewers: whole(),
		signals: whole(),
		messages: whole(),
	}),
});
