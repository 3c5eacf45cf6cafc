import type { Millis } from "../core/time";

/** The names of the profiles that cameras have. */
export const PROFILE_TOKENS = Object.freeze(["h264", "jpeg"] as const);

/** A video stream of the camera, which ONVIF calls a profile. */
export interface OnvifProfile {
	/** Names it in requests: `h264`, `jpeg`. */
	readonly token: (typeof PROFILE_TOKENS)[number];
	readonly encoding: "H264" | "JPEG";
	/** In pixels. */
	readonly width: number;
	readonly height: number;
	/** 1 to 100. */
	readonly quality: number;
	/** Of H.264: `Baseline`, `Main`, `Extended` or `High`. */
	readonly h264Profile: string;
	/** URL at which players get it; empty: the stream server is off. */
	readonly url: string;
}

/** A direction that has a name. Angles in degrees, 0 is straight ahead, right and up are positive. */
export interface OnvifPreset {
	readonly name: string;
	readonly pan: number;
	readonly tilt: number;
}

/** What turns the camera. Angles as {@link OnvifPreset} has them. */
export interface OnvifDrive {
	/** The largest angle to either side. */
	readonly panLimit: number;
	readonly tiltLimit: number;
	readonly pan: number;
	readonly tilt: number;
	readonly isMoving: boolean;
	readonly presets: readonly OnvifPreset[];
	/** How many presets there can be. */
	readonly presetsMax: number;
	moveTo(pan: number | undefined, tilt: number | undefined): void;
	moveBy(pan: number, tilt: number): void;
	/** Turns on and on. @param pan and `tilt`: share of the highest speed, -1 to 1 @param time after which it stops by itself */
	moveContinuously(pan: number, tilt: number, time: Millis): void;
	stop(): void;
	/** @returns false when there is no such preset */
	goTo(name: string): boolean;
	/** Saves the present direction. @returns false when the name is not valid, or there are too many */
	save(name: string): boolean;
	/** @returns false when there is no such preset */
	remove(name: string): boolean;
}

/** What ONVIF's services say of a camera. All of it is read when it is asked for. */
export interface OnvifDevice {
	readonly name: string;
	/** The kind of device: `node`, `linux`. */
	readonly model: string;
	readonly version: string;
	/** 16 hexadecimal digits that identify it. */
	readonly id: string;
	/** The date, in milliseconds since 1970; `undefined` while it is not known. */
	readonly utc: Millis | undefined;
	/** How many pictures a second it makes at most. */
	readonly fps: number;
	/** What turns it; `undefined`: it can't turn. */
	readonly drive: OnvifDrive | undefined;
	/** Ports of HTTP and of RTSP (0: none), and whether the first is for TLS. */
	readonly httpPort: number;
	readonly rtspPort: number;
	readonly isSecure: boolean;
	/** The interface that the client came by. */
	interfaceOf(address: string): { readonly name: string; readonly address: string; readonly prefix: number };
	/**
	 * Learns the streams, which need a picture to be known.
	 * @param host the address by which the client reaches the camera
	 * @param done gets nothing if the camera has no picture
	 */
	profiles(host: string, done: (profiles: readonly OnvifProfile[]) => void): void;
}

/**
 * The right that an operation needs: none, but a client in the LAN; to watch; to move the camera.
 * @see ONVIF Core §5.9.4.3 (access classes)
 */
export type OnvifNeed = "anyone" | "viewer" | "mover";

/** One request of a client. */
export interface OnvifCall {
	readonly device: OnvifDevice;
	/** The origin by which the client reaches the camera: `http://192.168.1.5:8000`. */
	readonly origin: string;
	/** The host of {@link origin}, without port and brackets. */
	readonly host: string;
}
