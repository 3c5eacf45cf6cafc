import type { OfferedCamera } from "../../relay/registration-answer";
import type { RelayedContent, RelayOrigin, RelayProtocol } from "../../relay/relayed-content";
import type { ContentRequest, ContentSource } from "./relay-services";

/** A camera of a fleet that this relay is registered with. Its URL changes, as the pass in it does: the object stays. */
interface RegisteredContent extends RelayedContent {
	url: string;
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
		for (const { id, http, rtsp, h264 } of cameras) {
			this.set(gone, origin, id, "http", id, http);
			this.set(gone, origin, id, "rtsp", id, rtsp);
			this.set(gone, origin, id, "rtsp", `${id}/h264`, h264);
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
		camera: string,
		protocol: RelayProtocol,
		path: string,
		url: string,
	): void {
		if (url === "") return;
		const key = RegisteredContents.prefixOf(origin) + path;
		const name = `${protocol} ${key}`;
		const known = this.byName.get(name);
		gone.delete(name);
		if (known !== undefined) known.url = url;
		else {
			const common = { content: camera, origin: origin.name, needsLogin: true, tariff: undefined, isOffered: true };
			this.byName.set(name, { key, protocol, url, ...common });
		}
	}
}
