import { detailOf } from "../../../src/ports/errno";

/** The name of the errno with which the message of a native class's exception begins; otherwise its first word. */
export function codeOf(error: unknown): string {
	return detailOf(error).split(":")[0];
}
