import type { FleetService } from "../wire/fleet-service";

/** What this camera says of itself. The owner changes the fields, then calls `Fleet.update`. */
export class SelfDescription {
	name = "";
	/** True: the name was given automatically. */
	automaticName = true;
	/** The group that its owner has put it into; empty: none. */
	group = "";
	/** The gateway's address as its provider gave it, or a domain name; empty while unknown. */
	externalHost = "";
	/** Chosen by the cameras; without announcements by the gateway, which gave it the port. */
	representative = false;
	/** True: it has the representative's port on the gateway. */
	holds = false;
	/** True: it has no pictures now. */
	trouble = false;
	/** Services beside the pages: at most `SERVICES_MAX` together. */
	otherServices: readonly FleetService[] = [];
	private readonly http: FleetService = { kind: "http", port: 0, externalPort: 0, path: "/", secure: false };

	/** All services that others are told of: the pages first, once their port is known. */
	get services(): readonly FleetService[] {
		return this.http.port === 0 ? this.otherServices : [this.http, ...this.otherServices];
	}

	/** The port of the pages inside the LAN; 0 while unknown. */
	get httpPort(): number {
		return this.http.port;
	}

	set httpPort(port: number) {
		this.http.port = port;
	}

	/** The port of the pages on the Internet gateway; 0 for none. */
	get externalPort(): number {
		return this.http.externalPort;
	}

	set externalPort(port: number) {
		this.http.externalPort = port;
	}

	/** True: links to the pages are https. */
	get secure(): boolean {
		return this.http.secure;
	}

	set secure(secure: boolean) {
		this.http.secure = secure;
	}
}
