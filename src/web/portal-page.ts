import { copyable } from "./copyable";
import { drawnCode } from "./drawn-code";
import { escapeHtml } from "./escape-html";
import { FLEET_MESSAGES } from "./fleet-messages";
import { button, ownForm } from "./form";
import { noticeList } from "./notices";
import { Page } from "./page";
import { pageHeader, pageTitle } from "./page-header";
import type { Audience } from "./page-store";
import { addForm, attemptAt, linkTo, pictureAt, portalCard, rtspFor, urlFor } from "./portal-card";
import { PORTAL_MESSAGES } from "./portal-messages";
import type { PortalCamera, PortalView } from "./portal-view";

/** Where the settings page has the form for each step. */
const ANCHORS = Object.freeze({ password: "passwords", name: "name" });
/** How many cameras show live video without script; the others show a still, to spare phones. */
const LIVE_MAX = 6;

/** Generates the page that links to all cameras (IMG-14, IMG-15, IMG-16). */
export function portalPage(view: PortalView, audience: Audience): Page {
	const text = PORTAL_MESSAGES;
	const said = [
		["came", text.came],
		["gone", text.gone],
		["lost", text.lost],
		["back", text.back],
		["since", text.since],
		["never", text.never],
	].map(([name, message]) => ` data-${name}="${escapeHtml(message)}"`);
	const { visitor, cameras } = view;
	const body = [
		pageHeader(text.title, "/portal", visitor),
		`<main>${noticeList(view.notices)}<p id="news" role="status" data-keep${said.join("")}></p>`,
		`<div id="adding" role="status">${hasCard(view) ? "" : outcomeOf(view)}${joinCode(view)}</div>`,
		nextSteps(view),
		tools(cameras),
		`<div id="wall"><button type="button" class="plain" id="unwall" hidden>${escapeHtml(text.wallEnd)}</button><ul id="cameras" data-keep>`,
		...cameras.map((camera, i) => portalCard(camera, audience, i < LIVE_MAX, view)),
		`</ul></div><p id="none" class="hint" hidden>${escapeHtml(text.noneFound)}</p>`,
		outsiders(view),
		publicAddress(view),
		"</main>",
	];
	return new Page(pageTitle(text.title, visitor), body);
}

/** Whether the device that is being added, or was, has a card, which says how it goes. */
function hasCard({ subject = "", cameras, outside = [] }: PortalView): boolean {
	return [...cameras, ...outside].some(({ id }) => id === subject);
}

function outcomeOf({ outcome = "", hasFailed = false }: PortalView): string {
	if (outcome === "") return "";
	return `<p class="notice${hasFailed ? " wrong" : ""}">${escapeHtml(outcome)}</p>`;
}

/** What only the script can do: search, one group at a time, the size of pictures, all of them on the whole screen. */
function tools(cameras: readonly PortalCamera[]): string {
	const text = PORTAL_MESSAGES;
	const groups = [...new Set(cameras.map(({ group = "" }) => group).filter((group) => group !== ""))].sort();
	const options = groups.map((group) => `<option>${escapeHtml(group)}</option>`);
	const sizes = text.sizes.map(
		([size, label]) =>
			`<button type="button" class="plain" data-size="${size}" aria-pressed="${size === "m"}">${escapeHtml(label)}</button>`,
	);
	return `<div class="row" id="tools" data-keep hidden><input type="search" id="seek" placeholder="${escapeHtml(text.search)}" aria-label="${escapeHtml(text.searchLong)}" autocomplete="off"><select id="group" aria-label="${escapeHtml(text.group)}"${groups.length === 0 ? " hidden" : ""}><option value="">${escapeHtml(text.allGroups)}</option>${options.join("")}</select><div class="choice" role="group" aria-label="${escapeHtml(text.size)}">${sizes.join("")}</div><button type="button" class="plain" id="enwall">${escapeHtml(text.wall)}</button></div>`;
}

