import type { Authentication } from "../access/authentication";
import type { Authenticator } from "../access/authenticator";
import type { HttpRequest } from "../http/http-request";
import { quoted } from "../wire/http-auth";
import { basicLoginOf } from "../wire/http-basic";
import { fieldOf } from "../wire/text-message";
import type { OtherLogin } from "./login-gate";

/**
 * Basic, for clients of the file server that know nothing else. It shows the password to anyone who sees the request, so it is
 * neither offered nor taken without TLS.
 * @see RFC 7617
 */
export class BasicLogin implements OtherLogin {
	/** @param path it is for this path and those below it */
	constructor(
		private readonly authenticator: Authenticator,
		private readonly path: string,
	) {}

	authenticate(request: HttpRequest): Authentication | undefined {
		const login = this.isFor(request) ? basicLoginOf(fieldOf(request.message, "authorization") ?? "") : undefined;
		if (login === undefined) return undefined;
		const { authenticator } = this;
		const result = authenticator.logIn(request.now, request.remoteAddress, login.user, login.password);
		return result.outcome === "refused" ? { ...result, challenges: authenticator.challenges(request.now) } : result;
	}

	/** @see OtherLogin */
	offer(request: HttpRequest, headers: (readonly [string, string])[]): void {
		if (this.isFor(request))
			headers.push(["WWW-Authenticate", `Basic realm=${quoted(this.authenticator.realm)}, charset="UTF-8"`]);
	}

	private isFor({ secure, path }: HttpRequest): boolean {
		return secure && (path === this.path || path.startsWith(`${this.path}/`));
	}
}
