import type { DigestSecret } from "../../access/client-login";
import type { DigestAlgorithm } from "../../access/digest-auth";
import { hashPassword } from "../../access/login-record";
import type { ACCESS_SCHEMA } from "../../settings/access-schema";
import type { ValuesOf } from "../../settings/schema";
import type { CredentialStore } from "../access/credential-store";

/** The passwords that were set at startup; empty: none. */
export type GivenPasswords = Pick<ValuesOf<typeof ACCESS_SCHEMA>, "password" | "viewerPassword">;

/**
 * The login that the members of a fleet with a key share, as one of them uses it at another by HTTP or RTSP Digest: neither a
 * password nor anything else that could be used again goes over the network.
 */
export class SharedLogin implements DigestSecret {
	constructor(
		private readonly credentials: Pick<CredentialStore, "record" | "pinned">,
		private readonly given: GivenPasswords,
	) {}

	/** @see DigestSecret */
	hashOf(algorithm: DigestAlgorithm, user: string, realm: string): string | undefined {
		const { record, pinned } = this.credentials;
		// Devices that were given the same passwords at startup have realms of their own.
		const given = user === "owner" ? this.given.password : this.given.viewerPassword;
		const known = realm === record.realm ? record.hashesOf(user) : undefined;
		const hashes = pinned && (user === "owner" || user === "viewer") ? hashPassword(user, realm, given, true) : known;
		return (algorithm === "MD5" ? hashes?.md5 : hashes?.sha256) || undefined;
	}
}
