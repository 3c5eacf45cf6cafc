import type { SettingInput } from "../settings/changed-settings";
import { dataTable, textCell } from "./data-table";
import { DEVICES_MESSAGES } from "./devices-messages";
import { escapeHtml } from "./escape-html";
import { asks, button, choiceField, ownForm, settingHelp, settingLabel } from "./form";
import { type Notice, noticeList } from "./notices";
import { Page, pageHead, pagePolicy } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { SETTINGS_MESSAGES } from "./settings-messages";
import { WAYS_MESSAGES } from "./ways-messages";
import { WAYS_PAGE } from "./ways-page";

/** Where the page is. */
export const DEVICES_PAGE = "/fleet/devices";
/** Its script and its stylesheet are served beside it. */
export const DEVICES_SCRIPT_PATH = "/fleet/devices.js";
export const DEVICES_STYLE_PATH = "/fleet/devices.css";

/** A device as the page lists it; null: not known. */
export interface ShownDevice {
	readonly id: string;
	readonly name: string;
	/** Empty: none. */
	readonly group: string;
	readonly kind: "camera" | "nas" | "control";
	readonly model: string;
	readonly version: string | null;
	readonly health: "ok" | "no-pictures" | "silent";
	/** In milliseconds since 1970. */
	readonly lastSeen: number | null;
	/** In seconds. */
	readonly uptime: number | null;
	readonly width: number | null;
	readonly height: number | null;
	/** How it is reached from the Internet. */
	readonly path: "mapped" | "ipv6" | "punched" | "lan" | null;
	readonly address: string;
	readonly representative: boolean;
	readonly self: boolean;
}

/** What is done to many devices. */
export type BulkKind = "rename" | "restart" | "setting" | "password";
/** How far it is at one device. */
export type TaskState = "waiting" | "working" | "done" | "failed";

/** An action at many devices, as it is going on or has ended. */
export interface ShownJob {
	readonly action: BulkKind;
	/** When it began, in milliseconds since 1970; null: the date was not known. */
	readonly begun: number | null;
	readonly isOver: boolean;
	/** `3 done, 1 failed, 2 to go`. */
	readonly summary: string;
	readonly devices: readonly {
		readonly id: string;
		readonly name: string;
		readonly state: TaskState;
		/** What has happened, for people; empty: nothing to say. */
		readonly message: string;
	}[];
}

/** What the page shows; only owners see it. */
export interface DevicesView {
	readonly visitor: Visitor;
	/** The identity of the device that serves the page, and the number of its start. */
	readonly id: string;
	readonly boot: number;
	/** Whether the fleet has a key: without one its devices can only be listed. */
	readonly isSealed: boolean;
	readonly notices: readonly Notice[];
	readonly devices: readonly ShownDevice[];
	/** The settings that can be changed, with what each is for. */
	readonly settings: readonly Pick<SettingInput, "name" | "help" | "group" | "unit">[];
	/** The last action; `undefined`: there was none. */
	readonly job: ShownJob | undefined;
}

const OWN = Object.freeze({
	policy: pagePolicy(),
	head: Object.freeze(pageHead([DEVICES_STYLE_PATH], [DEVICES_SCRIPT_PATH])),
});

const KINDS: readonly BulkKind[] = Object.freeze(["rename", "restart", "setting", "password"]);

/** Generates the page that lists all devices of a fleet, and on which its owner changes many of them at once. */
export function devicesPage(view: DevicesView): Page {
	const { title, open, count, csv } = DEVICES_MESSAGES;
	const { visitor, devices, isSealed } = view;
	const missing = devices.filter(({ health }) => health === "silent").length;
	return new Page(
		pageTitle(title, visitor),
		[
			pageHeader(title, DEVICES_PAGE, visitor),
			`<main>${noticeList(view.notices)}`,
			isSealed ? "" : `<p class="notice">${escapeHtml(open)}</p>`,
			`<section aria-labelledby="list"><h2 id="list">${escapeHtml(count(devices.length, missing))}</h2>`,
			`<div class="row" data-keep><p id="find" hidden><label>${escapeHtml(DEVICES_MESSAGES.filter)} <input type="search" autocomplete="off" placeholder="${escapeHtml(DEVICES_MESSAGES.filterHint)}"></label><output class="hint" data-nothing="${escapeHtml(DEVICES_MESSAGES.nothing)}"></output></p>`,
			`<a class="button plain" href="/api/v1/inventory.csv">${escapeHtml(csv)}</a><a class="button plain" href="${WAYS_PAGE}">${escapeHtml(WAYS_MESSAGES.title)}</a></div>`,
			`<div id="devices" data-keep data-sort="${escapeHtml(DEVICES_MESSAGES.sortBy("%"))}" data-all="${escapeHtml(DEVICES_MESSAGES.chooseAll)}">${table(devices, isSealed)}</div></section>`,
			isSealed ? changeSection(view) : "",
			jobSection(view),
			"</main>",
		],
		OWN,
	);
}

