import type { Millis, Octets, Seconds } from "../../../src/core/time";

/** One WAN connection service of a gateway's description. */
export interface ServiceQuirk {
	/** `WANIPConnection`, `WANPPPConnection`. */
	readonly kind: "WANIPConnection" | "WANPPPConnection";
	readonly version: 1 | 2;
	/** If false, GetStatusInfo says `Disconnected`, and adding is refused with 501. */
	readonly connected: boolean;
}

/** A port that the router's owner forwarded by hand; it is not in the UPnP table. */
export interface ManualForward {
	readonly externalPort: number;
	readonly address: string;
	readonly port: number;
}

/**
 * Makes a virtual gateway behave as real ones do. The numbers are those of `docs/gateway-quirks.md`. The switches can be
 * changed at any time; those that concern the sockets themselves ({@link upnp}, {@link pcp}, {@link controlUrl}) take
 * effect with `applyServices` or a restart. Number 16 is not a fault of gateways: give a machine a second interface.
 */
export interface GatewayQuirks {
	// Leases (1, 2)
	/**
	 * Which leases it takes (1, 2). `any`; `permanent-725`: only 0, error 725 otherwise (1); `permanent-402`: the same
	 * with 402 (2); `finite-402`: 0 is refused with 402 (2); `drops-finite`: answers 200 to any, but an entry with a
	 * finite lease is gone after {@link dropAfter} (2, DD-WRT).
	 * @default "any"
	 */
	leases: "any" | "permanent-725" | "permanent-402" | "finite-402" | "drops-finite";
	/** How long `drops-finite` keeps an entry. @default 1000 */
	dropAfter: Millis;
	/** Longer leases are cut to this. @default 604800 */
	leaseMax: Seconds;
	/** What a lease of 0 becomes; 0 is permanent. @default 0 */
	leaseZeroBecomes: Seconds;

	// Permissions (3, 4, 9)
	/** A client may only map to itself, and only delete its own (3, 9: its new address counts as another's). @default true */
	secure: boolean;
	/** The error for adding in another's name (3). @default 718 */
	addForeignCode: number;
	/** The error for deleting another's entry (3). @default 606 */
	deleteForeignCode: number;
	/** DeletePortMappingRange checks the owner too; miniupnpd does not. @default false */
	rangeChecksOwner: boolean;
	/** Ports that are refused with 718 although no entry is there (3). @default [] */
	phantomConflicts: readonly number[];
	/** The owner's own renewal is refused with 718 (3). @default false */
	refusesRenewal: boolean;
	/** Another client's entry is refused with 718; else it is overwritten (26). The same client's always is. @default true */
	checksConflicts: boolean;
	/** Every change is refused with 606: the FRITZ!Box permission is off (4). @default false */
	permissionOff: boolean;

	// Ports (5, 6, 22)
	/** Ports that the router uses itself: 729, not in the table, and closed from outside (5). @default [] */
	routerPorts: readonly number[];
	/** Ports forwarded by hand; they win over the table (5). @default [] */
	manualForwards: readonly ManualForward[];
	/** Adding a port that is forwarded by hand is answered with 200 nevertheless (5, TP-Link). @default false */
	ignoresManualForwards: boolean;
	/** Entries that fit (6). @default 256 */
	tableSize: number;
	/** The answer when the table is full: an error code, or 200 without an entry (6). @default 728 */
	fullTable: number | "silent";
	/** Ports below it, inside or outside, are refused with 606 (22). @default 1 */
	minimumPort: number;
	/** The effect of external port 0: an error code, or it maps every port (22). @default 716 */
	portZero: number | "all";

	// Lies and forgetting (5, 7, 24)
	/** The effect of adding: the mapping; nothing; a mapping to another machine (5, 6). @default "truth" */
	adding: "truth" | "nothing" | "other-client";
	/** Entries vanish this long after they were made or renewed, whatever the lease (7). @default Infinity */
	forgetsAfter: Millis;
	/** The error of GetSpecificPortMappingEntry for an entry that does not exist (27). @default 714 */
	absentCode: number;
	/** The answer to every GetSpecificPortMappingEntry (27): a page, nothing, a fault with octets missing, or a reset. @default "truth" */
	readBack: "truth" | "html" | "empty" | "garbled" | "reset";
	/** AddPortMapping is not answered (27). @default false */
	ignoresAdding: boolean;
	/** The table survives a restart, with the remaining leases (7). @default false */
	leaseFile: boolean;

