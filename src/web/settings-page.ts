import type { SettingInput } from "../settings/changed-settings";
import { button, choiceField, hiddenField, nameForm, ownForm, settingField } from "./form";
import { MESSAGES } from "./messages";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** What the settings page shows; only owners see it. */
export interface SettingsPageView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	/** The software switch for remote access: whether ports are requested from the gateway (IMG-7). */
	readonly mapping: boolean;
	/** Whether the hardware switch is off, which overrides the software switch. */
	readonly pinOff: boolean;
	/** The settings that the owner may change, with the values that they have after a restart. */
	readonly inputs: readonly SettingInput[];
	/** Whether the passwords were set at startup, so they can't be changed here. */
	readonly pinned: boolean;
	/** Whether there are changes that take effect after a restart. */
	readonly pending: boolean;
	/** The date and time as text; empty while the camera does not know it. */
	readonly date: string;
	/** Whether the owner can set it. */
	readonly canSetTime: boolean;
	readonly version: string;
	/** The kind of host, which determines how it is updated: `node`, `linux`, `esp32` or another. */
	readonly kind: string;
	/** Whether the camera can restart itself. */
	readonly canRestart: boolean;
}

/** How a setting is shown: its label, and the texts of its choices. */
type SettingLabel = readonly [name: string, label: string, texts?: Readonly<Record<string, string>>];

const ACCESS_LABELS: readonly SettingLabel[] = Object.freeze([
	[
		"lan-without-password",
		MESSAGES.settings.lan,
		Object.freeze({ off: MESSAGES.settings.lanAsks, on: MESSAGES.settings.lanOpen }),
	] as const,
]);

const PORT_LABELS: readonly SettingLabel[] = Object.freeze([
	["http-port", MESSAGES.settings.httpPort] as const,
	[
		"port-layout",
		MESSAGES.settings.layout,
		Object.freeze({ fixed: MESSAGES.settings.layoutFixed, same: MESSAGES.settings.layoutSame }),
	] as const,
	["representative-ports", MESSAGES.settings.representativePorts] as const,
	["host-name", MESSAGES.settings.hostName] as const,
]);

/** Generates the page with the settings of a camera (IMG-7, IMG-15). */
export function settingsPage(view: SettingsPageView): Page {
	const text = MESSAGES.settings;
	return new Page(`${text.title}: ${view.name}`, [
		pageHeader(`${text.title}: ${view.name}`, "/settings", view.visitor),
		`<main><div role="status">${view.pending ? `<p class="notice">${escapeHtml(view.canRestart ? text.pending : text.pendingStop)}</p>` : ""}</div><div class="sections">`,
		section("name", text.name, nameForm(view.id, view.name, text.nameOfCamera, text.save)),
		section("passwords", text.passwords, passwords(view)),
		section(
			"links",
			text.links,
			`${hint(text.linksHint)}${ownForm(view.id, "/api/v1/links", `${choiceField("hours", text.hours, text.lives, "24")} ${button(text.makeLink)}`)}`,
		),
		section("internet", text.internet, mappingSwitch(view)),
		section("ports", text.ports, ports(view)),
		section("fleet", text.fleet, `<p><a href="/fleet">${escapeHtml(text.fleetLink)}</a></p>`),
		section("time", text.time, time(view)),
		section("version", text.version, version(view)),
		"</div></main>",
	]);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function hint(text: string): string {
	return `<p class="hint">${escapeHtml(text)}</p>`;
}

function passwords(view: SettingsPageView): string {
	const text = MESSAGES.settings;
	return [
		view.pinned
			? hint(text.passwordsPinned)
			: hint(text.passwordRules) +
				passwordForm(view.id, "owner", text.ownerPassword) +
				passwordForm(view.id, "viewer", text.viewerPassword),
		ownForm(view.id, "/api/v1/settings", `${settingFields(view, ACCESS_LABELS)} ${button(text.save)}`),
		ownForm(view.id, "/api/v1/logout-all", `${hint(text.logOutHint)}${button(text.logOutAll, true)}`),
	].join("");
}

function passwordForm(id: string, user: "owner" | "viewer", label: string): string {
	// The user name is for the browser's password manager, which would otherwise mix up the two accounts.
	const name = `<input type="hidden" name="user" value="${user}" autocomplete="username">`;
	// Blank disables the viewer account; the owner account always exists.
	const rules = user === "owner" ? ' required minlength="8"' : "";
	const input = `<input type="password" name="password"${rules} maxlength="64" autocomplete="new-password">`;
	const again = input.replace('name="password"', 'name="again"');
	const text = MESSAGES.settings;
	return ownForm(
		id,
		"/api/v1/password",
		`${name}<label>${escapeHtml(label)} ${input}</label> <label>${escapeHtml(text.again)} ${again}</label> ${button(text.setPassword)}`,
	);
}

function mappingSwitch({ id, mapping: on, pinOff }: SettingsPageView): string {
	const text = MESSAGES.settings;
	const state = !on ? text.mappingOff : pinOff ? text.mappingPin : text.mappingOn;
	const turn = hiddenField("on", on ? "no" : "yes") + button(on ? text.switchOff : text.switchOn, on);
	return `<p>${escapeHtml(state)}</p>${ownForm(id, "/api/v1/mapping", turn)}`;
}

function ports(view: SettingsPageView): string {
	const text = MESSAGES.settings;
	return ownForm(
		view.id,
		"/api/v1/settings",
		`${settingFields(view, PORT_LABELS)}${hint(text.portsHint)}${button(text.save)}`,
	);
}

/** Makes the fields of settings; those that this appliance does not have are left out. */
function settingFields({ inputs }: SettingsPageView, labels: readonly SettingLabel[]): string {
	return labels
		.map(([name, label, texts]) => {
			const input = inputs.find((candidate) => candidate.name === name);
			return input === undefined ? "" : settingField(input, label, texts);
		})
		.join("");
}

function time({ id, date, canSetTime }: SettingsPageView): string {
	const text = MESSAGES.settings;
	if (date !== "") return `<p>${escapeHtml(text.timeIs(date))}</p>`;
	if (!canSetTime) return `<p>${escapeHtml(text.noTime)}</p>`;
	// Only the script knows the browser's time: it shows the button and fills in the field.
	const take = ownForm(
		id,
		"/api/v1/time",
		`<input type="hidden" name="utc">${button(text.takeTime)}`,
		' id="clock" hidden',
	);
	return `<p>${escapeHtml(text.noTime)}</p>${take}`;
}

function version(view: SettingsPageView): string {
	const text = MESSAGES.settings;
	const how = MESSAGES.updates[view.kind] ?? MESSAGES.updates["other"];
	const restart = view.canRestart
		? ownForm(view.id, "/api/v1/restart", `${hint(text.restartHint)}${button(text.restartNow, true)}`)
		: "";
	return `<p>${escapeHtml(text.versionIs(view.version))} ${escapeHtml(how)}</p>${restart}`;
}
