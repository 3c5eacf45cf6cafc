import type { PathKind } from "../../../peer/peer-path";
import type { NatKind } from "../../../peer/stun/nat-behaviour";
import { flag, type JsonSchema, named, object, oneOf, text } from "../../../web/json-schema";
import type { Reach } from "../../device-facts";

/** An identity. */
export const ID_SCHEMA = text("16 hexadecimal digits");

/** Something that the owner should know now. */
export const NOTICE_SCHEMA: JsonSchema = named(
	"Notice",
	object(
		{ message: text("what is wrong, for people"), remedy: text("what to do about it") },
		{
			serious: flag("whether it keeps the Internet from reaching the device"),
			forViewers: flag("whether viewers are told the message too"),
		},
	),
);

/** The kind of NAT in front of a device. */
export const NAT_KIND_SCHEMA: JsonSchema = named(
	"NatKind",
	oneOf<NatKind>(
		{ unknown: true, none: true, cone: true, symmetric: true },
		"cone: it keeps one public port for all destinations; symmetric: it has another one for each",
	),
);

/** How a viewer reaches a device. */
export const PATH_SCHEMA: JsonSchema = named(
	"Path",
	oneOf<PathKind>({ lan: true, ipv6: true, mapped: true, punched: true, relayed: true }),
);

/** How a device is reached from the Internet. */
export const REACH_SCHEMA: JsonSchema = named(
	"Reach",
	oneOf<Reach>(
		{ mapped: true, ipv6: true, punched: true, lan: true },
		"by a port of the router, by IPv6, by peer to peer; lan: not at all",
	),
);

/** RTP by UDP, or interleaved with RTSP in one TCP connection. */
export const FRAMING_SCHEMA: JsonSchema = named("Framing", oneOf<"udp" | "tcp">({ udp: true, tcp: true }));
