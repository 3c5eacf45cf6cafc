import { DAY } from "../core/time";
import type { NasState } from "../wire/nas-service";
import { copyable } from "./copyable";
import { escapeHtml } from "./escape-html";
import { answeredIn, asks, button, nameForm, ownForm, postForm } from "./form";
import type { Audience } from "./page-store";
import { PORTAL_MESSAGES } from "./portal-messages";
import type { PortalCamera, PortalView } from "./portal-view";

/** The width of pictures in the list, in pixels, until the script knows how large they are shown. */
const WIDTH = 320;

/** The address of a camera for this audience; empty: it is not reachable. */
export function urlFor(camera: PortalCamera, audience: Audience): string {
	return audience === "lan" ? camera.lanUrl : camera.internetUrl;
}

/** Where players find a camera, for this audience; empty: nowhere. */
export function rtspFor({ lanRtsp = "", internetRtsp = "" }: PortalCamera, audience: Audience): string {
	return audience === "lan" ? lanRtsp : audience === "internet" ? internetRtsp : "";
}

/** A link to a camera's page, with the ticket that lets the user in; empty: it is not reachable. */
export function linkTo(camera: PortalCamera, audience: Audience): string {
	const url = camera.self ? "/" : urlFor(camera, audience);
	return url === "" || camera.self || camera.ticket === "" ? url : `${url}?pass=${camera.ticket}`;
}

/** The address of a camera's pictures, with the pass that opens only these; empty: it is not reachable. */
export function pictureAt(camera: PortalCamera, audience: Audience, path: string, query = ""): string {
	const url = camera.self ? "/" : urlFor(camera, audience);
	if (url === "") return "";
	const parts = camera.self || camera.pass === "" ? query : `pass=${camera.pass}${query === "" ? "" : `&${query}`}`;
	return `${url}${path}${parts === "" ? "" : `?${parts}`}`;
}

/** The element that says how adding a device goes or went: empty where nobody has tried, so that screen readers read what comes. */
export function attemptAt(id: string, { subject, outcome = "", hasFailed }: PortalView): string {
	const [text, tone] = subject === id ? [outcome, hasFailed ? ' class="wrong"' : ""] : ["", ""];
	return `<p id="add-${id}" role="status"${tone}>${escapeHtml(text)}</p>`;
}

/** The form by which a device gets this fleet's key, with the password that it has drawn. */
export function addForm(id: string, name: string, view: PortalView): string {
	const text = PORTAL_MESSAGES;
	const self = view.cameras[0]?.id ?? "";
	const input = '<input name="password" type="password" maxlength="64" required autocomplete="off">';
	// It stays open while it says how it went, without script too.
	const open = view.subject === id && view.outcome ? " open" : "";
	return `<details${open}><summary>${escapeHtml(text.add)}</summary>${ownForm(
		self,
		`/api/v1/cameras/${id}/add`,
		`<label>${escapeHtml(text.addPassword(name))} ${input}</label>${attemptAt(id, view)}${button(text.addNow, false, text.addNamed(name))}<p class="hint">${escapeHtml(text.addMeans)}</p>`,
		answeredIn(`add-${id}`),
	)}</details>`;
}

/** Says since when a camera has not been heard. @param since in milliseconds since 1970 UTC; 0: not known */
function absence(since: number): string {
	if (since === 0) return escapeHtml(PORTAL_MESSAGES.absent);
	const date = new Date(since);
	return `${escapeHtml(PORTAL_MESSAGES.absentSince)} <time datetime="${date.toISOString()}">${date.toUTCString()}</time>`;
}

/** What stands in place of a picture. @param name escaped */
function storageText(storage: NasState, name: string): string {
	if (storage.length === 0) return name;
	const [used, free, day] = storage;
	const since = day > 0 ? new Date(day * DAY).toISOString().slice(0, 10) : "";
	return escapeHtml(PORTAL_MESSAGES.storage(used / 10, free / 10, since));
}

/** The host in a URL, without its port; empty: there is none. */
function hostIn(url: string): string {
	const [, , authority = ""] = url.split("/");
	const colon = authority.indexOf(":", authority.indexOf("]") + 1);
	return colon < 0 ? authority : authority.slice(0, colon);
}

