import { DAY } from "../core/time";
import type { NasState } from "../wire/nas-service";
import { button, nameForm, postForm } from "./form";
import { MESSAGES } from "./messages";
import { type Notice, noticeList } from "./notices";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";
import type { Audience } from "./page-store";

/** The state of a camera; `unreachable`: it works, but not from the Internet. */
export type Health = "ok" | "no-pictures" | "silent" | "unreachable";

/** A camera as the portal shows it. */
export interface PortalCamera {
	readonly id: string;
	/** Counts its starts; 0: not known. */
	readonly boot: number;
	readonly name: string;
	/** Its address in the LAN: `http://192.168.0.12:8000/`; empty: none. */
	readonly lanUrl: string;
	/** Its address from the Internet: `http://198.20.0.1:8081/`; empty: not reachable. */
	readonly internetUrl: string;
	readonly representative: boolean;
	/** Whether it is the camera that serves this page. */
	readonly self: boolean;
	readonly health: Health;
	/** For a camera that is absent: when it was heard last, in milliseconds since 1970 UTC; 0: not known. */
	readonly lastSeen?: number;
	/** Where the page links to: a path that leads there, or its address. Says nothing about the user. */
	readonly page: string;
	/** For programs: lets the user in there without another login, for a few minutes; empty: the user has to log in. */
	readonly ticket: string;
	/** Opens its pictures, and nothing else, for a few minutes; empty: the user has to log in. */
	readonly pass: string;
	/** For a NAS, which has no picture: its storage; empty for a control host, which has no picture either. */
	readonly storage?: NasState | undefined;
}

/** What the portal shows. */
export interface PortalView {
	readonly visitor: Visitor;
	/** This camera first, then the others in the order of their ports. */
	readonly cameras: readonly PortalCamera[];
	readonly notices: readonly Notice[];
}

/** How many cameras show live video without script; the others show a still, to spare phones. */
const LIVE_MAX = 6;

/** Generates the page that links to all cameras (IMG-14, IMG-15, IMG-16). */
export function portalPage(view: PortalView, audience: Audience): Page {
	const { portal } = MESSAGES;
	const said = [
		["came", portal.came],
		["gone", portal.gone],
		["lost", portal.lost],
		["back", portal.back],
		["since", portal.since],
	].map(([name, text]) => ` data-${name}="${escapeHtml(text)}"`);
	const body = [
		pageHeader(portal.title, "/portal", view.visitor),
		`<main>${noticeList(view.notices)}<p id="news" role="status"${said.join("")}></p><ul id="cameras">`,
		...view.cameras.map((camera, i) => card(camera, audience, i < LIVE_MAX, view.visitor)),
		"</ul>",
		view.cameras.length < 2 ? `<p class="hint">${escapeHtml(portal.alone)}</p>` : "",
		"</main>",
	];
	return new Page(portal.title, body);
}

/** The address of a camera for this audience; empty: it is not reachable. */
function urlFor(camera: PortalCamera, audience: Audience): string {
	return audience === "lan" ? camera.lanUrl : camera.internetUrl;
}

/** A link to a camera's page, with the ticket that lets the user in; empty: it is not reachable. */
function linkTo(camera: PortalCamera, audience: Audience): string {
	const url = camera.self ? "/" : urlFor(camera, audience);
	return url === "" || camera.self || camera.ticket === "" ? url : `${url}?pass=${camera.ticket}`;
}

/** The address of a camera's pictures, with the pass that opens only these; empty: it is not reachable. */
function pictureAt(camera: PortalCamera, audience: Audience, path: string, query = ""): string {
	const url = camera.self ? "/" : urlFor(camera, audience);
	if (url === "") return "";
	const parts = camera.self || camera.pass === "" ? query : `pass=${camera.pass}${query === "" ? "" : `&${query}`}`;
	return `${url}${path}${parts === "" ? "" : `?${parts}`}`;
}

