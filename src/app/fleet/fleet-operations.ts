import { type ApiAnswer, type ApiOperation, DONE } from "../../web/api";
import { MESSAGES } from "../../web/messages";
import type { SiteRequest } from "../part";
import type { FleetKeyManager } from "./fleet-key-manager";

/** The part of a device on which the operations of its fleet act. */
export interface FleetOperator {
	readonly keys: Pick<FleetKeyManager, "makeKey" | "invite" | "joinBy">;
	/** Gives a camera of the fleet a name. @returns false when it cannot have it */
	rename(id: string, name: string): boolean;
	/** Forgets an absent camera. */
	forget(id: string): void;
	/** Takes a device of the LAN into this fleet. */
	add(id: string, password: string): ApiAnswer;
	/** The answer of an operation on the key. @param fault why it was not done */
	answer(done: boolean, fault: string): ApiAnswer;
}

type Form = ReadonlyMap<string, string>;

/** The operations on the members of a fleet, and on its key. */
export const FLEET_OPERATIONS: readonly ApiOperation<FleetOperator>[] = Object.freeze([
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/name",
		need: "owner",
		about: "Renames a camera of the fleet.",
		fields: Object.freeze([
			Object.freeze({ name: "name", type: "string", about: "1 to 48 octets", example: "Garden", needed: true }),
		]),
		run: (fleet: FleetOperator, form: Form, _request: SiteRequest, [id]: readonly string[]): ApiAnswer =>
			fleet.rename(id, (form.get("name") ?? "").trim()) ? DONE : { fault: MESSAGES.wrong.name },
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/forget",
		need: "owner",
		about: "Removes a camera that is gone from the portal. It has no effect on a camera that is there.",
		run: (fleet: FleetOperator, _form: Form, _request: SiteRequest, [id]: readonly string[]): ApiAnswer => {
			fleet.forget(id);
			return DONE;
		},
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/cameras/{id}/add",
		need: "owner",
		refusals: Object.freeze([[404, "there is no such device in the LAN, or it is in this fleet already"] as const]),
		about:
			"Takes a device in the LAN into this fleet, which gets a key if it has none and the password is right. The device must still have the password that it has drawn at its first start; GET /api/v1/cameras says how it went.",
		fields: Object.freeze([
			Object.freeze({
				name: "password",
				type: "string",
				about: "of the device's owner, as it was drawn at the first start",
				example: "ABCD-EFGH-IJKL",
				needed: true,
			}),
		]),
		run: (fleet: FleetOperator, form: Form, _request: SiteRequest, [id]: readonly string[]): ApiAnswer =>
			fleet.add(id, (form.get("password") ?? "").trim()),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/key",
		need: "owner",
		about: "Creates a key for a fleet that has none, and shows a join code.",
		conflict: "the fleet already has a key",
		run: (fleet: FleetOperator) => fleet.answer(fleet.keys.makeKey(), MESSAGES.wrong.hasKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/invite",
		need: "owner",
		about: "Shows a join code for ten minutes.",
		conflict: "the fleet has no key yet",
		run: (fleet: FleetOperator) => fleet.answer(fleet.keys.invite(), MESSAGES.wrong.noKey),
	}),
	Object.freeze({
		method: "POST",
		path: "/api/v1/fleet/join",
		need: "owner",
		about: "Joins the fleet of the camera that shows a join code.",
		conflict: "the join code is invalid, or the fleet already has a key",
		fields: Object.freeze([
			Object.freeze({ name: "code", type: "string", about: "as shown", example: "ABCD-EFGH-IJKL-MNOP", needed: true }),
		]),
		run: (fleet: FleetOperator, form: Form) =>
			fleet.answer(fleet.keys.joinBy(form.get("code") ?? ""), MESSAGES.wrong.code),
	}),
]);