	// Where it is (8, 10, 11, 18)
	/** The control port is another one after each restart (8). @default false */
	controlPortMoves: boolean;
	/** The control path is another one after each restart (8). @default false */
	controlPathMoves: boolean;
	/** It is an access point that answers like a gateway but is not connected and maps nothing (10). @default false */
	accessPoint: boolean;
	/** The host in LOCATION instead of its own address (11, forged answers). @default undefined */
	locationHost: string | undefined;
	/** The whole LOCATION (11, forged answers). @default undefined */
	location: string | undefined;
	/** SSDP answers come from another UDP port than 1900 (11). @default false */
	answersFromOtherPort: boolean;
	/** How controlURL is written (18). @default "path" */
	controlUrl: "path" | "relative" | "absolute" | "query" | "other-port";
	/** URLBase in the description (18). @default "none" */
	urlBase: "none" | "root" | "no-slash" | "with-path";
	/** The text of controlURL, wherever it leads (18, forged descriptions). @default undefined */
	controlUrlText: string | undefined;
	/** A fault in a part of the description that nobody needs (28). @default "none" */
	descriptionFault: "none" | "mismatched" | "unclosed" | "less-than";
	/** There are line breaks and spaces around texts and inside tags of the description (18). @default false */
	whitespaceInTags: boolean;

	// The WAN (12, 17)
	/** The text that GetExternalIPAddress returns instead of the real address (12). @default undefined */
	externalAddress: string | undefined;
	/** With a WAN address that is not public, the external address is empty and adding is refused with 501 (12, E11). @default true */
	hidesPrivateWan: boolean;
	/** The WAN connection services, in the order of the description (13, 17). @default one WANIPConnection, connected */
	services: readonly ServiceQuirk[] | undefined;
	/** The status that GetStatusInfo returns when connected: `Up`, or a wrong one (17). @default "Connected" */
	connectedWord: string;
	/** Services are named `urn:dslforum-org` (17). @default false */
	dslforum: boolean;

	/** Machines of the LAN reach mapped ports by the external address (25). @default false */
	hairpin: boolean;

	// SSDP (13, 14, 15)
	/** The version in its description (13). @default 1 */
	igd: 1 | 2;
	/** A search for version 1 or 2 is answered with the version asked (13, E21). @default true */
	answersOtherVersions: boolean;
	/** Answers to `ssdp:all` name the other version than the description (13). @default false */
	ssdpDisagrees: boolean;
	/** `ssdp:all` finds only a WFADevice (14). @default false */
	ssdpAllYieldsFirst: boolean;
	/** It answers multicast searches (14). @default true */
	answersMulticast: boolean;
	/** It answers unicast searches (14). @default true */
	answersUnicast: boolean;
	/** Searches without `MAN: "ssdp:discover"` in quotes, MX or the blank line are ignored (15). @default false */
	strictSsdp: boolean;
	/** Searches that are less than this apart get garbled answers (15, FRITZ!Box). @default 0 */
	garblesSearchesWithin: Millis;
	/** The longest time before an SSDP answer. @default 5 */
	searchDelay: Millis;
	/** The shortest time before an SSDP answer (29). @default 0 */
	searchDelayMin: Millis;
	/**
	 * What it answers searches by: the type that was asked for; announcements to the group; nothing but `upnp:rootdevice`,
	 * if that is asked for; its UUID (29). @default "type"
	 */
	answersBy: "type" | "announcement" | "rootdevice" | "uuid";
	/** How often it announces itself. @default 30000 */
	notifyInterval: Millis;

	// HTTP, SOAP and XML (15, 19, 20, 21)
	/** A request that arrives while another is under way is reset (15). @default false */
	oneRequestAtATime: boolean;
	/** The prefixes of SOAP answers (19). @default "s" */
	soapStyle: "s" | "SOAP-ENV" | "SOAP" | "m" | "unbound" | "wrong-namespace" | "none";
	/** How the names in a fault are written (19). @default "usual" */
	faultCase: "usual" | "lower" | "upper";
	/**
	 * How the end of an answer is marked (20): `wrong-length` is too long, after `100 Continue` and malformed fields;
	 * `cut-chunks` lack the last one. @default "length"
	 */
	framing: "length" | "chunked" | "close" | "tight" | "wrong-length" | "cut-chunks";
	/** The status of a fault (20). @default 500 */
	faultStatus: number;
	/** SOAPAction has to be spelled exactly so, with its value in quotes (21). @default false */
	strictSoapAction: boolean;
	/** A body with line breaks or self-closing tags is refused with 400 (21). @default false */
	strictBody: boolean;
	/** A protocol in lower case is refused with 402 (21). @default false */
	strictProtocol: boolean;

	// The table (23)
	/** The error past its end (23). @default 713 */
	tableEndCode: number;
	/** The index of the first entry (23). @default 0 */
	tableFrom: 0 | 1;
	/** The order of the entries (23). @default "newest-first" */
	tableOrder: "newest-first" | "oldest-first" | "shuffled";
	/** The table starts again at its end (23). @default false */
	tableNeverEnds: boolean;
	/** Descriptions of at least this length come back as garbage that is not UTF-8 (E15). @default Infinity */
	garbageDescriptionsFrom: Octets;
	/** Descriptions of at least this length are refused with 402. @default Infinity */
	refusesDescriptionsFrom: Octets;
	/** There are GetListOfPortMappings, AddAnyPortMapping and DeletePortMappingRange, instead of error 401. @default true */
	version2Actions: boolean;
	/** GetListOfPortMappings returns its list escaped, not as CDATA. @default false */
	listEscaped: boolean;
	/** GetListOfPortMappings with more entries than this kills the daemon until restart (E15). @default Infinity */
	listCrashesAbove: number;

