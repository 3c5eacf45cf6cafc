import type { SettingInput } from "../settings/changed-settings";
import { escapeHtml } from "./escape-html";
import {
	asks,
	button,
	dangerButton,
	hiddenField,
	nameForm,
	OWN_PAGE,
	ownForm,
	settingField,
	settingHelp,
	settingLabel,
} from "./form";
import { type ListedLink, linkForm, linkList } from "./link-list";
import { LINK_MESSAGES } from "./link-messages";
import { MESSAGES } from "./messages";
import { Page } from "./page";
import { pageHeader, pageTitle, type Visitor } from "./page-header";
import { type DeviceName, SETTINGS_MESSAGES } from "./settings-messages";

/** What the settings page shows; only owners see it. */
export interface SettingsPageView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	/** The viewer links that were made here. */
	readonly links: readonly ListedLink[];
	/** Whether other cameras accept links that were revoked here, as the passwords were set at startup. */
	readonly linksAreLocal: boolean;
	/** The software switch for remote access: whether ports are requested from the gateway (IMG-7). */
	readonly mapping: boolean;
	/** Whether the hardware switch is off, which overrides the software switch. */
	readonly pinOff: boolean;
	/** What the device is called. */
	readonly device: DeviceName;
	/** The settings that the owner may change, with the values that they have after a restart. */
	readonly inputs: readonly SettingInput[];
	/** Whether the passwords were set at startup, so they can't be changed here. */
	readonly pinned: boolean;
	/** The names of settings whose changes take effect after a restart only. */
	readonly pending: readonly string[];
	/** The date and time, in milliseconds since 1970; `undefined`: not known. */
	readonly utc: number | undefined;
	/** Whether the owner can set it. */
	readonly canSetTime: boolean;
	readonly version: string;
	/** The kind of host, which determines how it is updated: `node`, `linux`, `esp32` or another. */
	readonly kind: string;
	/** Whether the device can restart itself. */
	readonly canRestart: boolean;
}

/** How a setting is shown: its label, and the texts of its choices. */
type SettingLabel = readonly [name: string, label: string, texts?: Readonly<Record<string, string>>];

const ACCESS_LABELS: readonly SettingLabel[] = Object.freeze([
	[
		"lan-without-password",
		SETTINGS_MESSAGES.lan,
		Object.freeze({ off: SETTINGS_MESSAGES.lanAsks, on: SETTINGS_MESSAGES.lanOpen }),
	] as const,
]);

const PORT_LABELS: readonly SettingLabel[] = Object.freeze([
	["http-port", SETTINGS_MESSAGES.httpPort] as const,
	[
		"port-layout",
		SETTINGS_MESSAGES.layout,
		Object.freeze({ fixed: SETTINGS_MESSAGES.layoutFixed, same: SETTINGS_MESSAGES.layoutSame }),
	] as const,
	["representative-ports", SETTINGS_MESSAGES.representativePorts] as const,
	["host-name", SETTINGS_MESSAGES.hostName] as const,
]);

/** Generates the page with the settings of a device (IMG-7, IMG-15). */
export function settingsPage(view: SettingsPageView): Page {
	const text = SETTINGS_MESSAGES;
	const { device } = view;
	return new Page(pageTitle(text.title, view.visitor), [
		pageHeader(text.title, "/settings", view.visitor),
		`<main><div role="status">${pending(view)}</div>`,
		`<p id="search" hidden><label>${escapeHtml(text.search)} <input type="search" autocomplete="off"></label><output class="hint" data-nothing="${escapeHtml(text.nothing)}"></output></p><div class="sections">`,
		section("name", text.name, nameForm(view.id, view.name, text.nameOf(device), text.save)),
		section("passwords", text.passwords, passwords(view)),
		section(
			"links",
			text.links,
			`${hint(text.linksHint)}${linkList(view.id, view.links)}${view.linksAreLocal ? hint(LINK_MESSAGES.list.local) : ""}${linkForm(view.id, "24", text.makeLink)}`,
		),
		section("internet", text.internet, mappingSwitch(view)),
		section("fleet", text.fleet, `<p><a href="/fleet">${escapeHtml(text.fleetLink)}</a></p>`),
		`<section aria-labelledby="ports">${folded(`<h2 id="ports">${escapeHtml(text.ports)}</h2>`, ports(view))}</section>`,
		section("time", text.time, time(view)),
		section("version", text.version, version(view)),
		...more(view),
		"</div></main>",
	]);
}

