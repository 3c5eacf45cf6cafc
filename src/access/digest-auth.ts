import { isHex, toHex } from "../base/hex";
import { md5 } from "../base/md5";
import { equalInConstantTime, sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import type { Millis } from "../core/time";
import { quoted } from "../wire/http-auth";
import type { LoginRecord } from "./login-record";
import { NonceTable } from "./nonce-table";
import type { Role } from "./role";

/**
 * How Digest is used.
 *
 * - `http`: RFC 7616 with `qop=auth`; `uri` must equal the request's target.
 * - `rtsp`: as RTSP clients do it. They know RFC 2069, without `qop` and counts, and their `uri` may be that of the
 *   presentation while the request names one of its tracks, or the other way round.
 *
 * A nonce that was issued for one profile is not valid in the other.
 */
export type DigestProfile = "http" | "rtsp";

/** Hash functions of Digest, by their names in the `algorithm` parameter. */
export type DigestAlgorithm = "SHA-256" | "MD5";

/** The request that credentials belong to. */
export interface DigestRequest {
	readonly now: Millis;
	readonly method: string;
	/** As it stands in the request line. */
	readonly target: string;
	/** The client's address. */
	readonly address: string;
	readonly profile: DigestProfile;
}

/** The accounts that credentials are checked against. */
export type DigestAccounts = Pick<LoginRecord, "realm" | "hashesOf">;

/**
 * The outcome of a check: a role, or why there is none. `stale`: the password is right, but the client must use a new
 * nonce. `unsupported`: the algorithm is switched off, or no hash is stored for it.
 */
export type DigestResult = Role | "wrong" | "stale" | "malformed" | "unsupported";

/** Checks Digest credentials: SHA-256, and MD5 where it is allowed. @see RFC 7616, RFC 2617, RFC 2069 */
export class DigestAuth {
	private readonly nonces: NonceTable;
	/** For the `rtsp` profile; made when it is first used, as many devices speak only HTTP. */
	private rtspNonces: NonceTable | undefined;

	/**
	 * @param random unpredictable octets
	 * @param withMd5 whether MD5 is offered too, where the record has a hash for it
	 */
	constructor(
		private readonly random: { fill(bytes: Uint8Array): void },
		private readonly withMd5: boolean,
	) {
		this.nonces = new NonceTable(random);
	}

	/** Makes a nonce for the login page, whose script answers without a challenge. */
	nonce(now: Millis): string {
		return this.nonces.issue(now);
	}

	/**
	 * Makes the values of the `WWW-Authenticate` fields, in the order in which they must be sent.
	 *
	 * Some clients use the last challenge they see, others the first they understand, so MD5 comes last. Some RTSP
	 * clients (live555, VLC) read a challenge only if `realm`, `nonce` and `stale` come first, in this order.
	 */
	challenges(now: Millis, profile: DigestProfile, record: LoginRecord, stale: boolean): readonly string[] {
		const nonce = this.noncesOf(profile).issue(now);
		const start = `Digest realm=${quoted(record.realm)}, nonce="${nonce}"${stale ? ", stale=true" : ""}`;
		const end = profile === "http" ? ', qop="auth"' : "";
		const list = [`${start}, algorithm=SHA-256${end}`];
		if (this.withMd5 && record.hasMd5) list.push(`${start}, algorithm=MD5${end}`);
		return list;
	}

	/** Checks credentials. @param parameters those of the Authorization field, names in lower case */
	check(request: DigestRequest, parameters: ReadonlyMap<string, string>, record: DigestAccounts): DigestResult {
		const { now, method, target, address, profile } = request;
		const get = (name: string): string => parameters.get(name) ?? "";
		const algorithm = algorithmOf(get("algorithm"));
		if (algorithm === undefined || (algorithm === "MD5" && !this.withMd5)) return "unsupported";
		const uri = get("uri");
		if (get("realm") !== record.realm || !(uri === target || (profile === "rtsp" && isSamePresentation(uri, target))))
			return "malformed";
		const count = get("nc");
		const counted = profile === "http" || parameters.has("qop");
		if (counted && (get("qop") !== "auth" || !isHex(count.toLowerCase(), 8) || get("cnonce") === ""))
			return "malformed";
		const user = get("username");
		const hashes = record.hashesOf(user);
		const stored = algorithm === "MD5" ? hashes?.md5 : hashes?.sha256;
		if (stored === "") return "unsupported";
		// The same is computed for an unknown user, so that the time taken does not reveal which users exist.
		const wanted = utf8Encode(
			digestResponse(
				algorithm,
				stored ?? "0",
				method,
				uri,
				get("nonce"),
				counted ? `${count}:${get("cnonce")}:auth` : "",
			),
		);
		const given = utf8Encode(get("response").toLowerCase());
		const right = given.length === wanted.length && equalInConstantTime(given, 0, wanted, 0, wanted.length);
		if (!right || stored === undefined) return "wrong";
		const nonces = this.noncesOf(profile);
		const fresh = counted
			? nonces.use(now, get("nonce"), Number.parseInt(count, 16))
			: nonces.useFrom(now, get("nonce"), address);
		if (!fresh) return "stale";
		return user === "owner" ? "owner" : "viewer";
	}

	private noncesOf(profile: DigestProfile): NonceTable {
		if (profile === "http") return this.nonces;
		this.rtspNonces ??= new NonceTable(this.random);
		return this.rtspNonces;
	}
}

/**
 * Computes the `response` of Digest credentials, in hexadecimal digits.
 *
 * @param ha1 hash of `user:realm:password`, in hexadecimal digits
 * @param protection `nc:cnonce:qop`; empty for credentials without `qop`
 * @see RFC 7616 §3.4.1, RFC 2069 §2.1.2
 */
export function digestResponse(
	algorithm: DigestAlgorithm,
	ha1: string,
	method: string,
	uri: string,
	nonce: string,
	protection: string,
): string {
	const ha2 = hashOf(algorithm, `${method}:${uri}`);
	return hashOf(algorithm, `${ha1}:${nonce}:${protection === "" ? "" : `${protection}:`}${ha2}`);
}

/**
 * Tells whether two URIs name the same presentation: they are equal, or differ by a slash at the end, or one has the
 * other's path and one segment more, which names a track. @see RFC 2326 §C.3
 */
export function isSamePresentation(a: string, b: string): boolean {
	const [short, long] = a.length <= b.length ? [a, b] : [b, a];
	const base = short.endsWith("/") ? short.slice(0, -1) : short;
	if (base === "" || base.endsWith("/")) return short === long;
	if (long === base || long === `${base}/`) return true;
	// A host without a path does not stand for all its presentations.
	const scheme = base.indexOf("://");
	if (scheme >= 0 && base.indexOf("/", scheme + 3) < 0) return false;
	if (!long.startsWith(`${base}/`)) return false;
	const more = long.slice(base.length + 1);
	const slash = more.indexOf("/");
	return slash < 0 || slash === more.length - 1;
}

/** Reads the `algorithm` parameter; MD5 where it is absent. */
function algorithmOf(text: string): DigestAlgorithm | undefined {
	const name = text.toUpperCase();
	return name === "" || name === "MD5" ? "MD5" : name === "SHA-256" ? "SHA-256" : undefined;
}

function hashOf(algorithm: DigestAlgorithm, text: string): string {
	const bytes = utf8Encode(text);
	return toHex(algorithm === "MD5" ? md5(bytes) : sha256(bytes));
}
