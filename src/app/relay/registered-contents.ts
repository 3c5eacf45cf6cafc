import type { OfferedCamera } from "../../relay/registration-answer";
import type { RelayedContent, RelayOrigin } from "../../relay/relayed-content";
import { isSameOrigin, parseUrl } from "../../wire/http-url";
import type { ContentRequest, ContentSource } from "./relay-services";

/** How many cameras are remembered that are not offered any more. */
const WITHDRAWN_MAX = 256;

/** A camera of a fleet that this relay is registered with. Its URL changes, as the pass in it does, and its name may: the object stays. */
interface RegisteredContent extends RelayedContent {
	url: string;
	title: string;
	isElsewhere: boolean;
}

/** The cameras of the fleets that a relay is registered with, by `<origin>/<camera>` and `<origin>/<camera>/h264`. */
export class RegisteredContents implements ContentSource {
	/** By protocol and key. */
	private readonly byName = new Map<string, RegisteredContent>();
	/**
	 * Those that are not offered any more, the latest last: a member that has just started does not know all cameras yet, and sessions
	 * that go on meanwhile get the new passes when theirs is offered again.
	 */
	private readonly withdrawn = new Map<string, RegisteredContent>();

	/** What an origin's contents begin with at this relay. @see Registration.prefix */
	static prefixOf({ name }: Pick<RelayOrigin, "name">): string {
		return `${name}/`;
	}

	/** Replaces the contents of an origin by the cameras that it offers now. */
	update(origin: RelayOrigin, cameras: readonly OfferedCamera[]): void {
		const gone = new Set<string>();
		for (const [name, content] of this.byName) if (content.origin === origin.name) gone.add(name);
		for (const { id, name, http, rtsp, h264 } of cameras) {
			const common = {
				title: name,
				content: id,
				origin: origin.name,
				needsLogin: true,
				tariff: origin.tariff,
				isElsewhere: !isAt(http, origin.url),
				isOffered: true,
			};
			this.set(gone, id, { ...common, protocol: "http", url: http });
			this.set(gone, id, { ...common, protocol: "rtsp", url: rtsp });
			this.set(gone, `${id}/h264`, { ...common, protocol: "rtsp", url: h264 });
		}
		for (const name of gone) this.withdraw(name);
	}

	find({ protocol, path, proxied }: ContentRequest): RelayedContent | undefined {
		return proxied === "" ? this.byName.get(`${protocol} ${path}`) : undefined;
	}

	contents(): readonly RelayedContent[] {
		return [...this.byName.values()];
	}

	private set(gone: Set<string>, path: string, offered: Omit<RegisteredContent, "key">): void {
		const { protocol, origin, url, title, isElsewhere } = offered;
		if (url === "") return;
		const key = RegisteredContents.prefixOf({ name: origin }) + path;
		const name = `${protocol} ${key}`;
		gone.delete(name);
		const content = this.byName.get(name) ?? this.withdrawn.get(name) ?? { ...offered, key };
		content.url = url;
		content.title = title;
		content.isElsewhere = isElsewhere;
		this.withdrawn.delete(name);
		this.byName.set(name, content);
	}

	private withdraw(name: string): void {
		const content = this.byName.get(name);
		this.byName.delete(name);
		if (content !== undefined) this.withdrawn.set(name, content);
		if (this.withdrawn.size <= WITHDRAWN_MAX) return;
		for (const oldest of this.withdrawn.keys()) {
			this.withdrawn.delete(oldest);
			break;
		}
	}
}

/** Whether a URL is of the server with this base. */
function isAt(url: string, base: string): boolean {
	const one = parseUrl(url);
	const other = parseUrl(base);
	return one !== undefined && other !== undefined && isSameOrigin(one, other);
}
