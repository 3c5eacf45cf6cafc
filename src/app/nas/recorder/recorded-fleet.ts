import type { DigestSecret } from "../../../access/client-login";
import type { Millis, Seconds } from "../../../core/time";
import type { Member } from "../../../fleet/member";
import type { RECORDER_SCHEMA } from "../../../settings/recorder-schema";
import type { ValuesOf } from "../../../settings/schema";
import { CONTROL_KIND, NAS_KIND } from "../../../wire/nas-service";
import type { AccessPart } from "../../access/access-part";
import type { FleetPart } from "../../fleet/fleet-part";
import { type GivenPasswords, SharedLogin } from "../../fleet/shared-login";
import type { FleetLogin } from "./fleet-source";

/** How long a ticket is wanted for; it is valid for minutes at most. */
const TICKET: Seconds = 600;

/** Whether a member of the fleet is a camera whose pictures can be asked for. */
export function isCamera(member: Member): boolean {
	if (member.isFromTable || member.httpPort === 0) return false;
	return member.service(NAS_KIND) === undefined && member.service(CONTROL_KIND) === undefined;
}

/** The settings that a NAS's login at cameras comes from. */
export type RecordedFleetSettings = Pick<ValuesOf<typeof RECORDER_SCHEMA>, "cameraUser" | "cameraPassword"> &
	GivenPasswords;

/**
 * How a NAS proves to the cameras of its fleet that it may have their pictures: in a fleet with a key by tickets that it makes
 * itself, and by the hashes of the shared login where a protocol knows no tickets; in an open fleet by a password of the settings.
 */
export class RecordedFleetLogin implements FleetLogin {
	private readonly shared: SharedLogin;

	constructor(
		private readonly access: Pick<AccessPart, "credentials" | "moment">,
		private readonly fleet: Pick<FleetPart, "fleet">,
		private readonly now: () => Millis,
		private readonly settings: RecordedFleetSettings,
	) {
		this.shared = new SharedLogin(access.credentials, settings);
	}

	/** @see FleetLogin */
	get password(): string {
		return this.settings.cameraPassword;
	}

	/** @see FleetLogin */
	get hasKey(): boolean {
		return this.fleet.fleet.sealed;
	}

	/** @see FleetLogin */
	get realm(): string {
		return this.access.credentials.record.realm;
	}

	/** @see FleetLogin */
	get user(): string {
		if (this.password !== "" || !this.hasKey) return this.settings.cameraUser;
		return this.access.credentials.record.viewer === undefined ? "owner" : "viewer";
	}

	/** In an open fleet anybody can pass for a camera, and gets no proof of the login. @see FleetLogin */
	get secret(): DigestSecret | undefined {
		return this.password === "" && this.hasKey ? this.shared : undefined;
	}

	/** @see FleetLogin */
	ticket(camera: string): string {
		const moment = this.access.moment(this.now());
		return this.access.credentials.tickets.issue("pictures", camera, moment, moment.seconds + TICKET);
	}
}
