import { escapeHtml } from "./escape-html";
import { CAMERA_FIELD } from "./form";
import { MESSAGES } from "./messages";
import { Page } from "./page";

/** Where another camera of the fleet is, for a user. */
export interface OtherCamera {
	readonly name: string;
	/** Its address, which ends in a slash; empty: it can't be reached from where the user is. */
	readonly url: string;
	/** Lets the user in there; empty: the user has to log in. */
	readonly ticket: string;
}

/** Fields whose values are not shown. */
const SECRETS: readonly string[] = Object.freeze([CAMERA_FIELD, "password", "again", "code"]);

/**
 * Generates the page that answers a form which was made by another camera: that camera had this address before, and this one
 * has changed nothing. Shows what was entered, and leads to the camera that it was meant for.
 * @param form what was sent
 * @param camera that the form was made by; `undefined`: it is not known at the moment
 * @param page the path that the form was on
 */
export function otherCameraPage(
	form: ReadonlyMap<string, string>,
	camera: OtherCamera | undefined,
	page: string,
): Page {
	const { otherCamera } = MESSAGES;
	const entered: string[] = [];
	for (const [name, value] of form)
		if (!SECRETS.includes(name) && value !== "")
			entered.push(`<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
	let way = `<p>${escapeHtml(otherCamera.later)} <a href="/portal">${escapeHtml(MESSAGES.nav.portal)}</a></p>`;
	if (camera !== undefined && camera.url !== "") {
		const pass = camera.ticket === "" ? "" : `${page.includes("?") ? "&" : "?"}pass=${camera.ticket}`;
		const url = `${camera.url}${page.slice(1)}${pass}`;
		way = `<p><a href="${escapeHtml(url)}">${escapeHtml(otherCamera.goTo(camera.name))}</a></p>`;
	}
	return new Page(otherCamera.title, [
		`<main><h1>${escapeHtml(otherCamera.title)}</h1><p class="notice" role="alert">${escapeHtml(otherCamera.what)}</p>`,
		entered.length === 0 ? "" : `<p>${escapeHtml(otherCamera.entered)}</p><dl>${entered.join("")}</dl>`,
		`${way}</main>`,
	]);
}
