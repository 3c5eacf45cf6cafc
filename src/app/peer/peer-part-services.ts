import type { HomeKeys } from "../../peer/home-keys";
import type { PeerLink } from "../../peer/peer-link";
import type { Ciphers } from "../../ports/ciphers";
import type { Resolver } from "../../ports/resolver";
import type { Appliance, ApplianceSettings } from "../appliance";
import type { Part, SiteRequest } from "../part";
import type { DeviceKey } from "./device-key";
import type { HomeAccess, PeerEndpoint } from "./peer-services";

/** What a host must have for peer to peer. */
export interface PeerSupply {
	readonly ciphers: Ciphers;
	readonly resolver: Resolver;
	/** How many UDP sockets it has to spare for birthday probing. @default 0 */
	readonly spread?: number;
}

/** What the peer-to-peer part of a device offers to parts that build on it: tunnels, pairing, browsers. */
export interface PeerServices {
	readonly node: Appliance<ApplianceSettings>;
	readonly supply: PeerSupply;
	/** Finds and links peers, and takes the links that they make to this device. */
	readonly endpoint: PeerEndpoint;
	/** This device's key pair. */
	readonly deviceKey: DeviceKey;
	/** The keys of the home as they are now; they change when the device joins a fleet or gets another key. */
	keys(): HomeKeys;
	/** The setting of the rendezvous servers; empty: there are none, and nothing of this can be reached. */
	readonly rendezvous: string;
	/** The URL of the servers' pages for browsers; empty: at their default ports. @see rendezvousUrls */
	readonly rendezvousWeb: string;
	/** What other parts add to the page about peer to peer, as HTML. */
	readonly sections: ((request: SiteRequest) => string)[];
	/** The URL of the page on which browsers watch this device; the text of a pairing goes into its fragment. Absent: they can't. */
	watchUrl?: string;
	/** Names the viewer who has made a link to this device, by its pairing; empty: it is not known. Absent: nobody knows. */
	viewerName?: (link: PeerLink) => string;
	/**
	 * Makes what a viewer needs to find devices of this home.
	 * @param scope the one device that may be found; empty: all
	 * @param until the time in seconds since 1970 at which it expires
	 * @returns `undefined` without a rendezvous server
	 */
	access(scope: string, until: number): HomeAccess | undefined;
}

/** A part that builds on peer to peer. */
export type PeerExtra = (services: PeerServices) => Part;
