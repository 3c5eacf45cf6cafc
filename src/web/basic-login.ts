import type { Authentication, Authenticator } from "../access/authenticator";
import type { Admission } from "../access/role";
import type { HttpRequest as AnyRequest } from "../http/http-request";
import { basicLoginOf, quoted } from "../wire/http-auth";
import { fieldOf } from "../wire/text-message";
import type { OtherLogin } from "./login-gate";

type HttpRequest = AnyRequest<Admission>;

/**
 * Lets clients of the file server log in by Basic, as not all of them know Digest. It shows the password, so the connection has to be
 * encrypted.
 * @see RFC 7617
 */
export class BasicLogin implements OtherLogin {
	constructor(private readonly authenticator: Authenticator) {}

	/** @see OtherLogin */
	authenticate(request: HttpRequest): Authentication | undefined {
		if (!takesBasic(request)) return undefined;
		const { message, remoteAddress, now } = request;
		const basic = basicLoginOf(fieldOf(message, "authorization") ?? "");
		if (basic === undefined) return undefined;
		const result = this.authenticator.logIn(now, remoteAddress, basic.user, basic.password);
		return result.outcome === "refused" ? { ...result, challenges: this.authenticator.challenges(now) } : result;
	}

	/** @see OtherLogin */
	challenge(request: HttpRequest): string | undefined {
		return takesBasic(request) ? `Basic realm=${quoted(this.authenticator.realm)}, charset="UTF-8"` : undefined;
	}
}

function takesBasic({ secure, path }: HttpRequest): boolean {
	return secure && (path === "/dav" || path.startsWith("/dav/"));
}
