import { toHex } from "../../base/hex";
import { sha256 } from "../../base/sha256";
import { utf8Encode } from "../../base/text";
import type { EventSink } from "../../core/event-ring";
import { parseIpv4 } from "../../core/ipv4";
import type { Handle } from "../../core/pump";
import type { Millis } from "../../core/time";
import { type FetchResult, NO_URL_FETCHER, type UrlFetcher } from "../../ports/url-fetcher";
import type { DYNAMIC_DNS_SCHEMA } from "../../settings/dynamic-dns-schema";
import type { ValuesOf } from "../../settings/schema";
import { DYNAMIC_DNS_MESSAGES } from "../../web/dynamic-dns-messages";
import type { Notice } from "../../web/notices";
import { isReadable, type UpdateRequest, wantsName } from "../../wire/dyndns2";
import type { Node, NodeSettings } from "../node";
import type { Part } from "../part";
import { DynamicDns, type DynamicDnsEvent, type DynamicDnsOutbox } from "./dynamic-dns";

/** How long a service has to answer. */
const TIMEOUT: Millis = 20_000;
/** The key in the store of the last update. */
const KEY = "dynamic-dns";

/** The settings of the dynamic DNS part. */
export type DynamicDnsPartSettings = NodeSettings & ValuesOf<typeof DYNAMIC_DNS_SCHEMA>;

/** Tells whether this device is the one that keeps the name up to date. */
export interface DynamicDnsRole {
	readonly self: { readonly representative: boolean };
}

/** Keeps a domain name on the gateway's address, while this device is the representative. */
export class DynamicDnsPart implements Part, DynamicDnsOutbox, EventSink<DynamicDnsEvent> {
	private readonly handle: Handle<DynamicDns, DynamicDnsOutbox>;
	private readonly answers: EventSink<FetchResult> = {
		on: (result) => this.handle.call((machine, now) => machine.answered(now, result, this)),
	};
	/** Identifies the settings that a stored update belongs to; too short to guess a password by. */
	private mark: string;

	/** @param gateway shows whether this device asks for a port */
	constructor(
		private readonly node: Node<DynamicDnsPartSettings>,
		private readonly fetcher: UrlFetcher,
		private readonly fleet: DynamicDnsRole,
		private readonly gateway: { readonly isMapping: boolean },
	) {
		const { host, settings } = node;
		const { dynamicDnsUrl: template, hostName: name } = settings;
		const machine = new DynamicDns({ template, name, agent: `Porthole/1 (${host.model})` });
		this.mark = markOf(`${template} ${name}`);
		this.handle = node.pump.add(machine, this as DynamicDnsOutbox);
		if (template === "") return;
		this.remember();
		if (this.fetcher === NO_URL_FETCHER)
			this.warn("this host cannot fetch from the Internet: dynamic-dns-url has no effect here");
		if (isReadable(template))
			this.warn("dynamic-dns-url sends its password unencrypted; use https if the service offers it");
	}

	/** @see Part.takeSetting; a service that wants a name keeps the one that it has when there is no other */
	takeSetting(name: string, value: string): boolean {
		const { dynamicDnsUrl: template } = this.node.settings;
		if (name !== "host-name" || template === "") return false;
		if (value === "" && wantsName(template)) return false;
		this.mark = markOf(`${template} ${value}`);
		this.handle.call((machine, now) => machine.rename(now, value));
		return true;
	}

	refresh(): void {
		if (this.node.isLeaving) return;
		const active = this.fleet.self.representative && this.gateway.isMapping;
		this.handle.call((machine, now) => machine.set(now, this.node.addresses.externalAddress, active));
	}

	leave(done: () => void): void {
		this.handle.call((machine, now) => machine.set(now, "", false));
		done();
	}

	notices(): readonly Notice[] {
		const { state, message, remedy } = this.handle.machine.view();
		return state === "stopped" || state === "retrying" ? [{ message, remedy }] : [];
	}

	status(): Record<string, unknown> {
		return { dynamicDns: this.handle.machine.view() };
	}

	/** @see DynamicDnsOutbox */
	fetch(request: UpdateRequest): void {
		const { pump } = this.node;
		let inside = true;
		this.fetcher.get(request.url, { headers: request.headers, timeout: TIMEOUT }, (result) => {
			pump.post(this.answers, result);
			if (!inside) pump.settle();
		});
		inside = false;
	}

	/** @see DynamicDnsOutbox */
	emit(event: DynamicDnsEvent): void {
		this.node.pump.post(this, event);
	}

	/** @see EventSink */
	on(event: DynamicDnsEvent): void {
		const { log, clock } = this.node.host;
		if (event.type === "updated") {
			log.write("info", "dynamic-dns", `the service has the address ${event.address}`);
			const utc = clock.utc();
			if (utc !== undefined) this.node.memory.write(KEY, `${this.mark} ${event.address} ${utc}`);
		} else {
			this.warn(`${event.message} ${event.type === "stopped" ? event.remedy : DYNAMIC_DNS_MESSAGES.again}`);
		}
		this.node.changed();
	}

	private warn(message: string): void {
		this.node.host.log.write("warn", "dynamic-dns", message);
	}

	private remember(): void {
		const { store, clock } = this.node.host;
		const [mark, address, at] = (store.read(KEY) ?? "").split(" ");
		const utc = clock.utc();
		if (mark !== this.mark || utc === undefined || parseIpv4(address ?? "") === undefined) return;
		this.handle.call((machine, now) => machine.remember(now, address, utc - Number(at)));
	}
}

function markOf(text: string): string {
	return toHex(sha256(utf8Encode(text)), 0, 3);
}
