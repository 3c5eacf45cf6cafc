/** What the description of each of our mappings begins with (IMG-11). */
const PRODUCT = "Porthole";
/** The longest description: some gateways cut or garble longer ones. */
const LENGTH_MAX = 31;
/** Digits of the identity that a description has room for. */
const ID_LENGTH = 6;

/** What the description of one of our mappings tells. */
export interface MappingDescription {
	/** Kind of device, such as `node`. */
	readonly model: string;
	/** The first digits of the camera's identity. */
	readonly id: string;
	/** Its name, shortened to what fits. */
	readonly name: string;
}

/**
 * Builds the description of a mapping: product, model, identity, name, in at most 31 ASCII characters (IMG-11, IMG-15).
 *
 * `Porthole/node 3f9a2c server 1`
 */
export function buildMappingDescription(model: string, id: string, name: string): string {
	const ascii = (text: string) =>
		Array.from(text, (c) => (c >= " " && c <= "~" && !"<>&\"'".includes(c) ? c : "_")).join("");
	return `${PRODUCT}/${ascii(model).slice(0, 6)} ${id.slice(0, ID_LENGTH)} ${ascii(name)}`
		.slice(0, LENGTH_MAX)
		.trimEnd();
}

/** Reads a description; `undefined` when it is not one of ours. */
export function parseMappingDescription(text: string): MappingDescription | undefined {
	if (!text.startsWith(`${PRODUCT}/`)) return undefined;
	const [model, id, ...name] = text.slice(PRODUCT.length + 1).split(" ");
	if (id === undefined || id.length !== ID_LENGTH) return undefined;
	return { model, id, name: name.join(" ") };
}
