import assert from "node:assert/strict";
import { VirtualMachine } from "../../../hosts/virtual/virtual-machine";
import { IPV6 } from "../../../src/app/ipv6/ipv6-extra";
import type { Node } from "../../../src/app/node";
import { onvif } from "../../../src/app/onvif/onvif-extra";
import { ledger } from "../../../src/app/origin/ledger-part";
import { RELAYS } from "../../../src/app/origin/relays-extra";
import { BY_RULE, rtspServer } from "../../../src/app/stream/rtsp-extra";
import { OpenApiPart } from "../../../src/app/system/open-api-part";
import { ANSWERS } from "../../../src/app/system/schemas/all-answers";
import { FileLedger } from "../../../src/relay/file-ledger";
import { InlineLumaReader } from "../../../src/storage/motion/inline-luma-reader";
import type { ApiOperation } from "../../../src/web/api";
import { openApi } from "../../../src/web/open-api";
import {
	AnswerChecker,
	type ApiDocument,
	answerType,
	documentedOperations,
	exampleTarget,
} from "../../support/open-api";
import { PeerWorld } from "../../support/peer-world";
import { RelayScene } from "../../support/relay-scene";
import { VirtualHome } from "../../support/virtual-home";
import { HomeNas } from "../../support/virtual-nas";
import { beginRendezvous } from "../../support/virtual-rendezvous";

const KEY = "a-key-of-the-whole-home";

/** Routes for browsers, and for other devices by protocols of their own, which the document leaves out. */
const NOT_DESCRIBED: readonly RegExp[] = [
	// Pages with their styles, scripts and icons; the form of the login.
	/^GET \/(?!metrics)[a-z0-9-]*(?:\.(?:css|js|webmanifest|svg|png|ico))?$/,
	/^GET \/fleet\/(?:ways|devices(?:\.(?:css|js))?)$/,
	/^(?:GET|POST) \/log(?:in|out)$/,
	/^GET \/portal\/qr\.svg$/,
	/^GET \/(?:to|relays\/watch)\/\{id\}(?:\/portal)?$/,
	/^GET \/(?:relay|rtsp|nas)\/\*$/,
	// The gateway's UPnP; relays, which sign what they send; signals of browsers.
	/^GET \/description\.xml$/,
	/^NOTIFY \/gateway\/events/,
	/^POST \/api\/v1\/(?:metering|relays)$/,
	/^GET \/watch\/signal$/,
	// ONVIF.
	/^POST \/onvif\//,
	// WebDAV.
	/^[A-Z]+ \/dav(?:\/\*)?$/,
];

/** The document of an appliance. */
function documentOf(node: Node): ApiDocument {
	const part = node.parts.find((part) => part instanceof OpenApiPart);
	assert.ok(part instanceof OpenApiPart);
	return JSON.parse(JSON.stringify(part.build()));
}

/** Splits an answer. */
function bodyOf(answer: string): { readonly status: number; readonly type: string; readonly body: string } {
	const end = answer.indexOf("\r\n\r\n");
	const type = /\r\nContent-Type: ([^\r;]+)/.exec(answer.slice(0, end))?.[1] ?? "";
	return { status: Number(answer.slice(9, 12)), type, body: Buffer.from(answer.slice(end + 4), "latin1").toString() };
}

