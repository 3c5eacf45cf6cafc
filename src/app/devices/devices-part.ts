import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import { addChanges, editableSettings, settingInputs } from "../../settings/changed-settings";
import { findSetting, type Schema } from "../../settings/schema";
import { type ApiAnswer, type ApiField, type ApiOperation, carryOut, done } from "../../web/api";
import { DEVICES_MESSAGES } from "../../web/devices-messages";
import {
	DEVICES_PAGE,
	DEVICES_SCRIPT_PATH,
	DEVICES_STYLE_PATH,
	devicesPage,
	type ShownJob,
} from "../../web/devices-page";
import { DEVICES_SCRIPT } from "../../web/devices-script";
import { DEVICES_STYLE } from "../../web/devices-style";
import type { Appliance } from "../appliance";
import { SharedLogin } from "../fleet/shared-login";
import type { InventoryPart } from "../inventory/inventory-part";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import { scriptFile, styleFile } from "../static-file";
import { BulkJob } from "./bulk-job";
import type { BulkAction, DeviceTask, TaskHost } from "./device-task";
import { type NamedDevice, namesByPattern, type PatternFault } from "./name-pattern";
import { requestAsOwner } from "./owner-request";

const NAVIGATION: readonly NavigationLink[] = Object.freeze([
	Object.freeze({ path: DEVICES_PAGE, label: DEVICES_MESSAGES.nav, need: "owner" as const }),
]);

const ROUTES: readonly Route<DevicesPart>[] = Object.freeze([
	get(DEVICES_PAGE, (part: DevicesPart, request, reply) => part.page(request, reply), "owner"),
]);

const FILES = Object.freeze([
	scriptFile(DEVICES_SCRIPT_PATH, DEVICES_SCRIPT),
	styleFile(DEVICES_STYLE_PATH, DEVICES_STYLE),
]);

const ACTION_FIELDS: readonly ApiField[] = Object.freeze([
	Object.freeze({
		name: "action",
		type: "string",
		about: "rename, restart, setting or password",
		example: "rename",
		needed: true,
	}),
	Object.freeze({
		name: "devices",
		type: "string",
		about: "identities, separated by spaces or commas, in the order in which names are numbered; or all",
		example: "14d957c4f6f78bd3 5be1f0c2a0917d44",
		needed: true,
	}),
	Object.freeze({
		name: "pattern",
		type: "string",
		about: "to rename: {n}, {nn} … is a number, {name} the present name, {group} the group",
		example: "Hall {nn}",
	}),
	Object.freeze({ name: "setting", type: "string", about: "the name of the setting to change", example: "priority" }),
	Object.freeze({
		name: "value",
		type: "string",
		about: "of the setting; empty: what each device was started with",
		example: "10",
	}),
	Object.freeze({
		name: "restart",
		type: "string",
		about: "on: each device is restarted once it has stored the setting",
		example: "on",
	}),
	Object.freeze({ name: "user", type: "string", about: "whose password is set: owner or viewer", example: "viewer" }),
	Object.freeze({
		name: "password",
		type: "string",
		about: "8 to 64 characters; it is set on all devices of the fleet",
		example: "correct horse",
	}),
	Object.freeze({
		name: "again",
		type: "string",
		about: "the password again; only forms send it",
		example: "correct horse",
	}),
]);

const OPERATIONS: readonly ApiOperation<DevicesPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/fleet/actions",
		need: "owner",
		about: "How far the last action at many devices is that this device has carried out.",
		run: (part: DevicesPart) => ({ body: part.state }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/actions",
		need: "owner",
		about:
			"Renames devices of the fleet, restarts them, or changes a setting or the password on all of them. GET and the event actions of /api/v1/changes report the progress.",
		conflict: "the fleet has no key, another action is under way, or the password was set at startup",
		refusals: Object.freeze([[403, "by a link that is for this device only"] as const]),
		fields: ACTION_FIELDS,
		run: (part: DevicesPart, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			part.act(form, request),
	}),
]);

/** The most devices that are acted on: those that a fleet can have, and this one. */
const DEVICES_MAX = 257;

/**
 * Lists all devices of a fleet for its owner, and changes many of them at once (IMG-15, ONE-5).
 *
 * This device acts at the others as the owner, by the login that all members of a fleet with a key share: {@link requestAsOwner}. Names go
 * by sealed messages, and the password by the record of passwords that members have in common. So without a key nothing is done.
 */
