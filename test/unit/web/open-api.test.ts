import assert from "node:assert/strict";
import { LEDGER_API } from "../../../src/app/origin/ledger-api";
import { RELAYS_OPERATIONS } from "../../../src/app/origin/relays-part";
import type { Part } from "../../../src/app/part";
import { API_EXAMPLES } from "../../../src/app/system/api-examples";
import type { ApiOperation } from "../../../src/web/api";
import { openApi } from "../../../src/web/open-api";
import { type ApiDocument, assertLike, documentedOperations } from "../../support/open-api";
import { RelayScene } from "../../support/relay-scene";
import { VirtualHome, WAN } from "../../support/virtual-home";

function operationsOf({ operations = [], described = [] }: Part) {
	return [...operations, ...described];
}

describe("web/open-api", () => {
	let document: ApiDocument;

	before(() => {
		const home = new VirtualHome(1);
		home.add();
		home.until(() => home.ports[0] === 8080, 20_000, "the camera has its port");
		const answer = home.get(`http://${WAN}:8080/api/v1/openapi.json`);
		document = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
	});

	it("serves a document that is valid by the schema of OpenAPI 3.1", async () => {
		// It is an ECMAScript module.
		const { Validator } = await import("@seriousme/openapi-schema-validator");
		const validator = new Validator();
		const result = await validator.validate(document as unknown as Record<string, unknown>);
		assert.deepEqual(result, { valid: true });
		assert.equal(validator.version, "3.1");
	});

	it("gives every operation a summary, a unique identifier, and examples of request and answer", () => {
		const operations = documentedOperations(document);
		assert.ok(operations.length >= 17, `${operations.length} operations`);
		assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
		for (const { name, operation } of operations) {
			assert.match(operation.summary, /^[A-Z].*\.$/, name);
			const answer = operation.responses["200"].content["application/json"].example;
			assert.ok(answer, `${name} answers`);
			assertLike(name, answer, answer);
			const body = operation.requestBody?.content["application/json"];
			if (body === undefined) continue;
			assert.ok(Object.keys(body.example).length > 0, `${name} takes`);
			const { properties, required = [] } = body.schema;
			for (const key of Object.keys(body.example)) assert.ok(key in properties, `${name}: ${key}`);
			for (const key of required) assert.ok(key in body.example, `${name}: ${key}`);
			for (const { examples } of Object.values(properties)) assert.equal(examples.length, 1, name);
		}
	});

	it("describes relay and ledger, with parameters and other media types than JSON", async () => {
		const scene = new RelayScene(1);
		scene.run(1);
		const described = [...LEDGER_API, ...RELAYS_OPERATIONS, ...scene.first.relay.parts.flatMap(operationsOf)];
		const built = openApi(described, API_EXAMPLES) as ApiDocument;
		const { Validator } = await import("@seriousme/openapi-schema-validator");
		const result = await new Validator().validate(built as unknown as Record<string, unknown>);
		assert.deepEqual(result, { valid: true });
		const operations = documentedOperations(built);
		for (const path of ["ledger", "ledger/sums", "ledger/unrecorded", "relay", "relays", "relays/key", "relays/links"])
			assert.ok(
				operations.some((operation) => operation.path === `/api/v1/${path}`),
				path,
			);
		for (const { name, operation } of operations) {
			const { content } = operation.responses["200"];
			if (content["text/csv"] === undefined)
				assertLike(name, content["application/json"].example, content["application/json"].example);
			else assert.equal(name, "GET /api/v1/ledger/records.csv");
		}
	});

	it("documents 409 where an operation can conflict, and 403 where it needs the owner", () => {
		const base = { about: "Does it.", run: () => ({ body: {} }) };
		const cases: readonly (readonly [ApiOperation<never>, string])[] = [
			[{ ...base, method: "GET", path: "/api/v1/a", need: "viewer" }, "200 401 429"],
			[{ ...base, method: "POST", path: "/api/v1/b", need: "owner", conflict: "no" }, "200 303 401 403 409 429"],
			[
				{
					...base,
					method: "POST",
					path: "/api/v1/c/{id}",
					need: "viewer",
					fields: [{ name: "x", type: "string", about: "x", example: "y" }],
				},
				"200 303 400 401 429",
			],
		];
		for (const [operation, statuses] of cases) {
			const [{ operation: described }] = documentedOperations(openApi([operation], []) as ApiDocument);
			assert.equal(Object.keys(described.responses).join(" "), statuses, operation.path);
		}
	});
});
