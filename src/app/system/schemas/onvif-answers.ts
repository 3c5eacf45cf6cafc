import { answer, type DescribedAnswer, named, object, text, whole } from "../../../web/json-schema";

const ONVIF_SCHEMA = named(
	"Onvif",
	object({
		url: text("of the device service"),
		user: text(),
		password: text(),
		subscriptions: whole("how many clients wait for motion"),
	}),
);

/** What the operation of ONVIF answers. */
export const ONVIF_ANSWERS: readonly DescribedAnswer[] = Object.freeze([
	answer(
		"GET /api/v1/onvif",
		ONVIF_SCHEMA,
		Object.freeze({
			url: "http://192.168.1.20:8000/onvif/device_service",
			user: "onvif",
			password: "0a1b2-c3d4e-5f607-18293",
			subscriptions: 1,
		}),
	),
]);
