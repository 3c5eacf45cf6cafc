import type { OfferedCamera } from "../../relay/registration-answer";
import type { RelayedContent, RelayOrigin } from "../../relay/relayed-content";
import { isSameOrigin, parseUrl } from "../../wire/http-url";
import type { ContentRequest, ContentSource } from "./relay-services";

/** A camera of a fleet that this relay is registered with. Its URL changes, as the pass in it does: the object stays. */
interface RegisteredContent extends RelayedContent {
	url: string;
	isElsewhere: boolean;
}

/** How many contents that are not offered now are remembered; the oldest are forgotten. */
const GONE_MAX = 256;

/** The cameras of the fleets that a relay is registered with, by `<origin>/<camera>` and `<origin>/<camera>/h264`. */
export class RegisteredContents implements ContentSource {
	/** By protocol and key. */
	private readonly byName = new Map<string, RegisteredContent>();
	/**
	 * Those that are not offered now, as when a camera restarts: it may be at another port afterwards, and sessions that wait for it have
	 * the object.
	 */
	private readonly gone = new Map<string, RegisteredContent>();

	/** What an origin's contents begin with at this relay. @see Registration.prefix */
	static prefixOf({ name }: Pick<RelayOrigin, "name">): string {
		return `${name}/`;
	}

	/** Replaces the contents of an origin by the cameras that it offers now. */
	update(origin: RelayOrigin, cameras: readonly OfferedCamera[]): void {
		const gone = new Set<string>();
		for (const [name, content] of this.byName) if (content.origin === origin.name) gone.add(name);
		for (const { id, http, rtsp, h264 } of cameras) {
			const common = {
				content: id,
				origin: origin.name,
				needsLogin: true,
				isElsewhere: !isAt(http, origin.url),
				isOffered: true,
			};
			this.set(gone, id, { ...common, protocol: "http", url: http });
			this.set(gone, id, { ...common, protocol: "rtsp", url: rtsp });
			this.set(gone, `${id}/h264`, { ...common, protocol: "rtsp", url: h264 });
		}
		for (const name of gone) {
			const content = this.byName.get(name);
			this.byName.delete(name);
			if (content !== undefined) this.gone.set(name, content);
		}
		for (const name of this.gone.keys()) {
			if (this.gone.size <= GONE_MAX) break;
			this.gone.delete(name);
		}
	}

	find({ protocol, path, proxied }: ContentRequest): RelayedContent | undefined {
		return proxied === "" ? this.byName.get(`${protocol} ${path}`) : undefined;
	}

	contents(): readonly RelayedContent[] {
		return [...this.byName.values()];
	}

	private set(gone: Set<string>, path: string, offered: Omit<RegisteredContent, "key" | "tariff">): void {
		const { protocol, origin, url, isElsewhere } = offered;
		if (url === "") return;
		const key = RegisteredContents.prefixOf({ name: origin }) + path;
		const name = `${protocol} ${key}`;
		const known = this.byName.get(name) ?? this.gone.get(name);
		gone.delete(name);
		this.gone.delete(name);
		if (known !== undefined) {
			known.url = url;
			known.isElsewhere = isElsewhere;
		}
		this.byName.set(name, known ?? { ...offered, key, tariff: undefined });
	}
}

/** Whether a URL is of the server with this base. */
function isAt(url: string, base: string): boolean {
	const one = parseUrl(url);
	const other = parseUrl(base);
	return one !== undefined && other !== undefined && isSameOrigin(one, other);
}
