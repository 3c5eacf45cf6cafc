import { escapeHtml, Page } from "./page";
import type { Audience } from "./page-store";

/** A camera as the portal shows it. */
export interface PortalCamera {
	readonly id: string;
	readonly name: string;
	/** Where it is found inside the LAN: `http://192.168.0.12:8000/`. Empty: nowhere. */
	readonly lanUrl: string;
	/** Where it is found from the Internet: `http://198.20.0.1:8081/`. Empty: it can't be reached from there. */
	readonly internetUrl: string;
	readonly representative: boolean;
	/** True: it is the camera that serves this page. */
	readonly self: boolean;
	/** Lets the visitor in there without another login; empty: he has to log in. */
	readonly pass: string;
}

/** Something that the owner should know: what is the matter, and what to do. */
export interface Notice {
	readonly words: string;
	readonly remedy: string;
}

/** What the portal shows. */
export interface PortalView {
	/** This camera first, then the others in the order of their ports. */
	readonly cameras: readonly PortalCamera[];
	readonly notices: readonly Notice[];
}

/** Cameras whose live pictures are shown on one page; the others show a still, or a phone would drown. */
const LIVE_MAX = 12;

/** Generates the page that links to all cameras (IMG-14, IMG-15, IMG-16). */
export function portalPage(view: PortalView, audience: Audience): Page {
	const body = [
		"<header><h1>Cameras</h1></header>",
		`<main>${noticeList(view.notices)}<ul id="cameras">`,
		...view.cameras.map((camera, i) => card(camera, audience, i < LIVE_MAX)),
		"</ul>",
		view.cameras.length < 2
			? '<p class="hint">No other cameras yet. Plug one in behind the same router and it appears here by itself.</p>'
			: "",
		"</main>",
	];
	return new Page("Cameras", body);
}

/** Lists notices; empty where there are none. */
export function noticeList(notices: readonly Notice[]): string {
	return notices
		.map((n) => `<p class="notice" role="status"><strong>${escapeHtml(n.words)}</strong> ${escapeHtml(n.remedy)}</p>`)
		.join("");
}

/** A path at a camera, as a link that lets the visitor in; empty when he can't get there. */
export function linkTo(camera: PortalCamera, audience: Audience, path = "", query = ""): string {
	const url = camera.self ? "/" : urlFor(camera, audience);
	if (url === "") return "";
	const parts = camera.self || camera.pass === "" ? query : `pass=${camera.pass}${query === "" ? "" : `&${query}`}`;
	return `${url}${path}${parts === "" ? "" : `?${parts}`}`;
}

/** Where a visitor finds a camera; empty when he can't. */
export function urlFor(camera: PortalCamera, audience: Audience): string {
	return audience === "lan" ? camera.lanUrl : camera.internetUrl;
}

/** What lets an open portal notice changes, and programs find all cameras. */
export function portalJson(view: PortalView, audience: Audience): unknown {
	return {
		cameras: view.cameras.map((camera) => ({
			id: camera.id,
			name: camera.name,
			url: urlFor(camera, audience),
			link: linkTo(camera, audience),
			snapshot: linkTo(camera, audience, "snapshot.jpg"),
			live: linkTo(camera, audience, "stream.mjpeg"),
			representative: camera.representative,
			self: camera.self,
		})),
		notices: view.notices.map((notice) => `${notice.words} ${notice.remedy}`),
	};
}

function card(camera: PortalCamera, audience: Audience, live: boolean): string {
	const name = escapeHtml(camera.name);
	const url = escapeHtml(urlFor(camera, audience));
	const key = escapeHtml([camera.name, url, camera.representative].join("|"));
	const picture = escapeHtml(
		live ? linkTo(camera, audience, "stream.mjpeg", "fps=5") : linkTo(camera, audience, "snapshot.jpg"),
	);
	const page = camera.self ? "/camera" : escapeHtml(linkTo(camera, audience));
	const title = page === "" ? name : `<a href="${page}">${name}</a>`;
	const shown =
		page === ""
			? '<p class="hint">Not reachable from the Internet.</p>'
			: `<a href="${page}"><img src="${picture}" alt="Live picture of ${name}" width="640" height="480"></a>`;
	return `<li data-id="${camera.id}" data-key="${key}">${shown}
<h2>${title}${camera.representative ? ' <span class="badge">representative</span>' : ""}</h2>
${!camera.self && url !== "" ? `<p><a class="address" href="${page}">${url}</a></p>` : ""}
${renameForm(camera.id, camera.name)}</li>`;
}

/** A form that gives a camera another name. */
export function renameForm(id: string, name: string): string {
	return `<details><summary>Rename</summary><form method="post" action="/api/v1/cameras/${id}/name"><label>Name <input name="name" value="${escapeHtml(name)}" maxlength="48" required></label> <button>Save</button></form></details>`;
}
