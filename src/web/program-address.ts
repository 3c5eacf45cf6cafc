/** What a program finds at an address. */
export type AddressKind = "snapshot" | "mjpeg" | "rtsp" | "h264" | "onvif" | "webdav";

/** By which hosts programs reach a device: names or addresses. */
export interface ProgramHosts {
	/** In the LAN; empty: not at all. */
	readonly lan: string;
	/** On the Internet; empty: not at all. */
	readonly internet: string;
}

/** One URL by which programs other than browsers get something of a device. */
export interface ProgramAddress {
	readonly kind: AddressKind;
	/** Where it is in the LAN; empty: nowhere. */
	readonly lan: string;
	/** Where it is on the Internet; empty: nowhere. */
	readonly internet: string;
	/** Whether the token of a viewer link in the query (`?link=`) is enough; otherwise a program needs user and password. */
	readonly takesLink: boolean;
}

/** How one program is set up to show a camera. */
export interface Recipe {
	/** The name of the program. */
	readonly title: string;
	/** What to do with {@link texts}, as one or two sentences. */
	readonly about: string;
	/** What is pasted into the program: its configuration, a command, or its fields with their labels. */
	readonly texts: readonly { readonly label: string; readonly text: string }[];
}
