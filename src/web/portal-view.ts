import type { NasState } from "../wire/nas-service";
import type { ShownDevice } from "./devices-page";
import type { Notice } from "./notices";
import type { Visitor } from "./page-header";

/** The state of a camera; `unreachable`: it works, but not from the Internet. */
export type Health = ShownDevice["health"] | "unreachable";

/** A camera as the portal shows it. */
export interface PortalCamera {
	readonly id: string;
	/** Counts its starts; 0: not known. */
	readonly boot: number;
	readonly name: string;
	/** Its address in the LAN: `http://192.168.0.12:8000/`; empty: none. */
	readonly lanUrl: string;
	/** Its address from the Internet: `http://198.20.0.1:8081/`; empty: not reachable. */
	readonly internetUrl: string;
	readonly representative: boolean;
	/** Whether it is the camera that serves this page. */
	readonly self: boolean;
	readonly health: Health;
	/** For a camera that is absent: when it was heard last, in milliseconds since 1970 UTC; 0: not known. */
	readonly lastSeen?: number;
	/** Where the page links to: a path that leads there, or its address. Says nothing about the user. */
	readonly page: string;
	/** For programs: lets the user in there without another login, for a few minutes; empty: the user has to log in. */
	readonly ticket: string;
	/** Opens its pictures, and nothing else, for a few minutes; empty: the user has to log in. */
	readonly pass: string;
	/** For a NAS, which has no picture: its storage; empty for a control host, which has no picture either. */
	readonly storage?: NasState | undefined;
	/** The group that its owner has put it into; empty or absent: none. */
	readonly group?: string;
	/** Where video players find it (RTSP) in the LAN and from the Internet; empty or absent: nowhere. */
	readonly lanRtsp?: string;
	readonly internetRtsp?: string;
	/** Whether it can be added to the fleet, which is open: it may be anybody's until it has the fleet's key. */
	readonly isOpen?: boolean;
}

/** A device in the LAN that is not in the fleet. All that is shown of it is what it says of itself. */
export interface PortalOutsider {
	readonly id: string;
	/** Empty: it has none. */
	readonly name: string;
	readonly address: string;
	/** Whether it is in another fleet with a key. */
	readonly isSealed: boolean;
}

/** What the portal shows. */
export interface PortalView {
	readonly visitor: Visitor;
	/** This camera first, then the others in the order of their ports. */
	readonly cameras: readonly PortalCamera[];
	readonly notices: readonly Notice[];
	/** Devices that are not in the fleet; only owners in the LAN see them. */
	readonly outside?: readonly PortalOutsider[];
	/** Whether this device can hand the fleet's key to others: it has one, or may draw one. */
	readonly sealed?: boolean;
	/** How the last attempt to add a device went; empty or absent: there was none. */
	readonly outcome?: string;
	/** The identity of the device that {@link outcome} is about, whose card shows it; empty or absent: none. */
	readonly subject?: string;
	/** Whether {@link outcome} is a failure. @default false */
	readonly hasFailed?: boolean;
	/** The join code to show; empty or absent: none. */
	readonly code?: string;
	/** Where the portal is on the Internet; empty or absent: nowhere. */
	readonly address?: string;
	/** The path of a picture of {@link address} as a QR code; empty or absent: the page draws it. */
	readonly qrCode?: string;
	/** The path of the page that says how each device is reached; empty or absent: this host has none. */
	readonly ways?: string;
	/** What a new owner has not done yet. */
	readonly steps?: readonly PortalStep[];
	/** Whether remote access is off, so that this device takes no part in the fleet: it neither lists others nor is listed. */
	readonly isApart?: boolean;
}

/** Something that a new owner should do next: choose a password, give the device a name. */
export type PortalStep = "password" | "name";
