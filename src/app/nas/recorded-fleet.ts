import type { DigestSecret } from "../../access/client-login";
import type { Millis, Seconds } from "../../core/time";
import type { Member } from "../../fleet/member";
import type { AccessPart } from "../access/access-part";
import type { FleetPart } from "../fleet/fleet-part";
import type { FleetLogin } from "./fleet-source";

/** How long a ticket is wanted for; it is valid for minutes at most. */
const TICKET: Seconds = 600;

/** The kind of the service by which a NAS is known: it has no pictures of its own. */
const NAS_KIND = "nas";

/** Whether a member of the fleet is a camera whose pictures can be asked for. */
export function isCamera(member: Member): boolean {
	return !member.isFromTable && member.httpPort !== 0 && member.service(NAS_KIND) === undefined;
}

/**
 * How a NAS proves to the cameras of its fleet that it may have their pictures: in a fleet with a key by tickets that it makes
 * itself, and by the hashes of the shared login where a protocol knows no tickets; in an open fleet by a password of the settings.
 */
export class RecordedFleetLogin implements FleetLogin, DigestSecret {
	/** @param user of {@link password}, which may be empty */
	constructor(
		private readonly access: Pick<AccessPart, "credentials" | "moment">,
		private readonly fleet: Pick<FleetPart, "fleet">,
		private readonly now: () => Millis,
		private readonly ownUser: string,
		readonly password: string,
	) {}

	/** @see FleetLogin */
	get user(): string {
		if (this.password !== "" || !this.sharesLogin) return this.ownUser;
		return this.access.credentials.record.viewer === undefined ? "owner" : "viewer";
	}

	/** @see FleetLogin */
	get secret(): DigestSecret | undefined {
		return this.password === "" && this.sharesLogin ? this : undefined;
	}

	/** @see FleetLogin */
	ticket(camera: string): string {
		const moment = this.access.moment(this.now());
		return this.access.credentials.tickets.issue("pictures", camera, moment, moment.seconds + TICKET);
	}

	/** @see DigestSecret */
	hashOf(algorithm: "MD5" | "SHA-256", user: string, realm: string): string | undefined {
		const { record } = this.access.credentials;
		const hashes = realm === record.realm ? record.hashesOf(user) : undefined;
		return (algorithm === "MD5" ? hashes?.md5 : hashes?.sha256) || undefined;
	}

	/** Whether the cameras have the same login. In an open fleet anybody can pass for a camera, and gets no proof of it. */
	private get sharesLogin(): boolean {
		return this.fleet.fleet.sealed && !this.access.credentials.pinned;
	}
}