	// Events (7)
	/** It sends events; else its description has an empty eventSubURL. @default true */
	events: boolean;
	/** How long a subscription lasts, whatever the client asks for. @default 1800 */
	eventTimeout: Seconds;
	/** Renewals are refused with 412. @default false */
	forgetsSubscriptions: boolean;
	/** This many events are not sent; counts down. @default 0 */
	dropsEvents: number;

	// PCP and NAT-PMP (24)
	/** It speaks PCP. @default false */
	pcp: boolean;
	/** It speaks NAT-PMP. @default false */
	natPmp: boolean;
	/** The result of every PCP request for a mapping; 0: it is carried out (30). @default 0 */
	pcpResult: number;
	/** The same of NAT-PMP (30). @default 0 */
	natPmpResult: number;
	/** The result of NAT-PMP requests for the external address (30). @default 0 */
	natPmpAddressResult: number;
	/** PCP refuses a lifetime of 0 (24, old miniupnpd). @default false */
	pcpDeleteFails: boolean;
	/** PREFER_FAILURE results in CANNOT_PROVIDE_EXTERNAL; else it is ignored. @default false */
	pcpPreferFailure: boolean;

	// Harmful answers (the security part of the list)
	/** It speaks UPnP. @default true */
	upnp: boolean;
	/** The time before each HTTP answer. @default 1 */
	latency: Millis;
	/** This many HTTP requests are accepted and never answered; counts down. @default 0 */
	deadFor: number;
	/** After this many HTTP requests none is answered; counts down. @default Infinity */
	deadAfter: number;
	/** Octets of white space added to each HTTP answer. @default 0 */
	oversize: Octets;
	/** The description is answered with a redirect to here. @default undefined */
	redirect: string | undefined;
	/** What is sent in place of the description. @default "none" */
	garbage: "none" | "empty" | "binary" | "html" | "truncated" | "deep";
	/** Answers are sent in pieces: this many octets each {@link dripEvery}. @default 0, all at once */
	dripOctets: Octets;
	/** The time between two pieces. @default 100 */
	dripEvery: Millis;
}

/** An ordinary gateway: like miniupnpd on a current home router, IGD version 1, secure mode. */
export const QUIRK_DEFAULTS: Readonly<GatewayQuirks> = Object.freeze({
	leases: "any",
	dropAfter: 1000,
	leaseMax: 604_800,
	leaseZeroBecomes: 0,
	secure: true,
	addForeignCode: 718,
	deleteForeignCode: 606,
	rangeChecksOwner: false,
	phantomConflicts: [],
	refusesRenewal: false,
	checksConflicts: true,
	permissionOff: false,
	routerPorts: [],
	manualForwards: [],
	ignoresManualForwards: false,
	tableSize: 256,
	fullTable: 728,
	minimumPort: 1,
	portZero: 716,
	adding: "truth",
	forgetsAfter: Infinity,
	absentCode: 714,
	readBack: "truth",
	ignoresAdding: false,
	leaseFile: false,
	controlPortMoves: false,
	controlPathMoves: false,
	accessPoint: false,
	locationHost: undefined,
	location: undefined,
	answersFromOtherPort: false,
	controlUrl: "path",
	urlBase: "none",
	controlUrlText: undefined,
	descriptionFault: "none",
	whitespaceInTags: false,
	externalAddress: undefined,
	hidesPrivateWan: true,
	services: undefined,
	connectedWord: "Connected",
	dslforum: false,
	hairpin: false,
	igd: 1,
	answersOtherVersions: true,
	ssdpDisagrees: false,
	ssdpAllYieldsFirst: false,
	answersMulticast: true,
	answersUnicast: true,
	strictSsdp: false,
	garblesSearchesWithin: 0,
	searchDelay: 5,
	searchDelayMin: 0,
	answersBy: "type",
	notifyInterval: 30_000,
	oneRequestAtATime: false,
	soapStyle: "s",
	faultCase: "usual",
	framing: "length",
	faultStatus: 500,
	strictSoapAction: false,
	strictBody: false,
	strictProtocol: false,
	tableEndCode: 713,
	tableFrom: 0,
	tableOrder: "newest-first",
	tableNeverEnds: false,
	garbageDescriptionsFrom: Infinity,
	refusesDescriptionsFrom: Infinity,
	version2Actions: true,
	listEscaped: false,
	listCrashesAbove: Infinity,
	events: true,
	eventTimeout: 1800,
	forgetsSubscriptions: false,
	dropsEvents: 0,
	pcp: false,
	natPmp: false,
	pcpResult: 0,
	natPmpResult: 0,
	natPmpAddressResult: 0,
	pcpDeleteFails: false,
	pcpPreferFailure: false,
	upnp: true,
	latency: 1,
	deadFor: 0,
	deadAfter: Infinity,
	oversize: 0,
	redirect: undefined,
	garbage: "none",
	dripOctets: 0,
	dripEvery: 100,
});