/** Makes the card of a camera: its picture or what stands in its place, name, state, addresses, and forms for owners. */
export function portalCard(camera: PortalCamera, audience: Audience, live: boolean, view: PortalView): string {
	const { visitor, cameras, ways = "", subject = "" } = view;
	const text = PORTAL_MESSAGES;
	const { storage, id, group = "" } = camera;
	const isAbsent = camera.lastSeen !== undefined;
	const isFaulty = storage !== undefined && camera.health === "no-pictures";
	// A NAS that has recorded nothing is not set up yet.
	const isNew = isFaulty && !storage[2];
	const fault = isNew ? text.notYetRecording : isFaulty ? text.notRecording : text.health[camera.health];
	const state = isAbsent ? absence(camera.lastSeen) : escapeHtml(fault);
	const name = escapeHtml(camera.name);
	const url = urlFor(camera, audience);
	const page = camera.self || url !== "" ? escapeHtml(camera.page) : "";
	const size = `alt="${escapeHtml(text.picture(camera.name))}" width="640" height="480"`;
	const snapshot = escapeHtml(pictureAt(camera, audience, "snapshot.jpg", `width=${WIDTH}`));
	const still = `<img${live ? ' class="still"' : ""} src="${snapshot}" ${size} loading="lazy" data-shot>`;
	const moving = live
		? `<noscript><img src="${escapeHtml(pictureAt(camera, audience, "stream.mjpeg", "fps=5"))}" ${size}></noscript>`
		: "";
	const needsLogin = visitor.session && !camera.self && camera.pass === "" && page !== "";
	// A browser sends its login there to the host of this page only, not with the pictures of another host.
	const isHidden = needsLogin && !storage && hostIn(url) !== hostIn(urlFor(cameras[0], audience));
	const mayAdd = visitor.owner && camera.isOpen === true;
	const login = needsLogin ? `<p class="hint">${escapeHtml(mayAdd ? text.noTicket : text.logInThere)}</p>` : "";
	const shown =
		page === ""
			? `<p class="hint">${escapeHtml(isAbsent ? text.absentMeans : text.noPicture)}</p>`
			: storage
				? `<p class="storage"><a href="${page}">${storageText(storage, name)}</a></p>`
				: isHidden
					? login
					: `<a href="${page}" tabindex="-1">${still}${moving}</a>`;
	const badge = camera.representative ? ` <span class="badge">${escapeHtml(text.representative)}</span>` : "";
	const inGroup = group === "" ? "" : ` <span class="badge">${escapeHtml(group)}</span>`;
	const parts = [
		`<li data-id="${id}" data-group="${escapeHtml(group)}">${shown}`,
		`<h2>${page === "" ? `<span>${name}</span>` : `<a href="${page}">${name}</a>`}${badge}${inGroup}</h2>`,
		`<p class="health" data-health="${isNew ? "unreachable" : camera.health}">${state}</p>`,
		isHidden ? "" : login,
		mayAdd ? addForm(id, camera.name, view) : subject === id ? attemptAt(id, view) : "",
		visitor.owner && isAbsent ? forgetForm(camera) : "",
	];
	const more = [addresses(camera, url, page === "" ? "" : camera.page, audience, isAbsent ? "" : ways)];
	if (visitor.owner && !isAbsent) more.push(renameForm(camera));
	if (more.some((part) => part !== "")) parts.push(`<div class="more">${more.join("")}</div>`);
	return `${parts.filter((part) => part !== "").join("\n")}</li>`;
}

/**
 * Where a camera's page and its video are; users at home may want to take the address on the Internet with them (ONE-3).
 * @param ways the page that says how each camera is reached (ONE-10); empty: none
 */
function addresses(camera: PortalCamera, url: string, page: string, audience: Audience, ways: string): string {
	const text = PORTAL_MESSAGES;
	const { self, name, internetRtsp = "" } = camera;
	const rtsp = rtspFor(camera, audience);
	const list = [
		// A board keeps the page in memory: what the name links to needs no button.
		page === "" || url === "" || self
			? ""
			: `<p><a class="address" href="${escapeHtml(page)}">${escapeHtml(url)}</a></p>`,
		rtsp === "" ? "" : `<p>${escapeHtml(text.rtsp)}</p>${copyable(rtsp, text.rtspOf(name))}`,
		internetRtsp === "" || audience !== "lan"
			? ""
			: `<p>${escapeHtml(text.rtspOutside)}</p>${copyable(internetRtsp, text.rtspOutsideOf(name))}`,
		ways === ""
			? ""
			: `<p><a href="${ways}#${escapeHtml(camera.id)}" aria-label="${escapeHtml(text.waysOf(name))}">${escapeHtml(text.ways)}</a></p>`,
	].join("");
	return list === "" ? "" : `<details><summary>${escapeHtml(text.addresses)}</summary>${list}</details>`;
}

function forgetForm({ id, name }: PortalCamera): string {
	const text = PORTAL_MESSAGES;
	const yes = button(text.forget, true, text.forgetNamed(name));
	return postForm(`/api/v1/cameras/${id}/forget`, yes, asks(text.forgetAsk(name)));
}

function renameForm({ id, name }: PortalCamera): string {
	const text = PORTAL_MESSAGES;
	return `<details><summary>${escapeHtml(text.rename)}</summary>${nameForm(id, name, text.name, text.save)}</details>`;
}
