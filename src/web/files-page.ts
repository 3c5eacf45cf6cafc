import type { Millis, Octets } from "../core/time";
import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { FILES_MESSAGES } from "./files-messages";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { sizeText } from "./size-text";

/** A file or folder as the page of its folder shows it. */
export interface ListedFile {
	readonly name: string;
	readonly isFolder: boolean;
	readonly octets: Octets;
	/** When it was changed, in milliseconds since 1970 UTC; `undefined`: not known. */
	readonly modified: Millis | undefined;
	/** Whether it can be played, for people; empty: nothing is known. */
	readonly note: string;
}

/** What the page of a folder shows. */
export interface FilesView {
	readonly visitor: Visitor;
	/** Path of the folder; empty: the root. */
	readonly path: string;
	/** The address of this page. */
	readonly url: string;
	readonly files: readonly ListedFile[];
}

/** The most entries on a page: others are seen by WebDAV. */
const LISTED_MAX = 500;

/** Generates the page of a folder, for browsers. */
export function filesPage({ visitor, path, url, files }: FilesView): Page {
	const title = path === "" ? FILES_MESSAGES.title : FILES_MESSAGES.folder(path);
	const up = path === "" ? "" : `<p><a class="address" href="../">${escapeHtml(FILES_MESSAGES.up)}</a></p>`;
	const items = files.slice(0, LISTED_MAX).map(item).join("");
	const more = files.length <= LISTED_MAX ? "" : `<p>${escapeHtml(FILES_MESSAGES.more(files.length - LISTED_MAX))}</p>`;
	return new Page(pageTitle(title, visitor), [
		pageHeader(title, "/dav/", visitor),
		`<main><section>${up}`,
		items === "" ? `<p>${escapeHtml(FILES_MESSAGES.empty)}</p>` : `<ul>${items}</ul>${more}`,
		`</section><section><p class="hint">${escapeHtml(FILES_MESSAGES.connect)}</p>${copyable(url, FILES_MESSAGES.address)}</section></main>`,
	]);
}

function item({ name, isFolder, octets, modified, note }: ListedFile): string {
	// A name may begin like a scheme.
	const href = `./${encodeURIComponent(name)}${isFolder ? "/" : ""}`;
	const link = `<a href="${escapeHtml(href)}">${escapeHtml(name)}${isFolder ? "/" : ""}</a>`;
	const utc = modified === undefined ? "" : new Date(modified).toISOString();
	const time = utc === "" ? "" : `<time datetime="${utc}">${utc.slice(0, 16).replace("T", " ")} UTC</time>`;
	const size = isFolder ? "" : escapeHtml(FILES_MESSAGES.size(sizeText(octets)));
	const more = note === "" ? "" : ` <span>${escapeHtml(note)}</span>`;
	return `<li class="row">${link} <span class="hint">${size}${isFolder ? "" : time}${more}</span></li>`;
}
