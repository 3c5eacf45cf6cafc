import type { Octets } from "../../src/core/time";
import type { JpegDcFault } from "../../src/media/jpeg-dc";

/** A picture for the worker thread that reads brightness. */
export interface LumaOrder {
	/** Which of the buffers it is in. */
	readonly slot: number;
	/** The buffer, when it is a new one. */
	readonly buffer?: SharedArrayBuffer;
	readonly length: Octets;
}

/** The answer of the worker thread. */
export type LumaReport =
	| { readonly slot: number; readonly columns: number; readonly rows: number; readonly blocks: Uint8Array }
	| { readonly slot: number; readonly fault: JpegDcFault };
