import { EVENTS_SCHEMA } from "./events-schema";
import { FILES_SCHEMA } from "./files-schema";
import { NAS_LIVE_SCHEMA } from "./live-schema";
import { RECORDER_SCHEMA } from "./recorder-schema";
import { RTSP_SERVER_SETTINGS, RTSP_TITLE } from "./rtsp-server-schema";
import { mergeSchemas, schema, type ValuesOf } from "./schema";
import { integer, type SettingValue, text } from "./setting";
import { SHARED_SCHEMA } from "./shared-schema";
import { STREAM_LINK_SCHEMA } from "./stream-link-schema";
import { withDefaults, withDevice, withHelp } from "./with-defaults";

/** Settings of how much a NAS keeps. */
const STORAGE_SCHEMA = schema("Storage", {
	storageLimit: integer({
		min: 0,
		max: 1_000_000,
		default: 0,
		unit: "GB",
		placeholder: "GB",
		editable: true,
		restart: true,
		help: "how much all recordings may take; the oldest are deleted first; 0: as much as the disk has room for",
	}),
	keepDays: integer({
		min: 0,
		max: 36_500,
		default: 0,
		unit: "days",
		editable: true,
		restart: true,
		help: "how long recordings are kept; 0: until the space is needed",
	}),
	keepFree: integer({
		min: 0,
		max: 1_000_000,
		default: 2,
		unit: "GB",
		placeholder: "GB",
		editable: true,
		restart: true,
		help: "how much of the disk stays free for other programs, but never more than a tenth of it",
	}),
});

/** Settings of the stream server of a NAS. */
const NAS_RTSP_SCHEMA = schema(RTSP_TITLE, {
	...RTSP_SERVER_SETTINGS,
	addressTable: text({
		placeholder: "FILE",
		expected: "the path of a file",
		help: "the address management table, where streams leave by another interface than control; docs/stream-server.md describes it",
	}),
});

/** Defaults of a NAS that differ from a camera's: where there is a camera, that is the representative (STR-27). */
const DEFAULTS: ReadonlyMap<string, SettingValue> = new Map<string, SettingValue>([
	["name", "NAS"],
	["priority", 10],
]);

/** Help texts that would speak of a camera. */
const HELP: ReadonlyMap<string, string> = new Map([["name", "name of this NAS until it is renamed on a page"]]);

/** The settings of a NAS on every host: those of its parts. */
export const NAS_SCHEMA = mergeSchemas(
	withHelp(withDevice(withDefaults(SHARED_SCHEMA, DEFAULTS), "NAS"), HELP),
	NAS_LIVE_SCHEMA,
	STORAGE_SCHEMA,
	RECORDER_SCHEMA,
	NAS_RTSP_SCHEMA,
	STREAM_LINK_SCHEMA,
	EVENTS_SCHEMA,
	FILES_SCHEMA,
);

/** The values of {@link NAS_SCHEMA}. */
export type NasSettings = ValuesOf<typeof NAS_SCHEMA>;
