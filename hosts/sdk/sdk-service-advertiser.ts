import { hostLabel } from "../../src/base/host-label";
import { nextPause } from "../../src/core/backoff";
import type { Path } from "../../src/core/path";
import type { Millis } from "../../src/core/time";
import type { Service, ServiceAdvertiser, ServiceSink } from "../../src/ports/service-advertiser";
import { type SdkTimer, Timer } from "./sdk-classes";

/** A service as the SDK's `mdns` takes it: the same object for `add`, `update` and `remove`. */
export interface SdkService {
	/** Without underscores. */
	readonly name: string;
	readonly protocol: string;
	port: number;
	/** An array with named properties. @see textOf */
	txt: unknown;
}

/** The responder of the SDK's module `mdns`, as its source has it. */
export interface SdkResponder {
	/** Announces a service; throws until the name of the machine is claimed. */
	add(service: SdkService): void;
	/** The text has changed. */
	update(service: SdkService): void;
	/** Says goodbye for a service. */
	remove(service: SdkService): void;
	close(): void;
}

/** Its class; the callback gets 1 with a name once it is claimed, 2 when it is taken, and a negative number for a failure. */
export type SdkResponderClass = new (
	options: { hostName: string },
	callback: (message: number, name?: string) => void,
) => SdkResponder;

/** The pauses before a failed claim is tried again. */
const RETRY: Millis = 60_000;
const RETRY_MAX: Millis = 3_600_000;
/** A responder that cannot even be made so many times in a row needs another network or name. */
const REFUSALS_MAX = 4;

/**
 * Advertises with the SDK's module `mdns`, which uses the host name as the instance name. So the host name is derived from the
 * camera's name (`Front door` becomes `front-door.local`), and the TXT record has the full name as `name`.
 * Services of several types share it. @see ServiceAdvertiser
 */
export class SdkServiceAdvertiser implements ServiceAdvertiser {
	private readonly wanted: { service: Service; sink: ServiceSink; entry: SdkService | undefined }[] = [];
	private responder: SdkResponder | undefined;
	private timer: SdkTimer | undefined;
	/** The requested name, and the claimed one. */
	private asked = "";
	private claimed = "";
	private address = "";
	/** The time from the last failure to the next attempt; 0 after a success. */
	private pause: Millis = 0;
	private refusals = 0;

	/** @param Responder the default export of `mdns` */
	constructor(private readonly Responder: SdkResponderClass) {}

	advertise(service: Service, paths: readonly Path[], sink: ServiceSink): void {
		const address = paths[0]?.address ?? "";
		const name = hostLabel(service.instance, service.host);
		if (name !== this.asked || address !== this.address) {
			this.close();
			this.pause = 0;
			this.refusals = 0;
		}
		this.asked = name;
		this.address = address;
		const known = this.wanted.find((one) => one.service.type === service.type);
		if (known === undefined) this.wanted.push({ service, sink, entry: undefined });
		else {
			known.service = service;
			known.sink = sink;
		}
		if (address === "") return;
		if (this.responder === undefined) this.open();
		else if (this.claimed !== "") this.announce();
	}

	withdraw(done?: () => void): void {
		this.close();
		this.wanted.length = 0;
		this.asked = "";
		done?.();
	}

	private open(): void {
		if (this.timer !== undefined || this.refusals >= REFUSALS_MAX) return;
		let responder: SdkResponder | undefined;
		try {
			responder = new this.Responder({ hostName: this.asked }, (message, name) => {
				// Ignores messages of a closed responder.
				if (responder === this.responder) this.told(message, name);
			});
			this.responder = responder;
			this.refusals = 0;
		} catch (error) {
			// Each attempt costs the SDK a socket on some systems.
			const over = ++this.refusals >= REFUSALS_MAX;
			this.retry(`${(error as Error).message}${over ? "; not tried again on this network" : ""}`);
		}
	}

	private told(message: number, name = ""): void {
		if (message < 0) {
			this.close();
			this.retry("no name could be claimed");
		} else if (message === 1 && name !== "") {
			this.claimed = name;
			this.pause = 0;
			// Not inside the responder's own call.
			this.timer = Timer.set(() => {
				this.timer = undefined;
				this.announce();
			}, 0);
		}
	}

	private announce(): void {
		const { responder, claimed } = this;
		if (responder === undefined) return;
		try {
			for (const one of this.wanted) {
				const { service, sink } = one;
				const txt = textOf(service, claimed);
				if (one.entry !== undefined && one.entry.port === service.port) {
					one.entry.txt = txt;
					responder.update(one.entry);
					continue;
				}
				if (one.entry !== undefined) responder.remove(one.entry);
				one.entry = { name: service.type.slice(1, -5), protocol: "tcp", port: service.port, txt };
				responder.add(one.entry);
				Timer.set(() => sink.advertised(claimed, `${claimed}.local`), 0);
			}
		} catch (error) {
			this.close();
			this.retry((error as Error).message);
		}
	}

	/** Says goodbye, and frees the socket. */
	private close(): void {
		if (this.timer !== undefined) Timer.clear(this.timer);
		this.timer = undefined;
		this.claimed = "";
		const { responder } = this;
		this.responder = undefined;
		for (const one of this.wanted) {
			const { entry } = one;
			one.entry = undefined;
			try {
				if (entry !== undefined) responder?.remove(entry);
			} catch {
				// Without a network the goodbye cannot be sent.
			}
		}
		try {
			responder?.close();
		} catch {
			// It has already closed itself after a failure.
		}
	}

	private retry(words: string): void {
		for (const { sink } of this.wanted) Timer.set(() => sink.failed(words), 0);
		this.pause = nextPause(this.pause, RETRY, RETRY_MAX);
		this.timer = Timer.set(() => {
			this.timer = undefined;
			if (this.address !== "" && this.responder === undefined) this.open();
		}, this.pause);
	}
}

/**
 * Makes the TXT record as an array with named properties: of an object's property names the SDK uses only the first two
 * letters.
 */
function textOf(service: Service, claimed: string): unknown {
	const text: Record<string, string> = [] as unknown as Record<string, string>;
	for (const name of Object.keys(service.text)) text[name] = service.text[name];
	if (service.instance !== claimed) text["name"] = service.instance;
	return text;
}
