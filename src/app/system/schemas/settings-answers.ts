import { answer, type DescribedAnswer, flag, mapOf, named, object, text } from "../../../web/json-schema";

const NOW = mapOf(text(), "by name: the values in use");
const CHANGED = mapOf(text(), "by name: the owner's changes, of which some take effect after a restart");

const SETTINGS_SCHEMA = named("Settings", object({ now: NOW, changed: CHANGED }));
const CHANGED_SCHEMA = named(
	"ChangedSettings",
	object({ now: NOW, changed: CHANGED, restart: flag("whether some of them take effect after a restart only") }),
);
const SETTINGS_EXAMPLE = Object.freeze({
	now: Object.freeze({ "http-port": "8000", "host-name": "" }),
	changed: Object.freeze({ "host-name": "cams.example.org" }),
});

/** What operations on settings and accounts answer. */
export const SETTINGS_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/settings", SETTINGS_SCHEMA, SETTINGS_EXAMPLE),
	answer("POST /api/v1/settings", CHANGED_SCHEMA, Object.freeze({ ...SETTINGS_EXAMPLE, restart: true })),
]);
