/** A fixture of device-bundle.test.ts: has no value, so it is no module of the bundle. */
export interface Other {
	readonly other: string;
}
