/** Modules of the Moddable SDK 8.x that its hosts use, in addition to hosts/sdk/typings, as far as they use them. */
declare module "embedded:storage/key-value" {
	const KeyValue: { open(options: { path: string; format?: string }): unknown };
	export default KeyValue;
}

declare module "embedded:io/image/in/camera" {
	export default class Camera {
		constructor(options: object);
		read(): (ArrayBuffer & { close(): void }) | undefined;
		start(): void;
		stop(): void;
		close(): void;
	}
}

declare module "embedded:io/digital" {
	export default class Digital {
		static readonly InputPullUp: number;
		static readonly Rising: number;
		static readonly Falling: number;
		constructor(options: object);
		read(): number;
		close(): void;
	}
}

/** Puts `System` into the global object. */
declare module "system" {}

declare module "mdns" {
	const MDNS: import("../../sdk/sdk-service-advertiser").SdkResponderClass;
	export default MDNS;
}

declare module "net" {
	const Net: { get(what: string): string | undefined };
	export default Net;
}

declare module "wifi" {
	class WiFi {
		static readonly gotIP: string;
		static readonly lostIP: string;
		static readonly connected: string;
		static readonly disconnected: string;
		static mode: number;
		static readonly Mode: { readonly station: number; readonly accessPoint: number };
		static connect(options?: { ssid: string; password?: string }): void;
		static accessPoint(options: { ssid: string; password?: string; channel?: number; max?: number }): void;
		constructor(options: undefined, notify: (message: string, code?: number) => void);
		close(): void;
	}
	export default WiFi;
}

declare module "preference" {
	const Preference: {
		get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined;
		set(domain: string, key: string, value: string): void;
		delete(domain: string, key: string): void;
	};
	export default Preference;
}

declare module "Resource" {
	class Resource {
		static exists(path: string): boolean;
		constructor(path: string);
		readonly byteLength: number;
		slice(begin: number, end?: number, copy?: boolean): ArrayBuffer;
	}
	export default Resource;
}

declare module "mc/config" {
	const config: Readonly<Record<string, unknown>>;
	export default config;
}

/** @see module "system" */
declare const System: { restart(): void };
/** Writes to xsbug; without a debugger the text is lost. */
declare function trace(text: string): void;
/** A function of the C sources beside a module; replaced by the compiler of the SDK. */
declare function native(name: string): (...values: unknown[]) => unknown;
/** The class whose instances hold native data, which this function frees. */
declare function Native(destructor: string): new () => object;
/** The base of a class whose objects belong to C sources; named by their destructor. */
declare function Native(destructor: string): new () => object;
