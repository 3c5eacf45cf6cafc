import { isHex, toHex } from "../base/hex";
import { md5 } from "../base/md5";
import { equalInConstantTime, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import { quoted } from "../wire/http-auth";
import type { Headers } from "../wire/text-message";
import type { LoginRecord } from "./login-record";
import { NonceTable } from "./nonce-table";
import type { Role } from "./role";

/** What became of a try: a role, or why not. `stale`: the password is right, but a new nonce is to be used. */
export type DigestResult = Role | "wrong" | "stale" | "malformed";

/**
 * Checks HTTP Digest: SHA-256, and MD5 where the owner has switched it on; `qop=auth` only.
 * @see RFC 7616
 */
export class DigestAuth {
	private readonly nonces: NonceTable;

	/**
	 * @param random unpredictable octets
	 * @param withMd5 true: MD5 is offered as well, second
	 */
	constructor(
		random: { fill(bytes: Uint8Array): void },
		private readonly withMd5: boolean,
	) {
		this.nonces = new NonceTable(random);
	}

	/** A fresh nonce, for the page that logs in by Digest itself. */
	nonce(now: Millis): string {
		return this.nonces.issue(now);
	}

	/** The fields that challenge a client. Some clients take the last that they see, so the weaker one comes last. */
	challenges(now: Millis, realm: string, stale: boolean): Headers {
		const nonce = this.nonces.issue(now);
		const rest = `nonce="${nonce}", qop="auth"${stale ? ", stale=true" : ""}`;
		const fields: [string, string][] = [];
		for (const algorithm of this.withMd5 ? ["SHA-256", "MD5"] : ["SHA-256"])
			fields.push(["WWW-Authenticate", `Digest realm=${quoted(realm)}, algorithm=${algorithm}, ${rest}`]);
		return fields;
	}

	/**
	 * Checks the credentials of a request.
	 * @param parameters of the Authorization field
	 * @param target as the request line has it
	 */
	check(
		now: Millis,
		parameters: ReadonlyMap<string, string>,
		method: string,
		target: string,
		record: LoginRecord,
	): DigestResult {
		const get = (name: string): string => parameters.get(name) ?? "";
		const algorithm = (get("algorithm") || "MD5").toUpperCase();
		const strong = algorithm === "SHA-256";
		const count = get("nc");
		if (!strong && !(algorithm === "MD5" && this.withMd5)) return "malformed";
		if (get("qop") !== "auth" || !isHex(count.toLowerCase(), 8) || get("cnonce") === "") return "malformed";
		if (get("realm") !== record.realm || get("uri") !== target) return "malformed";
		const user = get("username");
		const hashes = record.hashesOf(user);
		const stored = strong ? hashes?.sha256 : hashes?.md5;
		// For an unknown user the same is computed, so that names can't be found out by the time that it takes.
		const a1 = stored || "0";
		const hash = strong ? sha256Hex : md5Hex;
		const a2 = hash(`${method}:${target}`);
		const wanted = utf8Encode(hash(`${a1}:${get("nonce")}:${count}:${get("cnonce")}:auth:${a2}`));
		const given = utf8Encode(get("response").toLowerCase());
		const right = given.length === wanted.length && equalInConstantTime(given, 0, wanted, 0, wanted.length);
		if (!right || !stored) return "wrong";
		if (!this.nonces.use(now, get("nonce"), Number.parseInt(count, 16))) return "stale";
		return user === "owner" ? "owner" : "viewer";
	}
}

function sha256Hex(text: string): string {
	return toHex(sha256(utf8Encode(text)));
}

function md5Hex(text: string): string {
	return toHex(md5(utf8Encode(text)));
}