/** Says which changes wait for a restart, and offers it; nothing, if none does. */
function pending(view: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	const { device, canRestart } = view;
	if (view.pending.length === 0) return "";
	const names = view.pending.map((name) => settingLabel({ name })).join(", ");
	const words = `<p>${escapeHtml(canRestart ? text.pending(device, names) : text.pendingStop(device, names))}</p>`;
	return `<div class="notice">${words}${canRestart ? restartForm(view) : ""}</div>`;
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function hint(text: string): string {
	return `<p class="hint">${escapeHtml(text)}</p>`;
}

function passwords(view: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	return [
		view.pinned
			? hint(MESSAGES.wrong.passwordsPinned)
			: hint(text.passwordRules) +
				passwordForm(view.id, "owner", text.ownerPassword) +
				passwordForm(view.id, "viewer", text.viewerPassword),
		ownForm(
			view.id,
			"/api/v1/settings",
			`${settingFields(view, ACCESS_LABELS)}${button(text.save, false, text.saveNamed(text.lan))}`,
		),
		ownForm(
			view.id,
			"/api/v1/logout-all",
			`${hint(text.logOutHint)}${dangerButton(text.logOutAll)}`,
			asks(text.logOutAsk),
		),
	].join("");
}

function passwordForm(id: string, user: "owner" | "viewer", label: string): string {
	// The user name is for the browser's password manager, which would otherwise mix up the two accounts.
	const name = `<input type="hidden" name="user" value="${user}" autocomplete="username">`;
	// Blank disables the viewer account; the owner account always exists.
	const rules = user === "owner" ? ' required minlength="8"' : "";
	const input = `<input type="password" name="password"${rules} maxlength="64" autocomplete="new-password">`;
	const again = input.replace('name="password"', 'name="again"');
	const text = SETTINGS_MESSAGES;
	return ownForm(
		id,
		"/api/v1/password",
		`${name}<label>${escapeHtml(label)} ${input}</label> <label>${escapeHtml(text.again)} ${again}</label> ${button(text.setPassword)}`,
	);
}

function mappingSwitch({ id, mapping: on, pinOff, device }: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	const state = !on ? text.mappingOff : pinOff ? text.mappingPin : text.mappingOn;
	const turn = hiddenField("on", on ? "no" : "yes") + button(on ? text.switchOff : text.switchOn, on);
	const question = on ? asks(text.switchOffAsk(device)) : "";
	return `<p>${escapeHtml(state)}</p>${ownForm(id, "/api/v1/mapping", turn, question)}`;
}

function ports(view: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	return ownForm(
		view.id,
		"/api/v1/settings",
		`${settingFields(view, PORT_LABELS)}${button(text.save, false, text.saveNamed(text.ports))}`,
	);
}

/** Makes the fields of settings; those that this appliance does not have are left out. */
function settingFields({ inputs }: SettingsPageView, labels: readonly SettingLabel[]): string {
	const fields: (readonly [SettingInput, string])[] = [];
	for (const [name, label, texts] of labels) {
		const input = inputs.find((candidate) => candidate.name === name);
		if (input !== undefined) fields.push([input, settingField(input, label, texts)]);
	}
	return withRestarts(fields);
}

/** Joins fields, and says which of them need a restart: each that does, or all of them at the end. */
function withRestarts(fields: readonly (readonly [input: SettingInput, html: string])[]): string {
	const after = hint(SETTINGS_MESSAGES.after);
	const isMixed = fields.some(([{ isImmediate = false }]) => isImmediate);
	const all = fields.map(([{ isImmediate = false }, html]) => html + (isMixed && !isImmediate ? after : "")).join("");
	return isMixed ? all : all + after;
}

/** The settings that have no fields elsewhere on the page, in groups as the schema has them. */
function more(view: SettingsPageView): string[] {
	const text = SETTINGS_MESSAGES;
	const shown = [...ACCESS_LABELS, ...PORT_LABELS].map(([name]) => name);
	const forms: string[] = [];
	const groups: string[] = [];
	for (const { name, group = "" } of view.inputs)
		if (!shown.includes(name) && !groups.includes(group)) groups.push(group);
	for (const group of groups) {
		const fields: (readonly [SettingInput, string])[] = [];
		for (const input of view.inputs) {
			if (input.group !== group || shown.includes(input.name)) continue;
			fields.push([input, settingField(input, settingLabel(input)) + hint(settingHelp(input))]);
		}
		const save = button(text.save, false, text.saveNamed(group));
		forms.push(folded(escapeHtml(group), ownForm(view.id, "/api/v1/settings", `${withRestarts(fields)}${save}`)));
	}
	return forms.length === 0 ? [] : [section("more", text.more, forms.join(""))];
}

/** A part that is seldom needed. @param title already HTML */
function folded(title: string, content: string): string {
	return `<details><summary>${title}</summary>${content}</details>`;
}

function time({ id, utc, canSetTime, device }: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	if (utc !== undefined) {
		const date = new Date(utc);
		return `<p>${escapeHtml(text.timeIs(device))} <time datetime="${date.toISOString()}">${date.toUTCString()}</time></p>`;
	}
	const unknown = `<p>${escapeHtml(text.noTime(device))}</p>`;
	if (!canSetTime) return unknown;
	// Only the script knows the browser's time: it shows the button and fills in the field.
	const take = ownForm(
		id,
		"/api/v1/time",
		`<input type="hidden" name="utc">${button(text.takeTime)}`,
		' id="clock" hidden',
	);
	return `${unknown}${take}`;
}

function version(view: SettingsPageView): string {
	const text = SETTINGS_MESSAGES;
	const how = SETTINGS_MESSAGES.updates[view.kind] ?? SETTINGS_MESSAGES.updates["other"];
	const restart = view.canRestart && view.pending.length === 0 ? restartForm(view) : "";
	return `<p>${escapeHtml(text.versionIs(view.version))} ${escapeHtml(how)}</p>${restart}`;
}

function restartForm({ id, device }: SettingsPageView): string {
	const { restartNow, restartAsk } = SETTINGS_MESSAGES;
	return ownForm(id, "/api/v1/restart", button(restartNow(device), true), OWN_PAGE + asks(restartAsk(device)));
}
