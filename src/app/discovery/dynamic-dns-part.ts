import { toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import { parseIpv4 } from "../../core/ipv4";
import type { Pump } from "../../core/pump";
import type { Millis } from "../../core/time";
import type { Clock } from "../../ports/clock";
import type { Log } from "../../ports/log";
import type { Store } from "../../ports/store";
import { type FetchResult, NO_URL_FETCHER, type UrlFetcher } from "../../ports/url-fetcher";
import { MESSAGES } from "../../web/messages";
import { isReadable, type UpdateRequest } from "../../wire/dyndns2";
import { DynamicDns, type DynamicDnsEvent, type DynamicDnsOutbox, type DynamicDnsView } from "./dynamic-dns";

/** A service that has not answered by then was not told. */
const TIMEOUT: Millis = 20_000;
/** Where it is kept what was told last. */
const KEY = "dynamic-dns";

/** What the link needs of its host. */
interface LinkHost {
	readonly clock: Clock;
	readonly log: Log;
	readonly store: Store;
	readonly fetcher?: UrlFetcher;
}

/** Carries what {@link DynamicDns} has to say to the service, to the log, and into the store. */
export class DynamicDnsPart implements DynamicDnsOutbox {
	private readonly machine: DynamicDns;
	private readonly fetcher: UrlFetcher;
	/** Marks the settings in what is kept; not enough of it to guess a password by. */
	private readonly mark: string;

	/**
	 * @param settings those of the camera
	 * @param model the kind of device, of which programs tell
	 * @param changed what pages show has changed
	 */
	constructor(
		private readonly host: LinkHost,
		private readonly pump: Pump,
		settings: { readonly dynamicDnsUrl: string; readonly hostName: string },
		model: string,
		private readonly changed: () => void,
	) {
		const { dynamicDnsUrl: template, hostName: name } = settings;
		this.fetcher = host.fetcher ?? NO_URL_FETCHER;
		this.machine = new DynamicDns({ template, name, agent: `Porthole/1 (${model})` });
		this.mark = markOf(`${template} ${name}`);
		this.pump.add(this.machine, this);
		if (template === "") return;
		this.remember();
		if (this.fetcher === NO_URL_FETCHER)
			host.log.write(
				"warn",
				"dynamic-dns",
				"this host can't fetch from the Internet: dynamic-dns-url is of no use here",
			);
		if (isReadable(template))
			host.log.write(
				"warn",
				"dynamic-dns",
				"dynamic-dns-url sends its password unencrypted; use https if the service has it",
			);
	}

	/** How it stands. */
	get view(): DynamicDnsView {
		return this.machine.view();
	}

	/** The external address, and whether this camera is the one that tells it. @see DynamicDns.set */
	set(address: string, active: boolean): void {
		this.machine.set(this.pump.now(), address, active);
		this.pump.ran(this.machine);
	}

	/** @see DynamicDnsOutbox */
	fetch(request: UpdateRequest): void {
		let inside = true;
		this.fetcher.get(request.url, { headers: request.headers, timeout: TIMEOUT }, (result) => {
			this.pump.post({ on: (r: FetchResult) => this.answered(r) }, result);
			if (!inside) this.pump.settle();
		});
		inside = false;
	}

	/** @see DynamicDnsOutbox */
	emit(event: DynamicDnsEvent): void {
		this.pump.post({ on: (e: DynamicDnsEvent) => this.on(e) }, event);
	}

	private answered(result: FetchResult): void {
		this.machine.answered(this.pump.now(), result, this);
		this.pump.ran(this.machine);
	}

	private on(event: DynamicDnsEvent): void {
		const { log, store, clock } = this.host;
		if (event.type === "updated") {
			log.write("info", "dynamic-dns", `the service knows the address ${event.address}`);
			const utc = clock.utc();
			if (utc !== undefined) store.write(KEY, `${this.mark} ${event.address} ${utc}`);
		} else {
			log.write(
				"warn",
				"dynamic-dns",
				`${event.words} ${event.type === "stopped" ? event.remedy : MESSAGES.dynamicDns.again}`,
			);
		}
		this.changed();
	}

	private remember(): void {
		const [mark, address, at] = (this.host.store.read(KEY) ?? "").split(" ");
		const utc = this.host.clock.utc();
		if (mark !== this.mark || utc === undefined || parseIpv4(address ?? "") === undefined) return;
		this.machine.remember(this.pump.now(), address, utc - Number(at));
	}
}

function markOf(text: string): string {
	return toHex(sha256(utf8Encode(text)), 0, 3);
}
