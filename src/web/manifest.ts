import { toJson } from "../base/json";
import { BRAND_COLOUR, THEME_COLOURS } from "./design-tokens";
import { MESSAGES } from "./messages";
import { PRODUCT } from "./page-header";

const ICONS = Object.freeze([
	Object.freeze({ src: "/icon.svg", sizes: "any", type: "image/svg+xml" }),
	Object.freeze({ src: "/icon.png", sizes: "192x192", type: "image/png", purpose: "any maskable" }),
]);

/**
 * Writes the manifest by which a phone puts the pages on its home screen like an app.
 * @param name of the device; empty: it has none yet
 * @see Web Application Manifest
 */
export function manifestOf(name: string): string {
	return toJson({
		name: name || PRODUCT,
		lang: MESSAGES.lang,
		start_url: "/",
		scope: "/",
		display: "standalone",
		background_color: THEME_COLOURS[0],
		theme_color: BRAND_COLOUR,
		icons: ICONS,
	});
}
