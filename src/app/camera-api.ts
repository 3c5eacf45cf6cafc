import type { Admission } from "../access/role";
import { type HttpRequest as AnyRequest, originOf } from "../http/http-request";
import { isPassword } from "../settings/access-schema";
import { CAMERA_SCHEMA } from "../settings/camera-schema";
import { settingFields } from "../settings/changed-settings";
import { type ApiAnswer, type ApiOperation, DONE } from "../web/api";
import { linkPage } from "../web/link-page";
import { MESSAGES } from "../web/messages";
import { openApi } from "../web/open-api";
import { restartPage } from "../web/restart-page";
import { readSwitch } from "../wire/http-target";
import {
	CAMERAS_EXAMPLE,
	CHANGED_EXAMPLE,
	DOCUMENT_EXAMPLE,
	FLEET_EXAMPLE,
	SETTINGS_EXAMPLE,
	STATUS_EXAMPLE,
} from "./api-examples";
import type { Camera } from "./camera";
import { camerasJson, statusJson, visitorOf } from "./camera-views";
import { MOTION_OPERATIONS } from "./motion-api";
import { keepQuality } from "./picture-quality";

/** A viewer link lasts for an hour at least, and for a year at most. */
const LINK_HOURS_MAX = 8784;

type HttpRequest = AnyRequest<Admission>;
type Form = ReadonlyMap<string, string>;

const ACCESS_OPERATIONS: readonly ApiOperation<Camera>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/password",
		need: "owner",
		about: "Sets a user's password, of all cameras of a sealed fleet; sessions and links end.",
		conflict: "the passwords stand in the camera's settings",
		fields: Object.freeze([
			Object.freeze({ name: "user", type: "string", about: "owner or viewer", example: "viewer", needed: true }),
			Object.freeze({
				name: "password",
				type: "string",
				about: "8 to 64 characters; empty: no viewer",
				example: "correct horse",
			}),
			Object.freeze({ name: "again", type: "string", about: "the same, from forms", example: "correct horse" }),
		]),
		run: (camera: Camera, form: Form): ApiAnswer => {
			const user = form.get("user") ?? "";
			const password = form.get("password") ?? "";
			if (user !== "owner" && user !== "viewer") return { fault: MESSAGES.wrong.user };
			if ((form.get("again") ?? password) !== password) return { fault: MESSAGES.wrong.again };
			if (!isPassword(password) && !(user === "viewer" && password === "")) return { fault: MESSAGES.wrong.password };
			if (!camera.credentials.setPassword(user, password))
				return { fault: MESSAGES.wrong.passwordsPinned, status: 409 };
			return { renew: true };
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/links",
		need: "owner",
		about: "Makes a link that lets whoever has it look, until it ends.",
		fields: Object.freeze([
			Object.freeze({ name: "hours", type: "number", about: "1 to 8784", example: 24, needed: true }),
		]),
		example: { url: "http://198.51.100.7:8080/?link=v…", token: "v…", hours: 24 },
		run: (camera: Camera, form: Form, request: HttpRequest): ApiAnswer => {
			const hours = Number(form.get("hours"));
			if (!(hours >= 1 && hours <= LINK_HOURS_MAX)) return { fault: MESSAGES.wrong.hours(LINK_HOURS_MAX) };
			const token = camera.web.authenticator.issueLink(request.now, hours * 3600);
			const url = `${originOf(request)}/?link=${token}`;
			return { body: { url, token, hours }, page: () => linkPage(url, hours, visitorOf(request)) };
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/logout-all",
		need: "owner",
		about: "Ends all sessions and viewer links, of all cameras of a sealed fleet.",
		run: (camera: Camera): ApiAnswer => {
			camera.credentials.endSessions();
			return DONE;
		},
	}),
]);

const FLEET_OPERATIONS: readonly ApiOperation<Camera>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/key",
		need: "owner",
		about: "Gives an open fleet a key, and shows a join code.",
		example: FLEET_EXAMPLE,
		conflict: "the fleet has a key already",
		run: (camera: Camera) => done(camera, camera.keeper.makeKey(), MESSAGES.wrong.hasKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/invite",
		need: "owner",
		about: "Shows a join code for ten minutes.",
		example: FLEET_EXAMPLE,
		conflict: "the fleet has no key yet",
		run: (camera: Camera) => done(camera, camera.keeper.invite(), MESSAGES.wrong.noKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/join",
		need: "owner",
		about: "Joins the fleet of the camera that shows a join code.",
		example: FLEET_EXAMPLE,
		conflict: "this is no join code, or the fleet has a key already",
		fields: Object.freeze([
			Object.freeze({ name: "code", type: "string", about: "as shown", example: "ABCD-EFGH-IJKL-MNOP", needed: true }),
		]),
		run: (camera: Camera, form: Form) =>
			done(camera, camera.keeper.joinBy(form.get("code") ?? ""), MESSAGES.wrong.code),
	}),
]);

