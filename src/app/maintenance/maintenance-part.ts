import { VERSION } from "../../base/version";
import type { HttpReply } from "../../http/http-request";
import type { Schema } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import { restartPage } from "../../web/restart-page";
import { settingsPage } from "../../web/settings-page";
import type { Node } from "../node";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { VisitorSource } from "../site";
import { SettingsEditor } from "./settings-editor";

/** What of the gateway the page of settings shows: the switch of IMG-7, in software and on a pin. */
export interface MappingSwitch {
	readonly mappingSwitch: boolean;
	readonly pin: { readonly on: boolean };
}

/** Kinds of host that say how they are updated; all others are boards. */
const KINDS: readonly (readonly [model: string, kind: string])[] = Object.freeze([
	["node", "node"] as const,
	["linux", "linux"] as const,
	["demo", "other"] as const,
	["simulator", "other"] as const,
]);

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: "/settings", label: MESSAGES.nav.settings, need: "owner" as const }),
]);

const ROUTES: readonly Route<MaintenancePart>[] = Object.freeze([
	get("/settings", (maintenance: MaintenancePart, request, reply) => maintenance.page(request, reply), "owner"),
]);

const OPERATIONS: readonly ApiOperation<MaintenancePart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/settings",
		need: "owner",
		about: "The settings that can be changed here; changes take effect after a restart.",
		run: (maintenance: MaintenancePart) => ({ body: maintenance.editor.view }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/settings",
		need: "owner",
		about:
			"Changes settings, each by its name; an empty value restores the one that the program was started with. Takes effect after a restart.",
		run: (maintenance: MaintenancePart, form: ReadonlyMap<string, string>): ApiAnswer => {
			const { editor } = maintenance;
			const fault = editor.change(editor.touched(form));
			return fault === undefined ? { body: { ...editor.view, restart: true } } : { fault };
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/time",
		need: "owner",
		about: "Sets the clock of a camera that has none of its own.",
		conflict: "the camera sets its own clock",
		fields: Object.freeze([
			Object.freeze({
				name: "utc",
				type: "number",
				about: "milliseconds since 1970",
				example: 1795000000000,
				needed: true,
			}),
		]),
		run: (maintenance: MaintenancePart, form: ReadonlyMap<string, string>): ApiAnswer =>
			maintenance.setTime(Number(form.get("utc"))),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/restart",
		need: "owner",
		about: "Restarts the camera.",
		conflict: "this camera cannot be restarted from here",
		run: (maintenance: MaintenancePart): ApiAnswer => maintenance.restart(),
	}),
]);

/** Lets the owner change settings, set the clock and restart the device. */
export class MaintenancePart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly editor: SettingsEditor;

	/**
	 * @param schema the settings of the appliance
	 * @param named has the name of this device
	 * @param accounts tells whether the passwords can be changed
	 */
	constructor(
		private readonly node: Node,
		schema: Schema,
		private readonly visitors: VisitorSource,
		private readonly named: { readonly self: { readonly name: string } },
		private readonly gateway: MappingSwitch,
		private readonly accounts: { readonly pinned: boolean; readonly record: { readonly realm: string } },
	) {
		this.editor = new SettingsEditor(node.host.store, schema, node.settings);
	}

	/** Shows the page of settings. */
	page(request: SiteRequest, reply: HttpReply): void {
		const { host, identity } = this.node;
		const { now, changed } = this.editor.view;
		const utc = host.clock.utc();
		settingsPage({
			visitor: this.visitors.visitor(request),
			id: identity.id,
			name: this.named.self.name || MESSAGES.facts.name,
			mapping: this.gateway.mappingSwitch,
			pinOff: !this.gateway.pin.on,
			inputs: this.editor.inputs,
			pinned: this.accounts.pinned,
			pending: Object.keys(changed).some((name) => changed[name] !== now[name]),
			date: utc === undefined ? "" : new Date(utc).toUTCString(),
			canSetTime: host.setTime !== undefined,
			version: VERSION,
			kind: KINDS.find(([model]) => model === host.model)?.[1] ?? "esp32",
			canRestart: host.restart !== undefined,
		}).reply(reply);
	}

	/** A store that fails (IMG-15). */
	notices(): readonly Notice[] {
		const { fault } = this.node.memory;
		if (fault === "") return [];
		return [{ message: MESSAGES.notices.notStored(fault), remedy: MESSAGES.notices.notStoredRemedy }];
	}

	/** Sets the clock, where the host lets it be set. */
	setTime(utc: number): ApiAnswer {
		const { host } = this.node;
		if (host.setTime === undefined) return { fault: MESSAGES.wrong.ownTime, status: 409 };
		if (!(utc > 1.7e12 && utc < 4.1e12)) return { fault: MESSAGES.wrong.time };
		host.setTime(utc);
		this.node.changed();
		return DONE;
	}

	/** Restarts, where the host can. */
	restart(): ApiAnswer {
		if (this.node.host.restart === undefined) return { fault: MESSAGES.wrong.noRestart, status: 409 };
		const { now, changed } = this.editor.view;
		this.node.restart();
		const { id, boot } = this.node.identity;
		const port = changed["http-port"] === now["http-port"] ? undefined : changed["http-port"];
		return { page: () => restartPage(id, boot, this.accounts.record.realm, port) };
	}
}
