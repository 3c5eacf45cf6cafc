import type { Need } from "../../access/role";
import type { Page } from "../../web/page";
import { WATCH_SCRIPT } from "../../web/watch-script";
import { WATCH_STYLE } from "../../web/watch-style";
import { get, type Route } from "../part";
import { type StaticFile, scriptFile, styleFile } from "../static-file";

/** The path of the page on which browsers watch directly. */
export const WATCH_PAGE = "/watch";

/** A part that has this page. */
export interface WatchPageOwner {
	/** @see watchPage */
	readonly watch: Page;
}

/** Makes the route of the page on which browsers watch directly. @param need the role that may open it */
export function watchRoute(need: Need): Route<WatchPageOwner> {
	return get(WATCH_PAGE, ({ watch }: WatchPageOwner, _request, reply) => watch.reply(reply), need);
}

/** Describes the style and the script of that page. @param need as for {@link watchRoute} */
export function watchFiles(need: Need): readonly StaticFile[] {
	return Object.freeze([scriptFile("/watch.js", WATCH_SCRIPT, need), styleFile("/watch.css", WATCH_STYLE, need)]);
}
