import { schema, type ValuesOf } from "./schema";
import { onOff } from "./setting";

/** Settings of ONVIF, on hosts that have it. */
export const ONVIF_SCHEMA = schema("ONVIF", {
	onvif: onOff({
		default: true,
		editable: true,
		restart: true,
		help: "let recorders and home automation on the home network find and use this camera by ONVIF; they log in as the user onvif, whose password is on the ONVIF page",
	}),
});

/** The values of {@link ONVIF_SCHEMA}. */
export type OnvifSettings = ValuesOf<typeof ONVIF_SCHEMA>;
