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

const AUTOMATIC_NAME = 1;
const TROUBLE = 2;
const REPRESENTATIVE = 4;
/** Its pages are https. */
const SECURE = 8;
/** The gateway's table was read, and … */
const TABLE_READ = 16;
/** … has its port. */
const IN_TABLE = 32;
/** A number of two ports is this times the outer one, and the inner one. */
const PORTS = 65_536;

/** Makes the id of a camera that is known from the gateway's table only. @param id its first digits */
export function tableMemberId(id: string): string {
	return id.padEnd(16, "0");
}

/** Another camera of the fleet, as it announced itself. */
export class Member {
	name = "";
	/** The hardware; empty: not known. */
	model = "";
	/** The group that its owner has put it into; empty: none. */
	group = "";
	/** The gateway's address, or a domain name for it; empty while unknown. */
	externalHost = "";
	/** How fit it is to be the representative. */
	priority = 0;
	/** The version of its login record; 0 for none, and in an open fleet. */
	login = 0;
	/** When it was last heard. */
	heard: Millis = 0;
	/** Our inquiries since then that it did not answer. */
	missed = 0;
	/** Its start counter and message counter; older messages are ignored. */
	boot = 0;
	sequence = 0;
	/**
	 * Its pages, the first of its services of the kind `http`; most cameras offer nothing else. They are kept without an object, and
	 * what is true or false in {@link flags}: a representative knows many members.
	 */
	private ports = 0;
	/** `undefined`: it has no pages. */
	private pagePath: string | undefined = undefined;
	private others: readonly FleetService[] = NO_SERVICES;
	private flags = AUTOMATIC_NAME;

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
		representative: boolean,
	) {
		this.representative = representative;
	}

	get representative(): boolean {
		return this.has(REPRESENTATIVE);
	}

	set representative(on: boolean) {
		this.set(REPRESENTATIVE, on);
	}

	/** True: the name was given automatically. */
	get automaticName(): boolean {
		return this.has(AUTOMATIC_NAME);
	}

	set automaticName(on: boolean) {
		this.set(AUTOMATIC_NAME, on);
	}

	/** True: it has no pictures now. */
	get trouble(): boolean {
		return this.has(TROUBLE);
	}

	set trouble(on: boolean) {
		this.set(TROUBLE, on);
	}

	/** Whether the gateway's table has its port: `undefined` until a table was read since the port changed (IMG-13). */
	get inTable(): boolean | undefined {
		return this.has(TABLE_READ) ? this.has(IN_TABLE) : undefined;
	}

	set inTable(is: boolean | undefined) {
		this.set(TABLE_READ, is !== undefined);
		this.set(IN_TABLE, is === true);
	}

	/** True: it is known from the gateway's table only, and has never been heard. */
	get isFromTable(): boolean {
		// Messages are numbered from 1.
		return this.boot === 0 && this.sequence === 0;
	}

	/** All that it offers: its pages first, the others in its own order. */
	get services(): readonly FleetService[] {
		const pages = this.service(HTTP);
		return pages === undefined ? this.others : [pages, ...this.others];
	}

	/** The first service of a kind, such as `http`; `undefined` when it offers none. */
	service(kind: string): FleetService | undefined {
		if (kind === HTTP) {
			const { httpPort: port, externalPort, pagePath: path, secure } = this;
			return path === undefined ? undefined : { kind, port, externalPort, path, secure };
		}
		for (const service of this.others) if (service.kind === kind) return service;
		return undefined;
	}

	/** The port of its pages inside the LAN; 0 for none. */
	get httpPort(): number {
		return this.ports % PORTS;
	}

	/** The port of its pages on the Internet gateway; 0 for none. */
	get externalPort(): number {
		return Math.floor(this.ports / PORTS);
	}

	/** True: links to its pages are https. */
	get secure(): boolean {
		return this.has(SECURE);
	}

	/**
	 * Takes an announcement over, without allocating when it says nothing new.
	 * @returns true when something changed that a page shows
	 */
	update(now: Millis, message: FleetMessage, path: Path, address: string, port: number): boolean {
		const name = message.name ?? this.name;
		const externalHost = message.externalHost ?? "";
		const trouble = message.trouble === true;
		const group = message.group ?? "";
		const model = message.model ?? "";
		let changed = this.missed >= SILENT;
		if (name !== this.name) {
			this.name = name;
			changed = true;
		}
		if (externalHost !== this.externalHost) {
			this.externalHost = externalHost;
			changed = true;
		}
		if (group !== this.group) {
			this.group = group;
			changed = true;
		}
		this.model = model;
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
		const { port = 0, externalPort = 0, path, secure = false } = pages ?? {};
		const ports = externalPort * PORTS + port;
		if (ports === this.ports && path === this.pagePath && secure === this.secure) return changed;
		this.ports = ports;
		this.pagePath = path;
		this.set(SECURE, secure);
		return true;
	}

	private has(flag: number): boolean {
		return (this.flags & flag) !== 0;
	}

	private set(flag: number, on: boolean): void {
		this.flags = on ? this.flags | flag : this.flags & ~flag;
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
