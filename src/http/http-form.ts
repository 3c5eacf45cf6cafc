import { utf8Decode } from "../base/text";
import { parseForm } from "../wire/http-target";
import { parseJsonMembers } from "../wire/json-members";
import { fieldOf } from "../wire/text-message";
import type { HttpRequest } from "./http-request";

/**
 * Reads the body of a request as a form, or as a JSON object. For clients that are logged in: others send forms only.
 * @returns `undefined` if it is neither
 * @see parseJsonMembers
 */
export function formOf({ message }: HttpRequest): Map<string, string> | undefined {
	const type = fieldOf(message, "content-type") ?? "";
	return type.toLowerCase().startsWith("application/json")
		? parseJsonMembers(message.body)
		: parseForm(utf8Decode(message.body));
}
