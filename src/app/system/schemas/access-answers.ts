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
import type { ProgramAddress } from "../../../web/program-address";

const ADDRESS_SCHEMA = named(
	"ProgramAddress",
	object({
		kind: oneOf<ProgramAddress["kind"]>({
			snapshot: true,
			mjpeg: true,
			rtsp: true,
			h264: true,
			onvif: true,
			webdav: true,
		}),
		lan: text("URL in the LAN; empty: none"),
		internet: text("URL on the Internet; empty: none"),
		takesLink: flag(
			"whether the token of a viewer link in the query is enough; otherwise user and password are needed",
		),
	}),
);

const ISSUED_SCHEMA = named(
	"IssuedLink",
	object({
		id: text("names it in the list, and to revoke it"),
		url: text("opens the pages, as this device was reached by now"),
		internetUrl: text("opens them from anywhere; empty: the Internet does not reach this device"),
		token: text("for programs"),
		hours: whole("until it expires"),
		name: text("its name in the list of links"),
		addresses: list(ADDRESS_SCHEMA, "for programs, with the token"),
	}),
);

const LINKS_SCHEMA = object({
	links: list(
		named(
			"ViewerLink",
			object({
				id: text(),
				name: text("its name in the list of links"),
				made: nullable(moment("when it was created; null: the date was not known")),
				until: nullable(moment("when it expires; null: the date was not known")),
				used: nullable(moment("when it was last used at this device; null: not yet")),
			}),
		),
	),
});

const ISSUED_EXAMPLE = Object.freeze({
	id: "0a1b2c3d",
	url: "http://192.168.0.11:8000/?link=v…",
	internetUrl: "http://198.51.100.7:8080/?link=v…",
	token: "v…",
	hours: 24,
	name: "Home Assistant",
	addresses: Object.freeze([
		Object.freeze({
			kind: "snapshot",
			lan: "http://192.168.0.11:8000/snapshot.jpg?link=v…",
			internet: "http://198.51.100.7:8080/snapshot.jpg?link=v…",
			takesLink: true,
		}),
	]),
});

const LINKS_EXAMPLE = Object.freeze({
	links: Object.freeze([
		Object.freeze({
			id: "0a1b2c3d",
			name: "Home Assistant",
			made: 1795000000000,
			until: 1795086400000,
			used: 1795003600000,
		}),
	]),
});

/** What operations on viewer links answer. */
export const ACCESS_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("POST /api/v1/links", ISSUED_SCHEMA, ISSUED_EXAMPLE),
	answer("GET /api/v1/links", LINKS_SCHEMA, LINKS_EXAMPLE),
]);
