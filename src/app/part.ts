import type { Admission, Need } from "../access/role";
import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { HttpReply, HttpRequest } from "../http/http-request";
import type { HttpRoute } from "../http/http-server";
import type { Stream, StreamSink } from "../ports/net";
import type { ApiDescription, ApiOperation } from "../web/api";
import type { Fact } from "../web/camera-page";
import type { Notice } from "../web/notices";
import type { ProgramAddress, ProgramHosts, Recipe } from "../web/program-address";
import type { FleetService } from "../wire/fleet-service";
import type { DeviceTraits } from "./device-facts";
import type { ReportTaker } from "./origin/report-taker";
import type { StaticFile } from "./static-file";

/** A request that the gate has looked at. */
export type SiteRequest = HttpRequest<Admission>;

/** A page, a stream or another resource that a part serves. */
export interface Route<P> extends HttpRoute<Need> {
	readonly run: (part: P, request: SiteRequest, reply: HttpReply) => void;
}

/** A link in the navigation of all pages. */
export interface NavigationLink {
	readonly path: string;
	readonly label: string;
	/** The right that a visitor needs to see the link. */
	readonly need: Need;
	/** Whether few people need it, so that it stands under "More". @default false */
	readonly isRare?: boolean;
}

/**
 * One value that a part measures, for Prometheus; its name is without the prefix `porthole_`. Values of one name, which
 * labels distinguish, have the same kind and help and follow each other.
 */
export type Metric = readonly [
	name: string,
	kind: "counter" | "gauge",
	help: string,
	value: number,
	labels?: MetricLabels,
];

/** What distinguishes several values of one name: `[["path", "punched"]]`. Names are constants; values may be any text. */
export type MetricLabels = readonly (readonly [name: string, value: string])[];

/** A viewer that there is no room for, or no good enough place. */
export interface DetourRequest {
	readonly now: Millis;
	readonly protocol: "http" | "rtsp";
	/** Whether the viewer's connection uses TLS. */
	readonly secure: boolean;
	/** The viewer's address. */
	readonly address: string;
	readonly visitor: Admission | undefined;
	/** True: there is no room; false: there is, unless the part that is asked knows better. */
	readonly isFull: boolean;
	/** What the viewer wants: the identity of the camera. */
	readonly content: string;
	/** Its path at a relay: the identity, or `…/h264`. */
	readonly path: string;
}

/**
 * One capability of an appliance, with all that belongs to it: its machines, routes, operations, metrics and status.
 *
 * A part gets the {@link Node} and the few interfaces that it declares, never another part. Everything here is optional.
 * Tables of routes and operations are frozen constants of a module: they cost a board flash, not memory.
 */
export interface Part {
	/** Resources under paths of their own. */
	readonly routes?: readonly Route<never>[];
	/** Styles and scripts that the pages of this part load. */
	readonly staticFiles?: readonly StaticFile[];
	/** Operations of the interface for programs, which the forms on pages use as well. */
	readonly operations?: readonly ApiOperation<never>[];
	/** Routes for programs, as the OpenAPI document describes them. @default none */
	readonly described?: readonly ApiDescription[];
	/** Links to this part's pages. */
	readonly navigation?: readonly NavigationLink[];
	/** Takes reports of relays. @see reportTakerOf */
	readonly reports?: ReportTaker;
	/** Begins; called once, in the order of the list. */
	start?(): void;
	/** The network interfaces are these now. Called first when the node can serve visitors, then at each change. */
	pathsChanged?(paths: readonly Path[]): void;
	/** Something that pages show, or that others are told of, may have changed. */
	refresh?(): void;
	/**
	 * Leaves the network: gives mappings back, says goodbye. Parts leave one after another, in the order of the list.
	 * @param done must be called once, in any case
	 */
	leave?(done: () => void): void;
	/** Closes sockets and files. Called after all parts have left, once their last messages had time to go out. */
	stop?(): void;
	/**
	 * Services that other cameras are told of in announcements, besides the pages. Asked often: returns the same objects
	 * until a service changes, and then a new object for that service.
	 */
	services?(): readonly FleetService[];
	/**
	 * Uses a setting that the owner has changed and that needs no restart; all parts are told, as it may concern several.
	 * @param value as text, acceptable, as `formatValue` writes it
	 * @returns false: it does not concern this part, or takes a restart
	 */
	takeSetting?(name: string, value: string): boolean;
	/** What the owner should know now. */
	notices?(): readonly Notice[];
	/** Facts about this part for the camera's page. */
	facts?(): readonly Fact[];
	/** URLs of this part for programs, such as RTSP's; without tokens. @param hosts those that the URLs are to have */
	programAddresses?(hosts: ProgramHosts): readonly ProgramAddress[];
	/**
	 * How well-known programs are set up for these addresses.
	 * @param addresses of all parts; their tokens, if any, are in their URLs
	 * @param name of the device
	 */
	recipes?(addresses: readonly ProgramAddress[], name: string): readonly Recipe[];
	/** Whether this part has events for the camera's page. @default false */
	readonly hasEvents?: boolean;
	/** The path of the page that tells owners by which ways each device is reached. @default this part has none */
	readonly waysPage?: string;
	/** What this part knows of the device, for the inventory. */
	traits?(): DeviceTraits;
	/** Members of the answer to `GET /api/v1/status`. */
	status?(): Record<string, unknown>;
	/** Values of `GET /metrics`. */
	metrics?(): readonly Metric[];
	/**
	 * Takes over the connections to the ports of the pages that begin with another protocol than HTTP; one part may.
	 * @param pages serves the connection where it is HTTP
	 * @returns the sink of the connection
	 */
	share?(stream: Stream, pages: StreamSink): StreamSink;
	/** Finds another way for a viewer for whom there is no room: the URL of a relay, with a ticket (ONE-7); empty: there is none. */
	detour?(viewer: DetourRequest): string;
}

/** Describes a page or another resource to look at. */
export function get<P>(path: string, run: Route<P>["run"], need: Need = "viewer"): Route<P> {
	return Object.freeze({ method: "GET", path, need, run });
}

/** Describes a resource that takes a form and changes something. */
export function post<P>(path: string, run: Route<P>["run"], need: Need = "owner"): Route<P> {
	return Object.freeze({ method: "POST", path, need, run });
}
