import { join } from "node:path";
import { ClientLogin } from "../../../src/access/client-login";
import type { Random } from "../../../src/ports/random";
import { challengesOf } from "../../../src/wire/http-challenge";
import { HttpTarget } from "./http-target";
import { type ArchiveAnswer, type ArchiveRequest, send } from "./put-file";

/** How often a request is repeated for a login: a nonce may be too old. */
const LOGINS_MAX = 3;

/** A folder of a WebDAV server, such as another NAS. */
export class DavTarget extends HttpTarget {
	private readonly login: ClientLogin;
	/** The folders that exist. */
	private readonly folders = new Set<string>();

	/**
	 * @param url `https://NAME:PASSWORD@HOST/dav/files/FOLDER`
	 * @param root the storage folder
	 */
	constructor(
		url: URL,
		private readonly root: string,
		random: Random,
	) {
		super(url);
		const name = decodeURIComponent(url.username);
		this.login = new ClientLogin(name, decodeURIComponent(url.password), random, url.protocol === "https:");
	}

	protected override async copy(path: string, size: number, signal: AbortSignal): Promise<ArchiveAnswer> {
		const names = path.split("/").slice(0, -1);
		for (let depth = 0; depth <= names.length; depth++) {
			const folder = names
				.slice(0, depth)
				.map((name) => `${name}/`)
				.join("");
			if (this.folders.has(folder)) continue;
			const answer = await this.ask({ method: "MKCOL", url: this.place(folder), headers: {}, signal });
			// 405: it exists already.
			if (answer.status >= 300 && answer.status !== 405) return answer;
			this.folders.add(folder);
		}
		const file = { path: join(this.root, path), size };
		const answer = await this.ask({ method: "PUT", url: this.place(path), headers: {}, file, signal });
		// Somebody has deleted a folder.
		if (answer.status === 409) this.folders.clear();
		return answer;
	}

	private async ask(request: ArchiveRequest): Promise<ArchiveAnswer> {
		const { method, url } = request;
		for (let i = 0; ; i++) {
			const authorization = this.login.authorization(method, url.pathname);
			const headers = authorization === undefined ? {} : { Authorization: authorization };
			const answer = await send({ ...request, headers: { ...request.headers, ...headers } });
			if (answer.status !== 401) {
				this.login.accepted();
				return answer;
			}
			const { "www-authenticate": field = "" } = answer.headers;
			if (i >= LOGINS_MAX || this.login.challenged(challengesOf({ fields: [["www-authenticate", field]] })) !== "retry")
				return answer;
		}
	}
}
