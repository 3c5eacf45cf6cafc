import type { Authentication } from "../../access/authentication";
import type { Authenticator } from "../../access/authenticator";
import type { Millis } from "../../core/time";
import type { Headers } from "../../wire/text-message";
import { RtspRefusal } from "../rtsp-refusal";
import type { RtspExchange } from "./rtsp-exchange";
import type { RtspTarget } from "./rtsp-target";

const TOO_MANY = new RtspRefusal(503, "too many wrong passwords, try again later");

/**
 * Authenticates RTSP requests by the accounts of the pages: Digest as RTSP players know it, viewer links, whose token is in the query
 * of the URL, and passes for this device's own pictures, as relays have them (ONE-5).
 *
 * Players leave the query out of the URLs that they derive from the first one, so a link or a pass counts for its connection. RTSP has no
 * status for too many attempts: 503 with Retry-After, as 401 would make players try again at once.
 * @see RFC 2326 §D
 */
export class RtspGate {
	/** Requests answered 401. */
	strangers = 0;

	constructor(private readonly authenticator: Pick<Authenticator, "authenticate">) {}

	/**
	 * Sets the admission of a request, or answers it.
	 * @param target `undefined` for a request without one
	 * @returns whether it was admitted
	 */
	admit(now: Millis, exchange: RtspExchange, target: RtspTarget | undefined): boolean {
		const { carrier, message } = exchange;
		const { passed } = carrier;
		const pictures = target === undefined || target.content === "live" || target.content === "h264";
		const pass = target?.pass ?? passed?.pass;
		// A pass ends after minutes; what it began does not, as over HTTP.
		if (passed !== undefined && pass === passed.pass && pictures) {
			exchange.admission = passed.admission;
			return true;
		}
		const link = target?.link ?? carrier.link;
		const result = this.authenticator.authenticate({
			method: message.method,
			target: message.target,
			address: carrier.remoteAddress,
			credentials: {
				ticket: pass,
				link: link === "" ? undefined : link,
				authorization: exchange.field("authorization"),
			},
			now,
			pictures,
			profile: "rtsp",
		});
		switch (result.outcome) {
			case "granted":
				if (result.admission.proof === "link" && target?.link !== undefined) carrier.link = target.link;
				if (result.admission.proof === "pass" && pass !== undefined)
					carrier.passed = { pass, admission: result.admission };
				exchange.admission = result.admission;
				return true;
			case "throttled":
				exchange.refuse(now, TOO_MANY, [["Retry-After", `${Math.ceil(result.retryAfter)}`]]);
				return false;
			default: {
				this.strangers++;
				const fields: (readonly [string, string])[] = [];
				for (const challenge of result.challenges) fields.push(["WWW-Authenticate", challenge]);
				exchange.refuse(now, new RtspRefusal(401, messageOf(result, link)), fields satisfies Headers);
				return false;
			}
		}
	}
}

/** Why a login failed; empty for a client that has not tried, or has to repeat with a new nonce. */
function messageOf(result: Authentication, link: string): string {
	if (result.outcome !== "refused") return "";
	switch (result.reason) {
		case "wrong-password":
			return "wrong user or password";
		case "unsupported":
			return "Digest with this algorithm is switched off (--digest-md5), or the password was set while it was";
		case "malformed":
			return "the credentials cannot be read, or are not for this request";
		default:
			return link === "" ? "" : "this viewer link has ended or is wrong";
	}
}
