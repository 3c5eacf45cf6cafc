import { isHex, toHex } from "../base/hex";
import { MD5_OCTETS, md5 } from "../base/md5";
import { SHA256_OCTETS, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import { isRevokedList } from "./revoked-links";
import type { Role } from "./role";

/** What is stored of a password: the hashes that Digest needs, in hexadecimal digits. @see RFC 7616 §3.4.2 (A1) */
export interface PasswordHashes {
	readonly sha256: string;
	/** Empty if MD5 was switched off when the password was set. */
	readonly md5: string;
}

/** The longest text of a record, in characters. */
export const LOGIN_RECORD_MAX = 512;

const SHA256_DIGITS = 2 * SHA256_OCTETS;
const MD5_DIGITS = 2 * MD5_OCTETS;
const SALT_DIGITS = 16;

/**
 * The accounts: hashes of both passwords under one realm, and a salt; changing the salt ends all sessions and links.
 *
 * The cameras of a fleet with a key share one record; the one with the higher version wins.
 */
export class LoginRecord {
	/**
	 * @param version counts the changes in a fleet; 0: not shared
	 * @param realm hashed into the passwords with the user name; unique to the camera that made the first record
	 * @param salt 16 hexadecimal digits
	 * @param viewer `undefined`: no viewer account
	 * @param revoked the viewer links that the owner has revoked since the salt was drawn. @see isRevokedList
	 */
	constructor(
		readonly version: number,
		readonly realm: string,
		readonly salt: string,
		readonly owner: PasswordHashes,
		readonly viewer: PasswordHashes | undefined,
		readonly revoked = "",
	) {}

	/** Whether any user can log in with MD5. */
	get hasMd5(): boolean {
		return this.owner.md5 !== "" || (this.viewer !== undefined && this.viewer.md5 !== "");
	}

	/** The hashes of a user's password; `undefined` for an unknown user. */
	hashesOf(user: string): PasswordHashes | undefined {
		return user === "owner" ? this.owner : user === "viewer" ? this.viewer : undefined;
	}

	/** Returns the record with a new password for a user, or without one. */
	with(user: Role, hashes: PasswordHashes | undefined, salt: string): LoginRecord {
		const version = this.version + 1;
		if (user === "viewer") return new LoginRecord(version, this.realm, salt, this.owner, hashes);
		return new LoginRecord(version, this.realm, salt, hashes ?? this.owner, this.viewer);
	}

	/** Returns the record with a new version or salt. With a new salt no link is valid, so none need be known as revoked. */
	changed(version: number, salt = this.salt): LoginRecord {
		const revoked = salt === this.salt ? this.revoked : "";
		return new LoginRecord(version, this.realm, salt, this.owner, this.viewer, revoked);
	}

	/** Returns the record with another list of revoked links; `undefined`: it would be too long. */
	withRevoked(revoked: string): LoginRecord | undefined {
		const record = new LoginRecord(this.version + 1, this.realm, this.salt, this.owner, this.viewer, revoked);
		return record.toString().length > LOGIN_RECORD_MAX ? undefined : record;
	}

	/** Writes the record as one line, without its version, and a second one if links have been revoked. */
	toString(): string {
		const { owner, viewer, revoked } = this;
		const fields = [this.salt, owner.sha256, owner.md5, viewer?.sha256 ?? "", viewer?.md5 ?? "", this.realm];
		return `${fields.join(" ")}${revoked === "" ? "" : `\n${revoked}`}`;
	}

	/** Reads what {@link toString} wrote; `undefined` when it is malformed. */
	static parse(version: number, text: string): LoginRecord | undefined {
		if (text.length > LOGIN_RECORD_MAX || !Number.isInteger(version) || version < 0) return undefined;
		const line = text.indexOf("\n");
		const revoked = line < 0 ? "" : text.slice(line + 1);
		const [salt, owner, ownerMd5, viewer, viewerMd5, ...realm] = (line < 0 ? text : text.slice(0, line)).split(" ");
		const fine =
			isHex(salt, SALT_DIGITS) &&
			isHex(owner ?? "", SHA256_DIGITS) &&
			isHash(ownerMd5, MD5_DIGITS) &&
			isHash(viewer, SHA256_DIGITS) &&
			isHash(viewerMd5, MD5_DIGITS) &&
			(viewer !== "" || viewerMd5 === "") &&
			isRealm(realm.join(" ")) &&
			(line < 0 || revoked !== "") &&
			isRevokedList(revoked);
		if (!fine) return undefined;
		const other = viewer === "" ? undefined : { sha256: viewer, md5: viewerMd5 };
		return new LoginRecord(version, realm.join(" "), salt, { sha256: owner, md5: ownerMd5 }, other, revoked);
	}
}

/** Hashes a password for Digest. @param withMd5 whether clients that only know MD5 may log in too */
export function hashPassword(user: string, realm: string, password: string, withMd5: boolean): PasswordHashes {
	const a1 = utf8Encode(`${user}:${realm}:${password}`);
	return { sha256: toHex(sha256(a1)), md5: withMd5 ? toHex(md5(a1)) : "" };
}

function isHash(text: string | undefined, digits: number): boolean {
	return text === "" || (text !== undefined && isHex(text, digits));
}

/** A realm is printable ASCII without characters that must be escaped in a quoted-string. */
function isRealm(text: string): boolean {
	if (text.length < 1 || text.length > 64) return false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 32 || code > 126 || code === 34 || code === 92) return false;
	}
	return true;
}
