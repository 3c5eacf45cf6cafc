import assert from "node:assert/strict";
import type { Part } from "../../../../src/app/part";
import { ARCHIVE_SCHEMA } from "../../../../src/settings/archive-schema";
import { MQTT_SCHEMA } from "../../../../src/settings/mqtt-schema";
import { VirtualHome } from "../../../support/virtual-home";
import { HomeNas } from "../../../support/virtual-nas";

/** What a NAS adds to the pages that every device has. */
const OWN = [
	"/dav",
	"/recordings",
	"/api/v1/recordings",
	"/timeline",
	"/events",
	"/api/v1/events",
	"/nas",
	"/api/v1/nas",
];
const READING = ["GET", "OPTIONS", "PROPFIND"];

describe("app/nas: who may do what", () => {
	const { nas } = new HomeNas(new VirtualHome(1), 40);
	const all = nas.parts.flatMap(({ routes = [], operations = [] }: Part) => [
		...routes.map(({ method, path, need }) => ({ method, path, need })),
		...operations.map(({ method, path, need }) => ({ method, path, need })),
	]);
	const own = all.filter(({ path }) =>
		OWN.some((start) => path === start || path.startsWith(`${start}/`) || path.startsWith(`${start}.`)),
	);

	it("lets viewers read and change nothing; tickets for pictures open no recordings (STR-11, STR-13, STR-14)", () => {
		assert.ok(own.length > 40, `${own.length} routes`);
		for (const { method, path, need } of own) {
			const wanted = READING.includes(method) ? "viewer" : "owner";
			assert.equal(need, wanted, `${method} ${path}`);
		}
	});

	it("has no resource for everybody that cameras do not have", () => {
		const open = all.filter(({ need }) => need === "anyone" || need === undefined).map(({ path }) => path);
		assert.deepEqual(
			open.filter((path) => own.some((other) => other.path === path)),
			[],
		);
	});

	it("hides the places and passwords in its settings", () => {
		const settings = [...nas.schema.groups, ...ARCHIVE_SCHEMA.groups, ...MQTT_SCHEMA.groups].flatMap(
			(group) => group.settings,
		);
		const secret = settings.filter((setting) => setting.secret === true);
		const names = secret.map(({ name }) => name);
		for (const name of ["archive", "webhook", "webhook-secret", "camera-password", "link-key", "record-urls", "mqtt"])
			assert.ok(names.includes(name), `${name} of ${names.join(", ")}`);
		// The pages and the API show, and take, what can be changed there.
		assert.deepEqual(
			secret.filter(({ editable }) => editable === true).map(({ name }) => name),
			[],
		);
	});
});
