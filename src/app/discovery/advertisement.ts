import type { Path } from "../../core/path";
import type { Log } from "../../ports/log";
import { NO_SERVICE_ADVERTISER, type ServiceAdvertiser, type ServiceSink } from "../../ports/service-advertiser";

/** What neighbours are told of a camera. */
export interface AdvertisedCamera {
	/** The camera's name; may be empty. */
	readonly name: string;
	readonly port: number;
	readonly representative: boolean;
}

/** Digits of the identity that keep cameras of one model apart. */
const DIGITS = 8;

/**
 * Lets people find the camera in lists of the LAN (DNS-SD), under its own name, with its address, its identity, and whether it
 * is the representative.
 */
export class Advertisement implements ServiceSink {
	/** The `.local` name by which this camera is found; empty while there is none. */
	hostName = "";
	private readonly advertiser: ServiceAdvertiser;
	private paths: readonly Path[] = [];
	private last = "";
	private shown = "";

	/**
	 * @param services absent: there is no such thing on this host
	 * @param id the camera
	 * @param model the kind of device
	 * @param changed its `.local` name has changed
	 */
	constructor(
		services: ServiceAdvertiser | undefined,
		private readonly log: Log,
		private readonly id: string,
		private readonly model: string,
		private readonly changed: () => void,
	) {
		this.advertiser = services ?? NO_SERVICE_ADVERTISER;
	}

	/** Tells what is new; harmless when nothing is. */
	refresh(camera: AdvertisedCamera, paths: readonly Path[]): void {
		const { id, model } = this;
		const { port } = camera;
		const representative = camera.representative ? "yes" : "no";
		const instance = camera.name || `Porthole ${id.slice(0, DIGITS)}`;
		const state = `${port} ${representative} ${instance}`;
		if (paths === this.paths && state === this.last) return;
		this.paths = paths;
		this.last = state;
		const host = `porthole-${id.slice(0, DIGITS)}`;
		const text = { path: "/", id, model, representative };
		this.advertiser.advertise({ instance, type: "_http._tcp", port, text, host }, paths, this);
	}

	/** Says goodbye; `done` is called in any case, within a second. */
	leave(done: () => void): void {
		this.advertiser.withdraw(done);
	}

	/** @see ServiceSink */
	advertised(instance: string, host: string): void {
		this.hostName = host;
		const words = `"${instance}" is found in the LAN (DNS-SD), as ${host}`;
		if (words !== this.shown) this.log.write("info", "discovery", words);
		this.shown = words;
		this.changed();
	}

	/** @see ServiceSink */
	failed(words: string): void {
		this.log.write("warn", "discovery", `not found in the LAN by name: ${words}`);
		this.shown = "";
	}
}
