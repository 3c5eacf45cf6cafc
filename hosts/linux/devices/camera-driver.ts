import type { Octets } from "../../../src/core/time";

/** @see LentCamera.look */
export const HAS_BRIGHTNESS = 1;
/** @see LentCamera.look */
export const HAS_FLIP = 2;

/** How a camera is chosen and set up. */
export interface CameraChoice {
	/** A path (`/dev/video0`), a part of a camera's name in any case, or empty: any camera. */
	readonly device: string;
	/** Size of the picture; the camera's nearest is taken. 0: 1280 × 720. */
	readonly width: number;
	readonly height: number;
	/** Most pictures a second. */
	readonly fps: number;
	/** JPEG quality, for cameras that deliver raw pictures or have a quality control; 1 to 100. */
	readonly quality: number;
	/** True: H.264, every picture in order; else JPEG, the newest picture. @default false */
	readonly h264?: boolean;
}

/**
 * A camera that lends the memory of its pictures: the native class `porthole:camera`, or a fake in a test.
 *
 * `start`, `end`, `sequence` and `fresh` describe the picture that {@link grab} returned last.
 */
export interface LentCamera {
	readonly path: string;
	readonly name: string;
	/** Four characters: `MJPG`, `YUYV`, `NV12`. */
	readonly format: string;
	readonly width: number;
	readonly height: number;
	/** Quality of the pictures, 1 to 100; 0: the camera has no quality control. */
	readonly quality: number;
	/** Sets the quality, 1 to 100, from one of the next pictures on; no use where {@link quality} is 0. */
	setQuality(quality: number): void;
	/** What can be changed of how the pictures look: a sum of {@link HAS_BRIGHTNESS} and {@link HAS_FLIP}. */
	readonly look: number;
	/**
	 * Changes how the next pictures look, as far as that can be changed.
	 * @param brightness -100 to 100; 0: the driver's default
	 * @param horizontal 1: mirrored left and right @param vertical 1: mirrored top and bottom
	 */
	setLook(brightness: number, horizontal: number, vertical: number): void;
	/** Asks for a key picture of H.264 soon; no effect where the driver can't. */
	requestKey(): void;
	/** Finds another device node of the same camera that gives H.264. @returns its path; `undefined`: there is none */
	companion(): string | undefined;
	/**
	 * Takes the newest picture, of H.264 the next one.
	 * @returns its slot, to be given to {@link release}; -1 when there is none
	 * @throws Error with a message for users when the camera is gone; it must be closed then
	 */
	grab(): number;
	/** Where the JPEG or the H.264 access unit lies in the slot's memory. */
	readonly start: Octets;
	readonly end: Octets;
	/** Counts the camera's pictures, lost ones included. */
	readonly sequence: number;
	/** Pictures that were not whole and not lent; absent: not known. */
	readonly broken?: number;
	/** True: the slot's memory has changed, so {@link memory} must be called again. */
	readonly fresh: boolean;
	/** The memory of a slot: lent, not copied. Neither to be read nor written after its release. */
	memory(slot: number): ArrayBufferLike;
	/** Gives a picture back; also after `close`, which keeps lent pictures. */
	release(slot: number): void;
	/** Closes the camera; harmless when repeated. No callback follows. */
	close(): void;
}

/** Opens cameras. */
export interface CameraDriver {
	/**
	 * Opens a camera, which then calls `readable` when there is a picture to grab, or an error.
	 * @throws Error with a message for users
	 */
	open(choice: CameraChoice, readable: () => void): LentCamera;
	/** Calls `changed` whenever a video device appears, disappears or becomes accessible; `undefined` stops that. */
	watch(changed: (() => void) | undefined): void;
}
