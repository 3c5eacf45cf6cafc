/** The product name that each of our descriptions begins with (IMG-11). */
const PRODUCT = "Porthole";
/** The longest description in characters: gateways garble longer ones (quirk 23). */
export const DESCRIPTION_MAX = 63;
/** The longest for gateways that refuse or garble shorter ones than that (quirk 23). */
export const SHORT_DESCRIPTION_MAX = 31;
/** The digits of the identity that a description has room for. */
const ID_LENGTH = 6;
/** The longest name of a service in a description. */
const SERVICE_MAX = 6;

/** The information in the description of one of our mappings. */
export interface MappingDescription {
	/** Kind of device, such as `node`. */
	readonly model: string;
	/** The first digits of the camera's identity. */
	readonly id: string;
	/** Which service of the camera the mapping leads to, such as `rtsp`; empty for its pages. */
	readonly service: string;
	/** The camera's name, shortened to fit. */
	readonly name: string;
}

/**
 * Builds the description of a mapping: product, model, identity, service and name, in ASCII, cut to `limit` characters
 * (IMG-11, IMG-15).
 *
 * `Porthole/node 3f9a2c Camera 1` leads to the camera's pages, `Porthole/node 3f9a2c/rtsp Camer` to its RTSP server.
 * Older versions take the second form for another product's, so they do not list it as a camera.
 */
export function buildMappingDescription(
	model: string,
	id: string,
	service: string,
	name: string,
	limit = SHORT_DESCRIPTION_MAX,
): string {
	const camera = `${PRODUCT}/${printable(model).slice(0, 6)} ${id.slice(0, ID_LENGTH)}`;
	const suffix = service === "" ? "" : `/${printable(service).slice(0, SERVICE_MAX)}`;
	return `${camera}${suffix} ${printable(name)}`.slice(0, limit).trimEnd();
}

/** Reads a description; `undefined` when it is not one of ours. */
export function parseMappingDescription(text: string): MappingDescription | undefined {
	if (!text.startsWith(`${PRODUCT}/`)) return undefined;
	const [model, camera, ...name] = text.slice(PRODUCT.length + 1).split(" ");
	if (camera === undefined) return undefined;
	const slash = camera.indexOf("/");
	const id = slash < 0 ? camera : camera.slice(0, slash);
	const service = slash < 0 ? "" : camera.slice(slash + 1);
	if (id.length !== ID_LENGTH || !isHex(id) || (slash >= 0 && service === "")) return undefined;
	return { model, id, service, name: name.join(" ") };
}

/** Tells whether text that a gateway has read back cannot be a description that we gave it. */
export function isGarbled(text: string): boolean {
	return parseMappingDescription(text) === undefined || printable(text) !== text;
}

function printable(text: string): string {
	return Array.from(text, (c) => (c >= " " && c <= "~" && !"<>&\"'".includes(c) ? c : "_")).join("");
}

function isHex(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (!"0123456789abcdef".includes(text.charAt(i))) return false;
	return true;
}
