/** The most parameters that are looked at. */
const PARAMETERS_MAX = 32;

/** Whether an Accept field, if there is one, has room for a session description. @see RFC 2326 §12.1 */
export function acceptsSdp(accept: string | undefined): boolean {
	if (accept === undefined || accept.trim() === "") return true;
	for (const part of accept.toLowerCase().split(",")) {
		const semicolon = part.indexOf(";");
		const type = (semicolon < 0 ? part : part.slice(0, semicolon)).trim();
		if (type === "application/sdp" || type === "application/*" || type === "*/*") return true;
	}
	return false;
}

/** The names of the parameters in a body, one a line, without values; not more than were sent. @see RFC 2326 §10.8 */
export function parameterNames(body: string): string {
	let names = "";
	for (const line of body.split("\n", PARAMETERS_MAX)) {
		const colon = line.indexOf(":");
		const name = (colon < 0 ? line : line.slice(0, colon)).trim();
		if (name !== "") names += `${name}\r\n`;
	}
	return names;
}