/** Lists all cameras, for programs and for the script of open portals (`GET /api/v1/cameras`). */
export function portalJson(view: PortalView, audience: Audience): unknown {
	const isAbsent = (camera: PortalCamera) => camera.lastSeen !== undefined;
	return {
		cameras: view.cameras
			.filter((camera) => !isAbsent(camera) && camera.storage === undefined)
			.map((camera) => ({
				id: camera.id,
				boot: camera.boot,
				name: camera.name,
				url: urlFor(camera, audience),
				link: linkTo(camera, audience),
				snapshot: pictureAt(camera, audience, "snapshot.jpg"),
				live: pictureAt(camera, audience, "stream.mjpeg"),
				representative: camera.representative,
				self: camera.self,
				health: camera.health,
			})),
		// Cameras that fell silent. Programs that show the pictures of `cameras` need not look whether there are any.
		absent: view.cameras.filter(isAbsent).map(({ id, name, lastSeen }) => ({ id, name, lastSeen: lastSeen || null })),
		// Where recordings are kept: in tenths of a gigabyte, and the oldest day, counted from 1970.
		nas: view.cameras
			.filter(({ storage }) => storage?.length)
			.map((camera) => ({
				id: camera.id,
				name: camera.name,
				url: urlFor(camera, audience),
				self: camera.self,
				health: camera.health,
				storage: camera.storage,
			})),
		notices: view.notices.map((notice) => `${notice.message} ${notice.remedy}`),
	};
}

/** Says since when a camera has not been heard. @param since in milliseconds since 1970 UTC; 0: not known */
function absence(since: number): string {
	if (since === 0) return escapeHtml(MESSAGES.portal.absent);
	const date = new Date(since);
	return `${escapeHtml(MESSAGES.portal.absentSince)} <time datetime="${date.toISOString()}">${date.toUTCString()}</time>`;
}

/** What stands in place of a picture. @param name escaped */
function storageText(storage: NasState, name: string): string {
	if (storage.length === 0) return name;
	const since = storage[2] > 0 ? new Date(storage[2] * DAY).toISOString().slice(0, 10) : "–";
	return escapeHtml(MESSAGES.portal.storage(storage[0] / 10, storage[1] / 10, since));
}

function card(camera: PortalCamera, audience: Audience, live: boolean, visitor: Visitor): string {
	const { portal, health } = MESSAGES;
	const { storage } = camera;
	const isAbsent = camera.lastSeen !== undefined;
	const fault = storage && camera.health === "no-pictures" ? portal.notRecording : health[camera.health];
	const state = isAbsent ? absence(camera.lastSeen) : escapeHtml(fault);
	const name = escapeHtml(camera.name);
	const url = escapeHtml(urlFor(camera, audience));
	const page = camera.self || url !== "" ? escapeHtml(camera.page) : "";
	const size = `alt="${escapeHtml(portal.picture(camera.name))}" width="640" height="480"`;
	const snapshot = escapeHtml(pictureAt(camera, audience, "snapshot.jpg"));
	const still = `<img${live ? ' class="still"' : ""} src="${snapshot}" ${size} loading="lazy" data-shot>`;
	const moving = live
		? `<noscript><img src="${escapeHtml(pictureAt(camera, audience, "stream.mjpeg", "fps=5"))}" ${size}></noscript>`
		: "";
	const shown =
		page === ""
			? `<p class="hint">${escapeHtml(isAbsent ? portal.absentMeans : portal.noPicture)}</p>`
			: storage
				? `<p><a href="${page}">${storageText(storage, name)}</a></p>`
				: `<a href="${page}">${still}${moving}</a>`;
	const needsLogin = visitor.session && !camera.self && camera.pass === "" && page !== "";
	return `<li data-id="${camera.id}">${shown}
<h2>${name}${camera.representative ? ` <span class="badge">${escapeHtml(portal.representative)}</span>` : ""}</h2>
<p class="health" data-health="${camera.health}">${state}</p>
${!camera.self && page !== "" ? `<p><a class="address" href="${page}">${url}</a></p>` : ""}
${needsLogin ? `<p class="hint">${escapeHtml(portal.noTicket)}</p>` : ""}
${visitor.owner && isAbsent ? postForm(`/api/v1/cameras/${camera.id}/forget`, button(portal.forget, true, portal.forgetNamed(camera.name))) : ""}
${visitor.owner && !isAbsent ? `<details><summary>${escapeHtml(portal.rename)}</summary>${nameForm(camera.id, camera.name, portal.name, portal.save)}</details>` : ""}</li>`;
}
