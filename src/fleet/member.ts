import type { Path } from "../core/path";
import type { Millis } from "../core/time";
import type { FleetMessage } from "../wire/fleet-message";
import type { FleetService } from "../wire/fleet-service";

/** A member that left so many inquiries in a row unanswered is shown as silent; one that is silent for longer is removed. */
export const SILENT = 2;

const HTTP = "http";
const NO_SERVICES: readonly FleetService[] = Object.freeze([]);
/** The digits of an identity that the gateway's table has room for. */
export const TABLE_ID_LENGTH = 6;

/** Makes the id of a camera that is known from the gateway's table only. @param id its first digits */
export function tableMemberId(id: string): string {
	return id.padEnd(16, "0");
}

/** Another camera of the fleet, as it announced itself. */
export class Member {
	name = "";
	/** True: the name was given automatically. */
	automaticName = true;
	/** The gateway's address, or a domain name for it; empty while unknown. */
	externalHost = "";
	/** How fit it is to be the representative. */
	priority = 0;
	/** True: it has no pictures now. */
	trouble = false;
	/** The version of its login record; 0 for none, and in an open fleet. */
	login = 0;
	/** When it was last heard. */
	heard: Millis = 0;
	/** Our inquiries since then that it did not answer. */
	missed = 0;
	/** Whether the gateway's table has its port: `undefined` until a table was read since the port changed (IMG-13). */
	inTable: boolean | undefined = undefined;
	/** Its start counter and message counter; older messages are ignored. */
	boot = 0;
	sequence = 0;
	/** Its pages, the first of its services of the kind `http`; most cameras offer nothing else. */
	private http: FleetService | undefined = undefined;
	private others: readonly FleetService[] = NO_SERVICES;

	/**
	 * @param id 16 hexadecimal digits that never change, or a {@link tableMemberId}
	 * @param path our interface towards it
	 * @param address its address in the LAN
	 * @param port its port for fleet messages
	 */
	constructor(
		readonly id: string,
		public path: Path,
		public address: string,
		public port: number,
		public representative: boolean,
	) {}

	/** True: it is known from the gateway's table only, and has never been heard. */
	get isFromTable(): boolean {
		// Messages are numbered from 1.
		return this.boot === 0 && this.sequence === 0;
	}

	/** All that it offers: its pages first, the others in its own order. */
	get services(): readonly FleetService[] {
		return this.http === undefined ? this.others : [this.http, ...this.others];
	}

	/** The first service of a kind, such as `http`; `undefined` when it offers none. */
	service(kind: string): FleetService | undefined {
		if (kind === HTTP) return this.http;
		for (const service of this.others) if (service.kind === kind) return service;
		return undefined;
	}

	/** The port of its pages inside the LAN; 0 for none. */
	get httpPort(): number {
		return this.http?.port ?? 0;
	}

	/** The port of its pages on the Internet gateway; 0 for none. */
	get externalPort(): number {
		return this.http?.externalPort ?? 0;
	}

	/** True: links to its pages are https. */
	get secure(): boolean {
		return this.http?.secure ?? false;
	}

	/**
	 * Takes an announcement over, without allocating when it says nothing new.
	 * @returns true when something changed that a page shows
	 */
	update(now: Millis, message: FleetMessage, path: Path, address: string, port: number): boolean {
		const name = message.name ?? this.name;
		const externalHost = message.externalHost ?? "";
		const trouble = message.trouble === true;
		let changed = this.missed >= SILENT;
		if (name !== this.name) {
			this.name = name;
			changed = true;
		}
		if (externalHost !== this.externalHost) {
			this.externalHost = externalHost;
			changed = true;
		}
		if (trouble !== this.trouble) {
			this.trouble = trouble;
			changed = true;
		}
		if (address !== this.address) {
			this.address = address;
			changed = true;
		}
		const { externalPort } = this;
		if (this.takeServices(message.services ?? NO_SERVICES)) changed = true;
		if (externalPort !== this.externalPort) this.inTable = undefined;
		this.automaticName = message.automaticName === true;
		this.path = path;
		this.port = port;
		this.priority = message.priority ?? this.priority;
		this.login = message.login ?? 0;
		this.boot = message.boot;
		this.sequence = message.sequence;
		this.heard = now;
		this.missed = 0;
		return changed;
	}

	/** @returns true when they differ from what was known */
	private takeServices(services: readonly FleetService[]): boolean {
		let pages: FleetService | undefined;
		let count = 0;
		let changed = false;
		for (let i = 0; i < services.length; i++) {
			const service = services[i];
			if (pages === undefined && service.kind === HTTP) pages = service;
			else if (count >= this.others.length || !isSame(service, this.others[count++])) changed = true;
		}
		if (changed || count !== this.others.length) {
			this.others = services.filter((service) => service !== pages).map(copyOf);
			changed = true;
		}
		if (pages === undefined ? this.http === undefined : this.http !== undefined && isSame(pages, this.http))
			return changed;
		this.http = pages === undefined ? undefined : copyOf(pages);
		return true;
	}
}

function copyOf({ kind, port, externalPort, path, secure }: FleetService): FleetService {
	return { kind, port, externalPort, path, secure };
}

function isSame(a: FleetService, b: FleetService): boolean {
	return (
		a.port === b.port &&
		a.externalPort === b.externalPort &&
		a.secure === b.secure &&
		a.kind === b.kind &&
		a.path === b.path
	);
}