function table(devices: readonly ShownDevice[], isSealed: boolean): string {
	const { columns } = DEVICES_MESSAGES;
	const { choose, ...others } = columns;
	const heads = [...(isSealed ? [choose] : []), ...Object.values(others)];
	return dataTable(
		heads,
		heads.length,
		devices.map((device) => cells(device, isSealed)),
	);
}

function cells(device: ShownDevice, isSealed: boolean): string {
	const { unknown, states, kinds, paths, self, representative, size, choose } = DEVICES_MESSAGES;
	const { id, name, group, kind, model, version, address, width, height, uptime, path, lastSeen, health } = device;
	const badges = [device.self ? self : "", device.representative ? representative : ""]
		.filter((text) => text !== "")
		.map((text) => ` <span class="badge">${escapeHtml(text)}</span>`);
	const link =
		device.self || health === "silent"
			? escapeHtml(name)
			: `<a href="/to/${encodeURIComponent(id)}">${escapeHtml(name)}</a>`;
	const box = `<label><input type="checkbox" value="${escapeHtml(id)}" data-name="${escapeHtml(name)}" data-group="${escapeHtml(group)}"><span class="unseen">${escapeHtml(choose(name))}</span></label>`;
	const pixels = width === null || height === null || width === 0 ? null : width * height;
	return [
		isSealed ? `<td>${box}</td>` : "",
		textCell(`${link}${badges.join("")}`, true),
		textCell(`<span class="health" data-health="${health}">${escapeHtml(states[health])}</span>`, true),
		textCell(group),
		textCell(model === "" ? kinds[kind] : `${kinds[kind]} (${model})`),
		textCell(version ?? unknown),
		sortedCell(addressOrder(address), escapeHtml(address)),
		sortedCell(pixels ?? -1, escapeHtml(pixels === null ? unknown : size(width ?? 0, height ?? 0))),
		sortedCell(uptime ?? -1, escapeHtml(uptime === null ? unknown : uptimeText(uptime))),
		textCell(path === null ? unknown : paths[path]),
		sortedCell(lastSeen ?? -1, lastSeen === null ? escapeHtml(unknown) : timeOf(lastSeen)),
	].join("");
}

/** A cell that is sorted by something else than its text. */
function sortedCell(order: number | string, html: string): string {
	return `<td data-order="${escapeHtml(`${order}`)}">${html}</td>`;
}

/** An IPv4 address as a number, so that .9 comes before .10; other text as it is. */
function addressOrder(address: string): number | string {
	const parts = address.split(".");
	if (parts.length !== 4) return address;
	let order = 0;
	for (const part of parts) order = order * 256 + Number(part);
	return Number.isFinite(order) ? order : address;
}

