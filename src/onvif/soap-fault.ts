/** The side whose fault it is. @see SOAP 1.2 Part 1 §5.4.6 */
export type FaultCode = "Sender" | "Receiver" | "MustUnderstand" | "VersionMismatch";

/** A request that is refused: what its answer says, and with which status. @see ONVIF Core §5.8.2 */
export class SoapFault {
	/**
	 * @param subcodes with their prefixes, the general one first: `ter:InvalidArgVal`, `ter:NoProfile`
	 * @param reason for people
	 * @param status of HTTP
	 */
	constructor(
		readonly code: FaultCode,
		readonly subcodes: readonly string[],
		readonly reason: string,
		readonly status = code === "Receiver" ? 500 : 400,
	) {}
}

/**
 * An operation that the device does not support. Home Assistant continues only where the reason contains "not implemented", in lower case.
 * @param operation untrusted; only names are quoted
 */
export function notSupported(operation: string): SoapFault {
	const name = /^[A-Za-z][A-Za-z0-9]{0,63}$/.test(operation) ? operation : "the operation";
	return new SoapFault(
		"Receiver",
		["ter:ActionNotSupported"],
		`Optional Action Not Implemented: ${name} is not implemented by this camera.`,
	);
}

/** An argument of a request is missing or not valid. @param detail the second subcode: `ter:NoProfile` */
export function invalidArgument(reason: string, detail?: string): SoapFault {
	return new SoapFault("Sender", detail === undefined ? [INVALID] : [INVALID, detail], reason);
}

const INVALID = "ter:InvalidArgVal";

/** A request names a profile, or a configuration, that does not exist. */
export const NO_PROFILE = invalidArgument("There is no such profile.", "ter:NoProfile");
export const NO_CONFIGURATION = invalidArgument("There is no such configuration.", "ter:NoConfig");
/** A request is about a subscription that does not exist, or has ended. */
export const NO_SUBSCRIPTION = invalidArgument("There is no such subscription.", "wsnt:ResourceUnknownFault");

/** The client may not do it, or must log in. */
export function notAuthorized(reason: string, status = 400): SoapFault {
	return new SoapFault("Sender", ["ter:NotAuthorized"], reason, status);
}