describe("web/open-api", () => {
	const home = new VirtualHome(1);
	const disk = new VirtualMachine(home.world, "disk").files;
	home.extras = [
		rtspServer({ table: BY_RULE }),
		RELAYS,
		IPV6,
		onvif({ luma: new InlineLumaReader(), fps: 10 }),
		ledger(() => new FileLedger(disk, (run) => home.world.after(0, run))),
	];
	const relays = new RelayScene(1);
	const rendezvous = beginRendezvous(new PeerWorld(1).host("server", "8.0.0.9"));
	const documents = new Map<string, ApiDocument>();
	const nodes = new Map<string, Node>();
	let nas: HomeNas;

	before(() => {
		home.add({ "fleet-key": KEY });
		home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
		nas = new HomeNas(home, 50, { "fleet-key": KEY });
		home.world.runFor(15_000);
		relays.run(1);
		nodes.set("camera", home.cameras[0].camera);
		nodes.set("NAS", nas.nas);
		nodes.set("relay", relays.first.relay);
		nodes.set("rendezvous", rendezvous);
		for (const [kind, node] of nodes) documents.set(kind, documentOf(node));
	});

	const all = () =>
		[...documents].flatMap(([kind, document]) =>
			documentedOperations(document).map((named) => ({ kind, document, ...named })),
		);

	it("serves a document that is valid by the schema of OpenAPI 3.1, at each kind of appliance", async () => {
		// It is an ECMAScript module.
		const { Validator } = await import("@seriousme/openapi-schema-validator");
		for (const [kind, document] of documents) {
			const validator = new Validator();
			const result = await validator.validate(document as unknown as Record<string, unknown>);
			assert.deepEqual(result, { valid: true }, kind);
			assert.equal(validator.version, "3.1");
		}
		const answer = bodyOf(home.get("http://192.168.0.11:8000/api/v1/openapi.json", home.neighbour));
		assert.deepEqual(JSON.parse(answer.body), documents.get("camera"));
	});

	it("gives every operation a summary, a unique identifier, examples, and a schema that its answer's example fits", () => {
		const checkers = new Map([...documents].map(([kind, document]) => [kind, new AnswerChecker(document)]));
		for (const { kind, name, operation } of all()) {
			assert.match(operation.summary, /^[A-Z].*\.$/, name);
			const type = answerType(operation);
			const { schema, example } = operation.responses["200"].content?.[type] ?? {};
			assert.ok(schema, `${kind}: ${name}`);
			if (type === "application/json") checkers.get(kind)?.check(name, example);
			else assert.ok(schema.format === "binary" || typeof example === "string", name);
			const body = operation.requestBody?.content["application/json"];
			if (body === undefined) continue;
			assert.ok(Object.keys(body.example).length > 0, `${name} takes`);
			const { properties, required = [] } = body.schema;
			for (const key of Object.keys(body.example)) assert.ok(key in properties, `${name}: ${key}`);
			for (const key of required) assert.ok(key in body.example, `${name}: ${key}`);
			for (const { examples } of Object.values(properties)) assert.equal(examples.length, 1, name);
		}
		for (const [kind, document] of documents) {
			const identifiers = documentedOperations(document).map(({ operation }) => operation.operationId);
			assert.equal(new Set(identifiers).size, identifiers.length, kind);
		}
	});

	it("has no schema for operations that nothing serves", () => {
		const served = new Set(all().map(({ name }) => name));
		const ELSEWHERE = ["GET /api/v1/peer", "GET /api/v1/tunnels", "POST /api/v1/pairings"];
		for (const { operation } of ANSWERS) assert.ok(served.has(operation) || ELSEWHERE.includes(operation), operation);
	});

	it("describes all routes but pages and protocols between devices, media and metrics included (IMG-16)", () => {
		for (const [kind, node] of nodes) {
			const described = new Set(documentedOperations(documents.get(kind) as ApiDocument).map(({ name }) => name));
			for (const { routes = [] } of node.parts) {
				for (const { method, path } of routes) {
					const name = `${method} ${path}`;
					const isLeftOut = NOT_DESCRIBED.some((pattern) => pattern.test(name));
					assert.notEqual(described.has(name), isLeftOut, `${kind}: ${name}`);
				}
			}
		}
		const camera = new Set(
			all()
				.filter(({ kind }) => kind === "camera")
				.map(({ path }) => path),
		);
		for (const path of ["/snapshot.jpg", "/stream.mjpeg", "/metrics"]) assert.ok(camera.has(path), path);
		const recorder = new Set(
			all()
				.filter(({ kind }) => kind === "NAS")
				.map(({ path }) => path),
		);
		for (const path of [
			"/recordings/{key}/export.mkv",
			"/api/v1/recordings/{key}/lock",
			"/api/v1/recordings/{key}/picture",
		])
			assert.ok(recorder.has(path), path);
		assert.ok(!recorder.has("/snapshot.jpg"), "a NAS has no picture of its own");
	});

	it("answers each GET of a camera and a NAS as its schema says, with no member that is not in it", () => {
		const { id } = home.cameras[0].camera.identity;
		for (const [kind, base] of [
			["camera", "http://192.168.0.11:8000"],
			["NAS", nas.url],
		]) {
			const document = documents.get(kind) as ApiDocument;
			const checker = new AnswerChecker(document);
			let checked = 0;
			for (const named of documentedOperations(document)) {
				const { name, method, operation } = named;
				if (method !== "GET" || answerType(operation) !== "application/json") continue;
				const { status, type, body } = bodyOf(home.get(base + exampleTarget(named, { key: id, id }), home.neighbour));
				assert.ok(`${status}` in operation.responses, `${kind}: ${name}: ${status}`);
				assert.equal(type, "application/json", `${kind}: ${name}: ${status} ${body}`);
				checker.check(name, JSON.parse(body), status);
				if (status === 200) checked++;
			}
			assert.ok(checked >= 8, `${kind}: ${checked}`);
		}
	});

	it("calls its error schema Problem, and has it wherever an operation refuses with JSON", () => {
		for (const { kind, document, name, operation } of all()) {
			assert.ok(!("Error" in document.components.schemas), kind);
			for (const status of ["400", "404", "409", "503", "507"]) {
				const content = operation.responses[status]?.content;
				if (content === undefined || !name.includes(" /api/")) continue;
				assert.deepEqual(content["application/json"].schema, { $ref: "#/components/schemas/Problem" }, name);
			}
		}
	});

	it("documents 409 and 507 of operations that change something, and 403 where one needs the owner", () => {
		const base = { about: "Does it.", run: () => ({ body: {} }) };
		const cases: readonly (readonly [ApiOperation<never>, string])[] = [
			[{ ...base, method: "GET", path: "/api/v1/a", need: "viewer" }, "200 401 429"],
			[{ ...base, method: "POST", path: "/api/v1/b", need: "owner", conflict: "no" }, "200 303 401 403 409 429 507"],
			[
				{
					...base,
					method: "POST",
					path: "/api/v1/c/{id}",
					need: "viewer",
					fields: [{ name: "x", type: "string", about: "x", example: "y" }],
				},
				"200 303 400 401 409 429 507",
			],
		];
		for (const [operation, statuses] of cases) {
			const [{ operation: described }] = documentedOperations(openApi([operation], []) as ApiDocument);
			assert.equal(Object.keys(described.responses).join(" "), statuses, operation.path);
		}
	});
});