function timeOf(utc: number): string {
	const text = new Date(utc).toISOString();
	return `<time data-short datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}

function uptimeText(seconds: number): string {
	const { days, hours, minutes } = DEVICES_MESSAGES.uptime;
	const inMinutes = Math.floor(seconds / 60);
	const inHours = Math.floor(inMinutes / 60);
	if (inHours >= 24) return days(Math.floor(inHours / 24), inHours % 24);
	return inHours > 0 ? hours(inHours, inMinutes % 60) : minutes(inMinutes);
}

/** The form for all actions; with script only the fields of the chosen one are shown, and the devices are those chosen in the table. */
function changeSection({ id, devices, settings }: DevicesView): string {
	const { change, ask } = DEVICES_MESSAGES;
	const choices = [["all", change.all] as const, ...devices.map((device) => [device.id, device.name] as const)];
	const kinds = KINDS.map((kind) => [kind, change[kind]] as const);
	const users = (["owner", "viewer"] as const).map((user) => [user, change[user]] as const);
	const password = (name: string, label: string): string =>
		`<label>${escapeHtml(label)} <input type="password" name="${name}" maxlength="64" autocomplete="new-password"></label>`;
	const fields = [
		`<div id="chosen" data-chosen="${escapeHtml(change.chosen("%"))}">${choiceField("devices", change.devices, choices, "all")}</div>`,
		choiceField("action", change.action, kinds, KINDS[0]),
		group(
			"rename",
			`<label>${escapeHtml(change.pattern)} <input name="pattern" maxlength="96" autocomplete="off" value="Camera {nn}"></label><p class="hint">${escapeHtml(change.patternHint)}</p><p id="preview"></p>`,
		),
		group(
			"setting",
			`${settingChoice(settings)}<label>${escapeHtml(change.value)} <input name="value" maxlength="253" autocomplete="off" autocapitalize="none" spellcheck="false"></label><p class="hint">${escapeHtml(change.valueHint)}</p><label><input type="checkbox" name="restart" value="on" checked> ${escapeHtml(change.restarts)}</label>`,
		),
		group(
			"password",
			`<p class="hint">${escapeHtml(change.passwordAll)} ${escapeHtml(SETTINGS_MESSAGES.passwordRules)}</p><div class="fields">${choiceField("user", change.user, users, "owner")}${password("password", change.newPassword)}${password("again", change.again)}</div>`,
		),
		button(change.apply),
	];
	const questions = KINDS.map((kind) => ` data-${kind}="${escapeHtml(ask[kind])}"`).join("");
	const form = ownForm(
		id,
		"/api/v1/fleet/actions",
		fields.join(""),
		`${asks(ask.rename)} id="change" data-keep${questions}`,
	);
	return `<section aria-labelledby="changes"><h2 id="changes">${escapeHtml(change.title)}</h2>${form}</section>`;
}

/** The list of settings by groups; below it stands what the chosen one is for, which the script changes. */
function settingChoice(settings: DevicesView["settings"]): string {
	const titles = [...new Set(settings.map(({ group: title = "" }) => title))];
	const groups = titles.map((title) => {
		const options = settings
			.filter(({ group: its = "" }) => its === title)
			.map(
				(setting) =>
					`<option value="${escapeHtml(setting.name)}" data-about="${escapeHtml(settingHelp(setting))}">${escapeHtml(settingLabel(setting))}</option>`,
			);
		return `<optgroup label="${escapeHtml(title)}">${options.join("")}</optgroup>`;
	});
	const label = escapeHtml(DEVICES_MESSAGES.change.settingLabel);
	return `<label>${label} <select name="setting">${groups.join("")}</select></label><p id="about" class="hint still"></p>`;
}

function group(kind: BulkKind, fields: string): string {
	return `<div data-for="${kind}">${fields}</div>`;
}

/** What has become of the last action, device by device; the script brings it up to date. */
function jobSection({ job, boot }: DevicesView): string {
	const { progress, taskStates } = DEVICES_MESSAGES;
	const texts = [...KINDS.map((kind) => [kind, progress[kind]]), ...Object.entries(taskStates)]
		.map(([name, text]) => ` data-${name}="${escapeHtml(text)}"`)
		.join("");
	const items = (job?.devices ?? []).map(
		({ id, name, state, message }) =>
			`<li data-id="${escapeHtml(id)}" data-state="${state}"><b>${escapeHtml(name)}</b> <span class="badge">${escapeHtml(taskStates[state])}</span> <span>${escapeHtml(message)}</span></li>`,
	);
	return `<section id="job" data-keep data-boot="${boot}" data-open="${job !== undefined && !job.isOver}" data-lost="${escapeHtml(progress.lost)}" data-gone="${escapeHtml(progress.gone)}"${texts}${job === undefined ? " hidden" : ""} aria-labelledby="last"><h2 id="last">${escapeHtml(progress.title)}: <span>${job === undefined ? "" : escapeHtml(progress[job.action])}</span></h2><p role="status">${escapeHtml(job?.summary ?? "")}</p><ul>${items.join("")}</ul><button type="button" class="plain" hidden>${escapeHtml(progress.failed)}</button></section>`;
}
