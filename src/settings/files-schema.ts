import { schema } from "./schema";
import { integer } from "./setting";

/** Settings of the file server of a NAS. */
export const FILES_SCHEMA = schema("File server", {
	filesLimit: integer({
		min: 0,
		max: 1_000_000,
		default: 0,
		unit: "GB",
		placeholder: "GB",
		editable: true,
		restart: true,
		help: "how much all uploaded files together may take; 0: as much as the disk has room for",
	}),
});
