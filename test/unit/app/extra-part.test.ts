import assert from "node:assert/strict";
import type { Camera, ExtraPart } from "../../../src/app/camera/camera";
import { get, type Metric, type NavigationLink, type Part, type Route, type SiteRequest } from "../../../src/app/part";
import type { HttpReply } from "../../../src/http/http-request";
import { schema, type ValuesOf } from "../../../src/settings/schema";
import { text } from "../../../src/settings/setting";
import type { ApiOperation } from "../../../src/web/api";
import { escapeHtml } from "../../../src/web/escape-html";
import type { Notice } from "../../../src/web/notices";
import { Page } from "../../../src/web/page";
import { pageHeader } from "../../../src/web/page-header";
import type { FleetService } from "../../../src/wire/fleet-service";
import { loginFor } from "../../support/home-answer";
import { VirtualHome } from "../../support/virtual-home";

const GREETING_SCHEMA = schema("Greeting", {
	greeting: text({ default: "Hello", expected: "a word", editable: true, restart: true, help: "how to greet" }),
});

const ROUTES: readonly Route<GreetingPart>[] = [
	get("/greeting", (part: GreetingPart, request, reply) => part.page(request, reply)),
	{
		method: "PUT",
		path: "/greeting/*",
		need: "owner",
		body: "stream",
		run: (part: GreetingPart, _request, reply) => part.upload(reply),
	},
];

const SERVICES: readonly FleetService[] = [
	{ kind: "greet", port: 7000, externalPort: 0, path: "/greeting", secure: false },
];

const OPERATIONS: readonly ApiOperation<GreetingPart>[] = [
	{
		method: "POST",
		path: "/api/v1/greeting",
		need: "owner",
		about: "Greets somebody.",
		fields: [{ name: "name", type: "string", about: "whom", example: "Ada", needed: true }],
		run: (part: GreetingPart, form) => ({ body: part.greet(form.get("name") ?? "") }),
	},
];

/** All that a part can bring, in one file. */
class GreetingPart implements Part {
	readonly routes = ROUTES;
	readonly operations = OPERATIONS;
	readonly navigation: readonly NavigationLink[] = [{ path: "/greeting", label: "Greeting", need: "viewer" }];
	private greeted = 0;

	constructor(
		private readonly camera: Camera,
		private readonly settings: ValuesOf<typeof GREETING_SCHEMA>,
	) {}

	page(request: SiteRequest, reply: HttpReply): void {
		const visitor = this.camera.site.visitor(request);
		const body = `<main>${escapeHtml(this.settings.greeting)}</main>`;
		new Page("Greeting", [pageHeader("Greeting", "/greeting", visitor), body]).reply(reply);
	}

	/** Takes a body of any length, in pieces. */
	upload(reply: HttpReply): void {
		let octets = 0;
		reply.receive({
			take: (_now, _bytes, start, end) => {
				octets += end - start;
				return true;
			},
			end: () => reply.send(201, "text/plain", `${octets} octets`),
			abort() {},
		});
	}

	greet(name: string): unknown {
		this.greeted++;
		return { text: `${this.settings.greeting}, ${name}` };
	}

	services(): readonly FleetService[] {
		return SERVICES;
	}

	notices(): readonly Notice[] {
		return [{ message: "Somebody waits.", remedy: "Say hello." }];
	}

	status(): Record<string, unknown> {
		return { greeted: this.greeted };
	}

	metrics(): readonly Metric[] {
		return [["greetings_total", "counter", "Greetings", this.greeted]];
	}
}

const GREETING: ExtraPart = {
	settings: GREETING_SCHEMA,
	make: (camera) => new GreetingPart(camera, camera.settings as unknown as ValuesOf<typeof GREETING_SCHEMA>),
};

describe("app/extra-part", () => {
	const home = new VirtualHome(1);
	home.extras = [GREETING];
	home.add({ greeting: "Ahoy" });
	const base = "http://192.168.0.11:8000";
	const ask = (path: string) => home.get(`${base}${path}`, home.neighbour);

	before(() => void home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port"));

	it("serves a page, which the navigation of all pages links to", () => {
		assert.match(ask("/greeting"), /<main>Ahoy<\/main>/);
		assert.match(ask("/camera"), /<a href="\/greeting">Greeting<\/a>/);
	});

	it("requires a login for its page", () => {
		const answer = home.exchange("GET", `${base}/greeting`, "", "", home.neighbour, 3000);
		assert.match(answer, /^HTTP\/1.1 401/);
	});

	it("takes an upload that is longer than a form may be", () => {
		const url = `${base}/greeting/hymn`;
		const stranger = home.exchange("PUT", url, "", "", home.neighbour, 3000);
		const fields = `${loginFor(stranger, "PUT", "/greeting/hymn")}\r\nContent-Length: 50000\r\n`;
		const answer = home.exchange("PUT", url, "x".repeat(50000), fields, home.neighbour, 3000);
		assert.match(answer, /^HTTP\/1\.1 201 [\s\S]*50000 octets$/);
	});

	it("serves an operation, which the OpenAPI document describes", () => {
		assert.match(home.post(`${base}/api/v1/greeting`, "name=Ada", home.neighbour), /"text":"Ahoy, Ada"/);
		assert.match(ask("/api/v1/openapi.json"), /Greets somebody\./);
	});

	it("adds to status, metrics and notices", () => {
		assert.match(ask("/api/v1/status"), /"greeted":1/);
		assert.match(ask("/metrics"), /# TYPE porthole_greetings_total counter\nporthole_greetings_total 1\n/);
		assert.match(ask("/portal"), /Somebody waits\./);
	});

	it("announces a service to the other cameras", () => {
		home.add();
		const [, other] = home.cameras;
		const known = () => other.camera.fleet.registry.sorted()[0]?.service("greet");
		home.until(() => known() !== undefined, 40_000, "the other camera knows of the service");
		assert.deepEqual(known(), SERVICES[0]);
	});

	it("has a setting that the owner can change, and rejects invalid values", () => {
		assert.match(ask("/api/v1/settings"), /"greeting":"Ahoy"/);
		assert.match(home.post(`${base}/api/v1/settings`, "greeting=Hi", home.neighbour), /"changed":\{"greeting":"Hi"\}/);
		// The fields of a form that nobody touched are no changes.
		const untouched = home.post(`${base}/api/v1/settings`, "greeting=Hi&http-port=8000&host-name=", home.neighbour);
		assert.match(untouched, /"changed":\{"greeting":"Hi"\}/);
		home.cameras[0].camera.leave(() => {});
		home.world.runFor(5000);
		home.cameras[0].restart();
		home.until(() => home.ports[0] !== 0, 20_000, "the camera is back");
		assert.match(ask("/greeting"), /<main>Hi<\/main>/);
	});
});
