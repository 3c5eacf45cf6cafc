import { answer, type DescribedAnswer, flag, list, mapOf, named, object, text } from "../../../web/json-schema";

const NOW = mapOf(text(), "by name: the values in use");
const CHANGED = mapOf(text(), "by name: the owner's changes");
const PENDING = list(
	text("the name of a setting that was changed, or taken back, and takes effect after a restart only"),
);

const SETTINGS_SCHEMA = named("Settings", object({ now: NOW, changed: CHANGED, pending: PENDING }));
const CHANGED_SCHEMA = named(
	"ChangedSettings",
	object({ now: NOW, changed: CHANGED, pending: PENDING, restart: flag("whether any are pending") }),
);
const SETTINGS_EXAMPLE = Object.freeze({
	now: Object.freeze({ "http-port": "8000", "host-name": "cams.example.org" }),
	changed: Object.freeze({ "http-port": "8010", "host-name": "cams.example.org" }),
	pending: Object.freeze(["http-port"]),
});

/** What operations on settings and accounts answer. */
export const SETTINGS_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer("GET /api/v1/settings", SETTINGS_SCHEMA, SETTINGS_EXAMPLE),
	answer("POST /api/v1/settings", CHANGED_SCHEMA, Object.freeze({ ...SETTINGS_EXAMPLE, restart: true })),
]);
