<<<<<<< HEAD:hosts/linux/adapters/error-code.ts
import { detailOf } from "../../../src/ports/errno";
=======
import { detailOf } from "../../src/ports/errno";
>>>>>>> cfac76e (ports: errno is translated beside the ports):hosts/xs/error-code.ts

/** The name of the errno with which the message of a native class's exception begins; otherwise its first word. */
export function codeOf(error: unknown): string {
	return detailOf(error).split(":")[0];
}
