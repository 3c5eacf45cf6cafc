import type { OfferedCamera } from "../../relay/registration-answer";
import type { RelayedContent, RelayOrigin, RelayProtocol } from "../../relay/relayed-content";
import { isSameOrigin, parseUrl } from "../../wire/http-url";
import type { ContentRequest, ContentSource } from "./relay-services";

/** A camera of a fleet that this relay is registered with. Its URL changes, as the pass in it does, and its name may: the object stays. */
interface RegisteredContent extends RelayedContent {
	url: string;
	isElsewhere: boolean;
	title: string;
}

/** The cameras of the fleets that a relay is registered with, by `<origin>/<camera>` and `<origin>/<camera>/h264`. */
export class RegisteredContents implements ContentSource {
	/** By protocol and key. */
	private readonly byName = new Map<string, RegisteredContent>();

	/** What an origin's contents begin with at this relay. @see Registration.prefix */
	static prefixOf({ name }: Pick<RelayOrigin, "name">): string {
		return `${name}/`;
	}

	/** Replaces the contents of an origin by the cameras that it offers now. */
	update(origin: RelayOrigin, cameras: readonly OfferedCamera[]): void {
		const gone = new Set<string>();
		for (const [name, content] of this.byName) if (content.origin === origin.name) gone.add(name);
		for (const camera of cameras) {
			const { id, http, rtsp, h264 } = camera;
			this.set(gone, origin, camera, "http", id, http);
			this.set(gone, origin, camera, "rtsp", id, rtsp);
			this.set(gone, origin, camera, "rtsp", `${id}/h264`, h264);
		}
		for (const name of gone) this.byName.delete(name);
	}

	find({ protocol, path, proxied }: ContentRequest): RelayedContent | undefined {
		return proxied === "" ? this.byName.get(`${protocol} ${path}`) : undefined;
	}

	contents(): readonly RelayedContent[] {
		return [...this.byName.values()];
	}

	private set(
		gone: Set<string>,
		origin: RelayOrigin,
		{ id, name: title, http }: OfferedCamera,
		protocol: RelayProtocol,
		path: string,
		url: string,
	): void {
		if (url === "") return;
		const isElsewhere = !isAt(http, origin.url);
		const key = RegisteredContents.prefixOf(origin) + path;
		const name = `${protocol} ${key}`;
		const known = this.byName.get(name);
		gone.delete(name);
		if (known !== undefined) {
			known.url = url;
			known.title = title;
			known.isElsewhere = isElsewhere;
		} else {
			const common = { content: id, origin: origin.name, needsLogin: true, tariff: origin.tariff, isOffered: true };
			this.byName.set(name, { key, protocol, url, title, isElsewhere, ...common });
		}
	}
}

/** Whether a URL is of the server with this base. */
function isAt(url: string, base: string): boolean {
	const one = parseUrl(url);
	const other = parseUrl(base);
	return one !== undefined && other !== undefined && isSameOrigin(one, other);
}