/** The code by which devices join that no longer have the password which they have drawn. */
function joinCode({ code = "" }: PortalView): string {
	if (code === "") return "";
	const { code: shown, codeName } = FLEET_MESSAGES;
	return `<div class="notice"><p>${escapeHtml(shown)}</p>${copyable(code, codeName)}<p>${escapeHtml(PORTAL_MESSAGES.codeUse)}</p></div>`;
}

/** Devices that could be added. Anybody in the LAN can make one up, so there is no link and no picture. */
function outsiders(view: PortalView): string {
	const { outside = [], sealed = false } = view;
	const text = PORTAL_MESSAGES;
	const cards = outside.map(({ id, name, address, isSealed }) => {
		const shown = name || address;
		const what = isSealed ? text.otherFleet(shown, address) : text.outside(shown, address);
		const join = sealed ? "" : `<p><a class="address" href="/fleet">${escapeHtml(text.joinOther)}</a></p>`;
		return `<section data-id="${id}"><p>${escapeHtml(what)}</p>${isSealed ? join + attemptAt(id, view) : addForm(id, shown, view)}</section>`;
	});
	return `<div id="outside" class="grid">${cards.join("")}</div>`;
}

/** What a new owner does next, until it is done. */
function nextSteps({ visitor, cameras, steps = [], outside = [], sealed = false, isApart }: PortalView): string {
	if (!visitor.owner) return "";
	const { next } = PORTAL_MESSAGES;
	// No link leads to the device with the code in it: whoever passes for that device would get the key of the fleet.
	const byCode = ownForm(
		cameras[0]?.id ?? "",
		sealed ? "/api/v1/fleet/invite" : "/api/v1/fleet/key",
		`${escapeHtml(next.addChosen)} ${button(FLEET_MESSAGES.showCode, true)}`,
	);
	const items = steps.map((step) => `<a href="/settings#${ANCHORS[step]}">${escapeHtml(next[step])}</a>`);
	const isOffered = outside.some(({ isSealed }) => !isSealed);
	const add = isOffered ? `<a href="#outside">${escapeHtml(next.add)}</a>` : escapeHtml(next.add);
	if (isOffered || cameras.some(({ isOpen }) => isOpen)) items.push(add + byCode);
	else if (isApart === true) items.push(`<a href="/settings#internet">${escapeHtml(next.apart)}</a>`);
	else if (cameras.length < 2) items.push(escapeHtml(next.another));
	// The script shows it once there is something.
	const hidden = items.length === 0 ? " hidden" : "";
	return `<section id="next"${hidden}><h2>${escapeHtml(next.title)}</h2><ul><li>${items.join("</li><li>")}</li></ul></section>`;
}

/** Where the portal is on the Internet, to be copied, sent or scanned. */
function publicAddress({ address = "", qrCode = "" }: PortalView): string {
	// The script fills it once there is one.
	if (address === "") return '<section id="public" hidden></section>';
	const text = PORTAL_MESSAGES;
	const name = escapeHtml(text.qrOf(address));
	const picture =
		qrCode === ""
			? drawnCode(address, name)
			: `<img class="qr" src="${escapeHtml(qrCode)}" alt="${name}" width="288" height="288" loading="lazy">`;
	const qr = `<details${qrCode === "" ? ' class="still"' : ""}><summary>${escapeHtml(text.qr)}</summary>${picture}</details>`;
	return `<section id="public"><h2>${escapeHtml(text.fromAnywhere)}</h2><p>${escapeHtml(text.fromAnywhereMeans)}</p>${copyable(address, text.publicAddress, address)}<p><button type="button" class="plain" id="share" hidden data-url="${escapeHtml(address)}">${escapeHtml(text.share)}</button></p>${qr}</section>`;
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
				group: camera.group ?? "",
				rtsp: rtspFor(camera, audience),
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
		// Devices that can be added to the fleet, as they call themselves, and how the last attempt went.
		outside: view.outside ?? [],
		adding: view.outcome ?? "",
		inviting: Boolean(view.code),
		address: view.address ?? "",
	};
}
