/** How one step of the owner went. */
export interface OwnerReport {
	readonly place: string;
	/** The address of the camera. */
	readonly camera: string;
	readonly step: string;
	/** Attempts that it took. */
	readonly tries: number;
	/** Milliseconds until it worked, or until the owner gave up. */
	readonly took: number;
	/** What went wrong at the last attempt that failed; empty: nothing. */
	readonly fault: string;
	/** True: the owner gave up. */
	readonly failed?: boolean;
	/** The number of cameras on the portal. */
	readonly count?: number;
	/** Viewer links, by the host of their camera. */
	readonly links?: Readonly<Record<string, string>>;
}
