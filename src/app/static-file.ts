import type { Need } from "../access/role";

/** A style or script that pages load from a path of its own: the same text for all visitors. */
export interface StaticFile {
	readonly method: "GET";
	readonly path: string;
	readonly need: Need;
	/** The media type. */
	readonly type: string;
	readonly text: string;
}

/** Describes a style sheet of pages. */
export function styleFile(path: string, text: string, need: Need = "viewer"): StaticFile {
	return Object.freeze({ method: "GET", path, need, type: "text/css; charset=utf-8", text });
}

/** Describes a script of pages. */
export function scriptFile(path: string, text: string, need: Need = "viewer"): StaticFile {
	return Object.freeze({ method: "GET", path, need, type: "text/javascript; charset=utf-8", text });
}
