/** The longest label of a host name. */
const LABEL_MAX = 63;

/** The names by which neighbours may call a machine: its own, its first label, and that with `.local`. @see RFC 6762 §3 */
export function hostNamesOf(name: string): readonly string[] {
	const own = name.toLowerCase();
	const dot = own.indexOf(".");
	const label = dot < 0 ? own : own.slice(0, dot);
	if (label === "") return [];
	const local = `${label}.local`;
	return dot < 0 || own === local ? [label, local] : [own, label, local];
}

/**
 * The endings under which home routers name the devices of the LAN. Nobody on the Internet can have a name under them: they are
 * not in the public DNS (RFC 6762, RFC 8375, ICANN's `internal`), or belong to the router's maker.
 */
const ROUTER_SUFFIXES: readonly string[] = Object.freeze([
	"lan",
	"home",
	"local",
	"localdomain",
	"home.arpa",
	"internal",
	"intranet",
	"private",
	"fritz.box",
	"speedport.ip",
	"fios-router.home",
]);

/**
 * Tells whether a name is one of a machine's own labels with the ending of a home router: `garage.fritz.box`. Any other label
 * with such an ending may be another device, whose page must not get at this one by DNS rebinding.
 * @param name in lower case
 * @param own names of the machine, in lower case; those with dots count without `.local` only
 */
export function isRouterName(name: string, own: readonly string[]): boolean {
	const dot = name.indexOf(".");
	if (dot <= 0 || !ROUTER_SUFFIXES.includes(name.slice(dot + 1))) return false;
	const label = name.slice(0, dot);
	return own.includes(label) || own.includes(`${label}.local`);
}

/** Tells whether a name means something on one machine or in one home network only: `localhost`, `garage.local`. @param name in lower case */
export function isLocalName(name: string): boolean {
	const isUnder = (ending: string): boolean => name === ending || name.endsWith(`.${ending}`);
	return isUnder("localhost") || ROUTER_SUFFIXES.some(isUnder);
}

/**
 * Converts any text to a host label: lower-case letters, digits and single hyphens; other characters become hyphens.
 * @returns `fallback` when nothing is left
 * @see RFC 1123 §2.1
 */
export function hostLabel(text: string, fallback: string): string {
	let label = "";
	let gap = false;
	for (let i = 0; i < text.length && label.length < LABEL_MAX - 1; i++) {
		const code = text.charCodeAt(i);
		const lower = code >= 65 && code <= 90 ? code + 32 : code;
		if ((lower >= 97 && lower <= 122) || (lower >= 48 && lower <= 57)) {
			if (gap && label !== "") label += "-";
			label += String.fromCharCode(lower);
			gap = false;
		} else {
			gap = true;
		}
	}
	return label === "" ? fallback : label;
}
