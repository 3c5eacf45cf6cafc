import type { Path } from "../../core/path";
import type { NatKind } from "../../peer/stun/nat-behaviour";

/** A camera that the doctor has found, by the fleet's messages or in the gateway's table. */
export interface FoundCamera {
	/** 16 hexadecimal digits; empty: only the gateway's table has it. */
	readonly id: string;
	/** Foreign text. */
	readonly name: string;
	/** In the LAN. */
	readonly address: string;
	/** Of its pages in the LAN. */
	readonly port: number;
	readonly secure: boolean;
	/** Of its pages on the gateway; 0: none. */
	readonly externalPort: number;
	/** The gateway's address or name as the camera announces it; empty: it does not. */
	readonly externalHost: string;
	/** Of RTSP in the LAN; 0: none, or not known. */
	readonly rtspPort: number;
	/** Of RTSP on the gateway; 0: none. */
	readonly rtspExternalPort: number;
	/** Whether relays can register with it, as cameras of a fleet with a key let them. */
	readonly takesRelays: boolean;
	/** True: it has proved that it belongs to the fleet whose key the doctor has. */
	readonly isSealed: boolean;
	/** The interface to it; `undefined`: it is in no network of this machine. */
	readonly path: Path | undefined;
	/** The address that the Internet sees in place of its own (ONE-4); absent: not known. */
	readonly advertised?: string;
}

/** What a camera tells its owner of itself. @see CameraVisit */
export interface CameraState {
	/** Whether it asks the gateway for a port. */
	readonly mapping: boolean;
	/** Whether a rendezvous server is set. */
	readonly rendezvous: boolean;
	/** `registered`, `trying`, … */
	readonly registration: string;
	/** The kind of NAT that it has found. */
	readonly natKind: NatKind;
	/** The same for people; empty: not known. */
	readonly nat: string;
	readonly symmetric: boolean;
	/** The relays that are registered with it. */
	readonly relays: number;
}

/** What is known of the NAT in front of a camera that says nothing of itself. */
export const NO_NAT: Pick<CameraState, "natKind" | "nat"> = Object.freeze({ natKind: "unknown", nat: "" });

/**
 * The end of a visit to a page: how long the answer took, or why there was none. Without a visit: what others say, the camera by its
 * announcements in the LAN, the router of the port that it has opened.
 */
export type Visit = { readonly millis: number } | { readonly failure: string } | { readonly isTold: true };

/** What was seen of one camera. */
export interface SeenCamera {
	readonly camera: FoundCamera;
	/** Its pages in the LAN. */
	readonly lan: Visit;
	/** Its pages at the gateway; `undefined`: there was no address to try. */
	readonly mapped: Visit | undefined;
	/** What it says of itself; or why it says nothing, as a sentence without a full stop. */
	readonly state: CameraState | string;
}
