import { toBase64 } from "../base/base64";
import { toHex } from "../base/hex";
import { md5 } from "../base/md5";
import { sha256 } from "../base/sha256";
import { utf8Encode } from "../base/text";
import { quoted } from "../wire/http-auth";
import type { HttpChallenge } from "../wire/http-challenge";
import { type DigestAlgorithm, digestResponse } from "./digest-auth";

/**
 * What to do after a challenge. `retry`: repeat the request, {@link ClientLogin.authorization} has changed. `wrong`: the server
 * does not accept user and password. `missing`: it wants them, and there are none. `basic`: it offers nothing but Basic, which is
 * not allowed here. `unsupported`: it offers only methods that are not known here.
 */
export type LoginVerdict = "retry" | "wrong" | "missing" | "basic" | "unsupported";

/** What stands for a password that the client does not know: the hashes of it, as another server of the same accounts has them. */
export interface DigestSecret {
	/**
	 * Returns the hash of user, realm and password in hexadecimal digits; `undefined`: there is none for this realm or algorithm.
	 * @see RFC 7616 §3.4.2 (A1)
	 */
	hashOf(algorithm: DigestAlgorithm, user: string, realm: string): string | undefined;
}

/** One way to log in that a server offers; the strongest comes first. */
interface Offer {
	readonly strength: number;
	/** `undefined`: Basic. */
	readonly algorithm: DigestAlgorithm | undefined;
	readonly parameters: ReadonlyMap<string, string>;
	readonly qop: boolean;
}

const BASIC = 0;

/**
 * Logs a client in to one server: Digest with SHA-256 or MD5, with and without `qop`; and Basic where it is allowed.
 *
 * The strongest method on offer is used first. If the server rejects it, a weaker kind of Digest is tried once, as some cameras
 * compute SHA-256 wrongly. Basic shows the password to everybody on the way, so it is never a fallback from Digest.
 * @see RFC 7616, RFC 2617, RFC 2069, RFC 7617
 */
export class ClientLogin {
	private offer: Offer | undefined;
	/** Whether the server has accepted an answer, so that a challenge can only mean a new nonce. */
	private proved = false;
	/** Whether the current offer was used in a request. */
	private used = false;
	private count = 0;

	/**
	 * @param user empty: there is no login
	 * @param random unpredictable octets
	 * @param allowsBasic whether the connection is encrypted, or the owner of the password has asked for it
	 */
	constructor(
		private readonly user: string,
		private readonly password: string | DigestSecret,
		private readonly random: { fill(bytes: Uint8Array): void },
		private readonly allowsBasic: boolean,
	) {}

	/** Takes the challenges of an answer with status 401. */
	challenged(challenges: readonly HttpChallenge[]): LoginVerdict {
		if (this.user === "") return "missing";
		const offers: Offer[] = [];
		let basic = false;
		for (const challenge of challenges) {
			const offer = offerOf(challenge);
			if (offer === undefined) continue;
			if (offer.strength === BASIC) basic = true;
			if (this.canAnswer(offer)) offers.push(offer);
		}
		offers.sort((a, b) => b.strength - a.strength);
		if (offers.length === 0) return basic ? "basic" : "unsupported";
		const { offer: before } = this;
		let next: Offer | undefined = offers[0];
		if (before !== undefined && this.used) {
			const renewed = offers.find(({ strength }) => strength === before.strength);
			const isStale = renewed?.parameters.get("stale")?.toLowerCase() === "true";
			// Many cameras do not say that a nonce has expired.
			if (renewed !== undefined && before.strength !== BASIC && (isStale || this.proved)) next = renewed;
			else next = offers.find(({ strength }) => strength < before.strength && strength !== BASIC);
		}
		if (next === undefined) return "wrong";
		this.offer = next;
		this.used = false;
		this.proved = false;
		this.count = 0;
		return "retry";
	}

	private canAnswer({ algorithm, parameters }: Offer): boolean {
		const { user, password } = this;
		if (algorithm === undefined) return this.allowsBasic && typeof password === "string";
		return (
			typeof password === "string" || password.hashOf(algorithm, user, parameters.get("realm") ?? "") !== undefined
		);
	}

	/** The server has accepted the last request. */
	accepted(): void {
		this.proved = this.used;
	}

	/** Returns the value of the Authorization field of the next request; `undefined` before the first challenge. */
	authorization(method: string, uri: string): string | undefined {
		const { offer, user, password } = this;
		if (offer === undefined) return undefined;
		this.used = true;
		if (offer.algorithm === undefined) return `Basic ${toBase64(utf8Encode(`${user}:${password}`))}`;
		const get = (name: string): string => offer.parameters.get(name) ?? "";
		const realm = get("realm");
		const nonce = get("nonce");
		const hash = offer.algorithm === "MD5" ? md5 : sha256;
		const ha1 =
			typeof password === "string"
				? toHex(hash(utf8Encode(`${user}:${realm}:${password}`)))
				: (password.hashOf(offer.algorithm, user, realm) ?? "");
		let protection = "";
		let fields = `Digest username=${quoted(user)}, realm=${quoted(realm)}, nonce=${quoted(nonce)}, uri=${quoted(uri)}`;
		if (offer.qop) {
			const nc = (++this.count).toString(16).padStart(8, "0");
			const bytes = new Uint8Array(8);
			this.random.fill(bytes);
			const cnonce = toHex(bytes);
			protection = `${nc}:${cnonce}:auth`;
			fields += `, qop=auth, nc=${nc}, cnonce="${cnonce}"`;
		}
		fields += `, response="${digestResponse(offer.algorithm, ha1, method, uri, nonce, protection)}"`;
		if (offer.parameters.has("algorithm")) fields += `, algorithm=${offer.algorithm}`;
		if (offer.parameters.has("opaque")) fields += `, opaque=${quoted(get("opaque"))}`;
		return fields;
	}
}

/** @returns `undefined` for what can't be answered here: other schemes, session algorithms, `auth-int` alone */
function offerOf({ scheme, parameters }: HttpChallenge): Offer | undefined {
	if (scheme === "basic") return { strength: BASIC, algorithm: undefined, parameters, qop: false };
	if (scheme !== "digest" || !parameters.has("nonce")) return undefined;
	const name = (parameters.get("algorithm") ?? "MD5").toUpperCase();
	if (name !== "MD5" && name !== "SHA-256" && name !== "") return undefined;
	const qops = parameters.get("qop") ?? "";
	let qop = false;
	for (const word of qops.split(",", 4)) if (word.trim().toLowerCase() === "auth") qop = true;
	if (qops !== "" && !qop) return undefined;
	return name === "SHA-256"
		? { strength: 2, algorithm: "SHA-256", parameters, qop }
		: { strength: 1, algorithm: "MD5", parameters, qop };
}
