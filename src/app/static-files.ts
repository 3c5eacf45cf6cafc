import type { Admission, Need } from "../access/role";
import type { HttpReply } from "../http/http-request";
import type { RouteTable } from "../http/http-server";
import type { SiteRequest } from "./part";
import type { StaticFile } from "./static-file";
import { StaticText } from "./static-text";

/** Serves the files of one part; each is compressed when it is first asked for. */
export class StaticFiles implements RouteTable<Admission, Need> {
	private readonly texts: StaticText[] = [];

	/** @param gzip absent: the host can't compress */
	constructor(
		readonly entries: readonly StaticFile[],
		private readonly gzip: ((text: string) => Uint8Array) | undefined,
	) {}

	run(index: number, request: SiteRequest, reply: HttpReply): void {
		const { type, text } = this.entries[index];
		this.texts[index] ??= new StaticText(type, text, this.gzip);
		this.texts[index].reply(request, reply);
	}
}
