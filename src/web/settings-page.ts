import { MESSAGES } from "../base/messages";
import { button, choiceField, hiddenField, nameForm, postForm } from "./form";
import { escapeHtml, Page } from "./page";
import { pageHeader, type Visitor } from "./page-header";

/** What the page of settings shows; it is for owners only. */
export interface SettingsPageView {
	readonly visitor: Visitor;
	readonly id: string;
	readonly name: string;
	readonly portalUrl: string;
	/** The switch of IMG-7 in software: on, ports are asked of the gateway. */
	readonly mapping: boolean;
	/** True: the one on a pin of the camera is off, which counts as well. */
	readonly pinOff: boolean;
	/** Other settings by name, as text, changes that wait for a restart among them. */
	readonly values: Readonly<Record<string, string>>;
	/** True: the passwords stand in the settings that the program was started with, and can't be changed here. */
	readonly pinned: boolean;
	/** True: there are changes that wait. */
	readonly pending: boolean;
	/** The camera's date, for people; empty while it knows none. */
	readonly date: string;
	/** True: the owner can tell it. */
	readonly canSetTime: boolean;
	readonly version: string;
	/** Kind of host, which says how it is updated: `node`, `linux`, `esp32` or another. */
	readonly kind: string;
	/** False: this host can't begin anew by itself. */
	readonly canRestart: boolean;
}

/** Generates the page on which the owner sets a camera up (IMG-7, IMG-15). */
export function settingsPage(view: SettingsPageView): Page {
	const words = MESSAGES.settings;
	return new Page(`${words.title}: ${view.name}`, [
		pageHeader(`${words.title}: ${view.name}`, "settings", view.visitor, view.portalUrl),
		`<main><div role="status">${view.pending ? `<p class="notice">${escapeHtml(words.pending)}</p>` : ""}</div><div class="sections">`,
		section("name", words.name, nameForm(view.id, view.name, words.nameOfCamera, words.save)),
		section("passwords", words.passwords, passwords(view)),
		section(
			"links",
			words.links,
			`${hint(words.linksHint)}${postForm("/api/v1/links", `${choiceField("hours", words.hours, words.lives, "24")} ${button(words.makeLink)}`)}`,
		),
		section("internet", words.internet, mappingSwitch(view)),
		section("ports", words.ports, ports(view)),
		section("fleet", words.fleet, `<p><a href="/fleet">${escapeHtml(words.fleetLink)}</a></p>`),
		section("time", words.time, time(view)),
		section("version", words.version, version(view)),
		"</div></main>",
	]);
}

function section(id: string, title: string, body: string): string {
	return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>${body}</section>`;
}

function hint(words: string): string {
	return `<p class="hint">${escapeHtml(words)}</p>`;
}

function passwords(view: SettingsPageView): string {
	const words = MESSAGES.settings;
	const choices = [["off", words.lanAsks] as const, ["on", words.lanOpen] as const];
	const lan = choiceField("lan-without-password", words.lan, choices, view.values["lan-without-password"] ?? "off");
	return [
		view.pinned
			? hint(words.passwordsPinned)
			: hint(words.passwordRules) +
				passwordForm("owner", words.ownerPassword) +
				passwordForm("viewer", words.viewerPassword),
		postForm("/api/v1/settings", `${lan} ${button(words.save)}`),
		postForm("/api/v1/logout-all", `${hint(words.logOutHint)}${button(words.logOutAll, true)}`),
	].join("");
}

function passwordForm(user: "owner" | "viewer", label: string): string {
	// The name is for the browser's store of passwords, which would else take the two for one.
	const name = `<input type="hidden" name="user" value="${user}" autocomplete="username">`;
	// Empty it ends the viewers' password; there is always an owner.
	const rules = user === "owner" ? ' required minlength="8"' : "";
	const input = `<input type="password" name="password"${rules} maxlength="64" autocomplete="new-password">`;
	const again = input.replace('name="password"', 'name="again"');
	const words = MESSAGES.settings;
	return postForm(
		"/api/v1/password",
		`${name}<label>${escapeHtml(label)} ${input}</label> <label>${escapeHtml(words.again)} ${again}</label> ${button(words.setPassword)}`,
	);
}

function mappingSwitch({ mapping: on, pinOff }: SettingsPageView): string {
	const words = MESSAGES.settings;
	const state = !on ? words.mappingOff : pinOff ? words.mappingPin : words.mappingOn;
	const turn = hiddenField("on", on ? "no" : "yes") + button(on ? words.switchOff : words.switchOn, on);
	return `<p>${escapeHtml(state)}</p>${postForm("/api/v1/mapping", turn)}`;
}

function ports(view: SettingsPageView): string {
	const words = MESSAGES.settings;
	const layouts = [["fixed", words.layoutFixed] as const, ["same", words.layoutSame] as const];
	const inside = `<input name="http-port" type="number" min="1" max="65535" value="${field(view, "http-port")}" required>`;
	const outside = `<input name="representative-ports" value="${field(view, "representative-ports")}" maxlength="48" required inputmode="numeric" autocomplete="off">`;
	const host = `<input name="host-name" value="${field(view, "host-name")}" maxlength="253" autocomplete="off" autocapitalize="none" spellcheck="false">`;
	return postForm(
		"/api/v1/settings",
		`<label>${escapeHtml(words.httpPort)} ${inside}</label>${choiceField("port-layout", words.layout, layouts, view.values["port-layout"] ?? "")}<label>${escapeHtml(words.representativePorts)} ${outside}</label><label>${escapeHtml(words.hostName)} ${host}</label>${hint(words.portsHint)}${button(words.save)}`,
	);
}

function field(view: SettingsPageView, name: string): string {
	return escapeHtml(view.values[name] ?? "");
}

function time({ date, canSetTime }: SettingsPageView): string {
	const words = MESSAGES.settings;
	if (date !== "") return `<p>${escapeHtml(words.timeIs(date))}</p>`;
	if (!canSetTime) return `<p>${escapeHtml(words.noTime)}</p>`;
	// Only a script knows the browser's time: it shows the button and fills the field.
	const take = postForm(
		"/api/v1/time",
		`<input type="hidden" name="utc">${button(words.takeTime)}`,
		' id="clock" hidden',
	);
	return `<p>${escapeHtml(words.noTime)}</p>${take}`;
}

function version(view: SettingsPageView): string {
	const words = MESSAGES.settings;
	const how = MESSAGES.updates[view.kind] ?? MESSAGES.updates["other"];
	const restart = view.canRestart
		? postForm("/api/v1/restart", `${hint(words.restartHint)}${button(words.restartNow, true)}`)
		: "";
	return `<p>${escapeHtml(words.versionIs(view.version))} ${escapeHtml(how)}</p>${restart}`;
}
