import { detailOf } from "../../../src/ports/errno";

/** The name of the errno at the start of the message of a native class's exception; otherwise its first word. */
export function codeOf(error: unknown): string {
	return detailOf(error).split(":")[0];
}