export class DevicesPart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly staticFiles = FILES;
	readonly operations = OPERATIONS;
	private readonly shared: SharedLogin;
	private job: BulkJob | undefined;

	/** @param schema has the settings that can be changed */
	constructor(
		private readonly appliance: Appliance,
		private readonly schema: Schema,
		private readonly inventory: Pick<InventoryPart, "collect">,
	) {
		this.shared = new SharedLogin(appliance.access.credentials, appliance.settings);
		appliance.site.changes.watch("actions", () => this.state, "owner");
	}

	/** Shows the page. */
	page(request: SiteRequest, reply: HttpReply): void {
		const { appliance } = this;
		this.inventory.collect(request, reply, (devices) =>
			devicesPage({
				visitor: appliance.site.visitor(request),
				id: appliance.identity.id,
				boot: appliance.identity.boot,
				isSealed: appliance.fleet.sealed,
				notices: [],
				devices,
				settings: settingInputs(this.schema, {}),
				job: this.job?.view,
			}).replyWith(reply, 200, NO_STORE),
		);
	}

	/** The last action, for programs and for an open page. The number of the start shows whether this device has forgotten one. */
	get state(): { readonly boot: number; readonly action: ShownJob | null } {
		return { boot: this.appliance.identity.boot, action: this.job?.view ?? null };
	}

	/** Begins an action. All of it is checked before anything is done. */
	act(form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer {
		const { wrong } = DEVICES_MESSAGES;
		if (request.visitor?.isGuest === true) return { fault: wrong.guest, status: 403 };
		if (!this.appliance.fleet.sealed) return { fault: wrong.open, status: 409 };
		if (this.job?.isOver === false) return { fault: wrong.running, status: 409 };
		const devices = this.chosen(form.get("devices") ?? "");
		if ("fault" in devices) return devices;
		switch (form.get("action")) {
			case "rename":
				return this.rename(devices, (form.get("pattern") ?? "").trim(), request);
			case "restart":
				return this.begin({ kind: "restart" }, devices, request);
			case "setting":
				return this.change(devices, form, request);
			case "password":
				return this.setPassword(form, request);
			default:
				return { fault: wrong.action, field: "action" };
		}
	}

	private rename(devices: readonly NamedDevice[], pattern: string, request: SiteRequest): ApiAnswer {
		const names = namesByPattern(pattern, devices);
		if ("kind" in names) return { fault: textOf(names), field: "pattern" };
		return this.begin({ kind: "rename", names: new Map(devices.map(({ id }, i) => [id, names[i]])) }, devices, request);
	}

	private change(devices: readonly NamedDevice[], form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer {
		const name = form.get("setting") ?? "";
		const value = (form.get("value") ?? "").trim();
		if (name === "") return { fault: DEVICES_MESSAGES.wrong.setting, field: "setting" };
		const setting = editableSettings(this.schema).find((each) => each.name === name);
		// A setting that only other kinds of device have is checked by those.
		if (findSetting(this.schema, name) !== undefined) {
			const result = addChanges(this.schema, undefined, new Map([[name, value]]));
			if ("fault" in result) return { fault: result.fault, field: setting === undefined ? "setting" : "value" };
		}
		const isImmediate = setting !== undefined && setting.restart !== true;
		const effect = isImmediate ? "at-once" : form.get("restart") === "on" ? "restart" : "later";
		return this.begin({ kind: "setting", name, value, effect }, devices, request);
	}

	/** The password is one for all: it is set here, and the others take it over. */
	private setPassword(form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer {
		const { access } = this.appliance;
		const answer = access.setPassword(form);
		if ("fault" in answer) return answer;
		const { version } = access.credentials.record;
		return { ...this.begin({ kind: "password", version }, this.all, request), renew: true };
	}

	private begin(action: BulkAction, devices: readonly NamedDevice[], request: SiteRequest): ApiAnswer {
		const { host } = this.appliance;
		host.log.write("info", "fleet", `${action.kind} at ${devices.length} devices, as the owner asked for`);
		const ended = ({ state, name, message }: DeviceTask): void => {
			if (state === "failed") host.log.write("warn", "fleet", `${action.kind} at "${name}" failed: ${message}`);
		};
		this.job = new BulkJob(this.taskHost(request), action, devices, host.clock.utc(), ended);
		this.job.start();
		return done(DEVICES_MESSAGES.started(devices.length));
	}

	private taskHost(request: SiteRequest): TaskHost {
		const { appliance, shared } = this;
		const { pump, host, fleet, fleetPart, identity, site } = appliance;
		const way = { pump, network: host.network, random: host.random, secret: shared };
		return {
			ownId: identity.id,
			after: (delay, run) => pump.after(delay, run),
			member: (id) => fleet.registry.get(id),
			rename: (id, name) => fleetPart.rename(id, name),
			ask: (member, path, form, done) => requestAsOwner(way, member, path, form, done),
			askOwn: (path, form) => this.askOwn(path, form, request),
			changed: () => site.changes.publish("actions", () => this.state, "owner"),
		};
	}

	/** Carries out an operation of another part of this device. */
	private askOwn(path: string, form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer {
		for (const part of this.appliance.parts)
			for (const operation of part.operations ?? [])
				if (operation.method === "POST" && operation.path === path)
					return carryOut<never>(operation, part as never, form, request);
		return { fault: DEVICES_MESSAGES.tasks.refused(404) };
	}

	/** All devices of the fleet, this one first, also those that are offline. */
	private get all(): readonly NamedDevice[] {
		const { deviceName, fleet, fleetPart, identity } = this.appliance;
		return [
			{ id: identity.id, name: deviceName, group: fleet.self.group },
			...fleet.registry.sorted().map(({ id, name, address, group }) => ({ id, name: name || address, group })),
			...fleetPart.absent().map(({ id, name }) => ({ id, name, group: "" })),
		];
	}

	/** The devices of a form, in its order, each once. */
	private chosen(text: string): readonly NamedDevice[] | Extract<ApiAnswer, { readonly fault: string }> {
		const { wrong } = DEVICES_MESSAGES;
		const { all } = this;
		if (text.trim() === "all") return all;
		const known = new Map(all.map((device) => [device.id, device]));
		const devices = new Set<NamedDevice>();
		for (const id of text.split(/[ ,]+/, DEVICES_MAX)) {
			if (id === "") continue;
			const device = known.get(id);
			if (device === undefined) return { fault: wrong.unknown(id.slice(0, ID_SHOWN)), status: 400, field: "devices" };
			devices.add(device);
		}
		return devices.size === 0 ? { fault: wrong.devices, status: 400, field: "devices" } : [...devices];
	}
}

/** How many characters of a malformed identity are shown. */
const ID_SHOWN = 20;

function textOf(fault: PatternFault): string {
	const { wrong } = DEVICES_MESSAGES;
	switch (fault.kind) {
		case "braces":
			return wrong.braces;
		case "name":
			return wrong.name(fault.device);
		case "same":
			return wrong.same(fault.name);
	}
}
