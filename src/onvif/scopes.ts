import { hardwareAddressOf } from "./hardware-address";
import type { OnvifDevice } from "./onvif-device";

const BASE = "onvif://www.onvif.org";

/** What of a camera its scopes tell. */
export type ScopedDevice = Pick<OnvifDevice, "name" | "model" | "id" | "drive">;

/** What the camera is, as clients see it before they ask anything. @see ONVIF Core §7.3.2.2 */
export function scopesOf({ name, model, id, drive }: ScopedDevice): readonly string[] {
	const scopes = [`${BASE}/Profile/Streaming`, `${BASE}/type/Network_Video_Transmitter`, `${BASE}/type/video_encoder`];
	if (drive !== undefined) scopes.push(`${BASE}/type/ptz`);
	scopes.push(`${BASE}/hardware/${encodeURIComponent(`Porthole-${model}`)}`);
	scopes.push(`${BASE}/name/${encodeURIComponent(name || "camera")}`);
	scopes.push(`${BASE}/mac/${hardwareAddressOf(id)}`);
	return scopes;
}

/**
 * Whether one of the scopes is what a client looks for: the same scheme and host, whatever their case, and a path that is the same
 * or continues it.
 * @see WS-Discovery (April 2005) §5.1 (rfc2396)
 */
export function matchesScope(scopes: readonly string[], wanted: string): boolean {
	const [origin, path] = split(wanted);
	for (const scope of scopes) {
		const [ownOrigin, ownPath] = split(scope);
		if (ownOrigin === origin && (ownPath === path || path === "" || ownPath.startsWith(`${path}/`))) return true;
	}
	return false;
}

/** The scheme and the host in lower case, and the path without a slash at its end. */
function split(uri: string): readonly [string, string] {
	const start = uri.indexOf("://");
	const slash = start < 0 ? -1 : uri.indexOf("/", start + 3);
	const end = slash < 0 ? uri.length : slash;
	const path = uri.slice(end);
	return [uri.slice(0, end).toLowerCase(), path.endsWith("/") ? path.slice(0, -1) : path];
}
