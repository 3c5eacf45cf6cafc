import { toHex } from "../../base/hex";
import { VERSION } from "../../base/version";
import type { Millis } from "../../core/time";
import type { HttpReply } from "../../http/http-request";
import { NO_STORE } from "../../http/response-head";
import type { Schema } from "../../settings/schema";
import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import { hostOf, portOf } from "../../web/browser-request";
import { MESSAGES } from "../../web/messages";
import type { Notice } from "../../web/notices";
import { RESTARTED, restartPage } from "../../web/restart-page";
import { settingsPage } from "../../web/settings-page";
import { NAS_KIND } from "../../wire/nas-service";
import type { CredentialStore } from "../access/credential-store";
import type { LinksPart } from "../access/links-part";
import type { Node } from "../node";
import { get, type NavigationLink, type Part, type Route, type SiteRequest } from "../part";
import type { ChallengingGate, VisitorSource } from "../site";
import { urlOf } from "../url-of";
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
	get(RESTARTED, (maintenance: MaintenancePart, request, reply) => maintenance.prove(request, reply), "anyone"),
]);

const OPERATIONS: readonly ApiOperation<MaintenancePart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/settings",
		need: "owner",
		about:
			"The settings that can be changed here: the values in use, the owner's changes, and which of these take effect after a restart.",
		run: (maintenance: MaintenancePart) => ({ body: maintenance.editor.view }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/settings",
		need: "owner",
		about:
			"Changes settings, each by its name; an empty value restores the one that the program was started with. Most settings take effect at once; `restart` tells whether `pending` names any that take effect after a restart only.",
		run: (maintenance: MaintenancePart, form: ReadonlyMap<string, string>): ApiAnswer => {
			const { editor } = maintenance;
			const fault = editor.change(editor.touched(form));
			return fault ?? { body: { ...editor.view, restart: editor.pending.length > 0 } };
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
		run: (maintenance: MaintenancePart, _form: ReadonlyMap<string, string>, request: SiteRequest): ApiAnswer =>
			maintenance.restart(request),
	}),
]);

/** The key in the store of the secret by which a page knows the device again after a restart. */
const PROOF_KEY = "restart";
const PROOF_OCTETS = 16;
/** How long after the start the secret counts. */
const PROOF_LIFE: Millis = 300_000;
const PROOF_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';

/** Lets the owner change settings, set the clock and restart the device. */
export class MaintenancePart implements Part {
	readonly navigation = NAVIGATION;
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly editor: SettingsEditor;
	/** The secret of the restart by which this program was started; empty: it has been forgotten, or there was none. */
	private proof = "";

	/**
	 * @param schema the settings of the appliance
	 * @param credentials know whether the passwords can be changed
	 * @param links the viewer links
	 */
	constructor(
		private readonly node: Node,
		schema: Schema,
		private readonly site: VisitorSource & { readonly gate: ChallengingGate },
		private readonly gateway: MappingSwitch,
		private readonly credentials: Pick<CredentialStore, "pinned" | "hasFleetKey">,
		private readonly links: Pick<LinksPart, "list">,
	) {
		this.editor = new SettingsEditor(node.host.store, schema, node.settings, (name, value) => {
			// A setting may concern several parts.
			let isTaken = false;
			for (const part of node.parts) if (part.takeSetting?.(name, value) === true) isTaken = true;
			if (isTaken) node.changed();
			return isTaken;
		});
	}

	/** Shows the page of settings. */
	page(request: SiteRequest, reply: HttpReply): void {
		const { host, identity } = this.node;
		const { pinned, hasFleetKey } = this.credentials;
		settingsPage({
			visitor: this.site.visitor(request),
			id: identity.id,
			device: this.node.kind === NAS_KIND ? "NAS" : "camera",
			name: this.node.deviceName || MESSAGES.facts.name,
			links: this.links.list(request.now),
			linksAreLocal: pinned && hasFleetKey,
			mapping: this.gateway.mappingSwitch,
			pinOff: !this.gateway.pin.on,
			inputs: this.editor.inputs,
			pinned,
			pending: this.editor.pending,
			utc: host.clock.utc(),
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

	/** Keeps the secret of the restart for a while; it counts once. */
	start(): void {
		const { memory, pump } = this.node;
		this.proof = memory.read(PROOF_KEY) ?? "";
		if (this.proof === "") return;
		memory.delete(PROOF_KEY);
		pump.after(PROOF_LIFE, () => {
			this.proof = "";
		});
	}

	/** Restarts, where the host can. */
	restart(request: SiteRequest): ApiAnswer {
		if (this.node.host.restart === undefined) return { fault: MESSAGES.wrong.noRestart, status: 409 };
		const bytes = new Uint8Array(PROOF_OCTETS);
		this.node.host.random.fill(bytes);
		const proof = toHex(bytes);
		this.node.memory.write(PROOF_KEY, proof);
		this.node.restart();
		const { id, boot } = this.node.identity;
		return { page: (visitor) => restartPage({ visitor, id, boot, proof, urls: this.laterUrls(request) }) };
	}

	/** Shows the page that asked for the restart that this is the same device; to others it is like any path that does not exist. */
	prove(request: SiteRequest, reply: HttpReply): void {
		if (this.proof === "" || !request.query.has(this.proof)) return this.site.gate.challenge(request, reply);
		reply.send(200, "image/svg+xml", PROOF_PICTURE, NO_STORE);
	}

	/** Where a visitor reaches this device after the restart: at a new port, if it was at the one that changes; with TLS, or without. */
	private laterUrls(request: SiteRequest): readonly string[] {
		const { now, changed } = this.editor.view;
		const old = portOf(request);
		const port = `${old}` === now["http-port"] ? Number(changed["http-port"] ?? old) : old;
		const host = hostOf(request);
		// A page with TLS can't ask for anything without.
		return [request.secure, !request.secure].map((secure) => urlOf(host, port, secure));
	}
}
