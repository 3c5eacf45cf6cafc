import { maskCredentials } from "../../../src/base/mask-credentials";

/** A source can't be opened; the message says why and what to do, without the passwords of a URL that was mistyped. */
export class SourceError extends Error {
	constructor(message: string) {
		super(maskCredentials(message));
	}
}