/** What keeps the camera itself well. */
const CARE_OPERATIONS: readonly ApiOperation<Camera>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/settings",
		need: "owner",
		about:
			"The settings that can be changed here: the values in use, and the changes, which take effect after a restart.",
		example: SETTINGS_EXAMPLE,
		run: (camera: Camera) => ({ body: camera.desk.view }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/settings",
		need: "owner",
		about:
			"Changes settings, each by its name; an empty value restores what the program was started with. Takes effect after a restart.",
		example: CHANGED_EXAMPLE,
		fields: settingFields(CAMERA_SCHEMA),
		run: (camera: Camera, form: Form): ApiAnswer => {
			const fault = camera.desk.change(form);
			return fault === undefined ? { body: { ...camera.desk.view, restart: true } } : { fault };
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/picture",
		need: "owner",
		about: "Sets the quality of the pictures.",
		conflict: "the source of the pictures offers no choice",
		fields: Object.freeze([
			Object.freeze({ name: "quality", type: "number", about: "1 to 100", example: 80, needed: true }),
		]),
		run: (camera: Camera, form: Form): ApiAnswer => {
			const value = Number(form.get("quality"));
			const { quality } = camera.host.source;
			if (quality === undefined) return { fault: MESSAGES.wrong.noQuality, status: 409 };
			if (!(value >= 1 && value <= 100)) return { fault: MESSAGES.wrong.quality };
			quality.set(Math.round(value));
			keepQuality(camera.host.store, quality.value);
			camera.web.changed();
			return DONE;
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/time",
		need: "owner",
		about: "Tells a camera that has no clock what time it is.",
		conflict: "the camera keeps its own time",
		fields: Object.freeze([
			Object.freeze({
				name: "utc",
				type: "number",
				about: "milliseconds since 1970",
				example: 1795000000000,
				needed: true,
			}),
		]),
		run: (camera: Camera, form: Form): ApiAnswer => {
			const utc = Number(form.get("utc"));
			if (camera.host.setTime === undefined) return { fault: MESSAGES.wrong.ownTime, status: 409 };
			if (!(utc > 1.7e12 && utc < 4.1e12)) return { fault: MESSAGES.wrong.time };
			camera.host.setTime(utc);
			camera.web.changed();
			return DONE;
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/restart",
		need: "owner",
		about: "Lets the camera leave in order and begin anew.",
		conflict: "this host can't restart its camera",
		run: (camera: Camera): ApiAnswer => {
			if (camera.host.restart === undefined) return { fault: MESSAGES.wrong.noRestart, status: 409 };
			camera.restart();
			return { page: () => restartPage(camera.identity.boot) };
		},
	}),
]);

/**
 * The operations of a camera for programs; the forms on its pages use the same. A table of the module, so that it costs
 * no memory on a device.
 */
export const CAMERA_OPERATIONS: readonly ApiOperation<Camera>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/status",
		need: "viewer",
		about: "All that is known of this camera.",
		example: STATUS_EXAMPLE,
		run: (camera: Camera) => ({ body: statusJson(camera) }),
	}),
	Object.freeze({
		method: "GET",
		path: "/api/v1/cameras",
		need: "viewer",
		about: "All cameras of the fleet, with links that are good for a few minutes.",
		example: CAMERAS_EXAMPLE,
		run: (camera: Camera, _form: Form, request: HttpRequest) => ({ body: camerasJson(camera, request) }),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/name",
		need: "owner",
		about: "Gives a camera of the fleet a name.",
		fields: Object.freeze([
			Object.freeze({ name: "name", type: "string", about: "1 to 48 octets", example: "Garden", needed: true }),
		]),
		run: (camera: Camera, form: Form, _request: HttpRequest, [id]: readonly string[]) =>
			camera.rename(id, (form.get("name") ?? "").trim()) ? DONE : { fault: MESSAGES.wrong.name },
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/mapping",
		need: "owner",
		about: "Throws the switch of port assignment: on, the camera can be seen from the Internet.",
		fields: Object.freeze([
			Object.freeze({ name: "on", type: "string", about: "yes or no", example: "yes", needed: true }),
		]),
		run: (camera: Camera, form: Form): ApiAnswer => {
			const on = readSwitch(form.get("on"));
			if (on === undefined) return { fault: MESSAGES.wrong.on };
			camera.setMapping(on);
			return DONE;
		},
	}),
	...MOTION_OPERATIONS,
	...ACCESS_OPERATIONS,
	...FLEET_OPERATIONS,
	...CARE_OPERATIONS,
	Object.freeze({
		method: "GET",
		path: "/api/v1/openapi.json",
		need: "viewer",
		about: "This document.",
		example: DOCUMENT_EXAMPLE,
		run: () => ({ body: openApi(CAMERA_OPERATIONS) }),
	}),
]);

function done({ keeper }: Camera, fine: boolean, fault: string): ApiAnswer {
	return fine ? { body: keeper.view, renew: true } : { fault, status: 409 };
}
