import type { ApiField, ApiOperation } from "./api";

/** Describes operations as an OpenAPI document. @see OpenAPI Specification 3.1 */
export function openApi(operations: readonly ApiOperation<never>[]): unknown {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const operation of operations) {
		const path = paths[operation.path] ?? {};
		path[operation.method.toLowerCase()] = describe(operation);
		paths[operation.path] = path;
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "Porthole camera",
			version: "1",
			description: "What the pages of a camera do, for programs. A form is taken as well as a JSON object.",
		},
		security: [{ digest: [] }, { link: [] }],
		paths,
		components: {
			securitySchemes: {
				digest: { type: "http", scheme: "digest", description: "RFC 7616 with SHA-256; users owner and viewer" },
				link: { type: "http", scheme: "bearer", description: "the token of a viewer link" },
			},
			schemas: {
				Error: { type: "object", properties: { error: { type: "string" } }, required: ["error"] },
			},
		},
	};
}

function describe({ path, method, about, need, fields, example }: ApiOperation<never>): unknown {
	const json = (content: Record<string, unknown>) => ({ "application/json": content });
	const brace = path.indexOf("{");
	const name = path.slice(brace + 1, path.indexOf("}"));
	const failure = (description: string) => ({
		description,
		content: json({ schema: { $ref: "#/components/schemas/Error" } }),
	});
	return {
		summary: about,
		operationId: `${method.toLowerCase()}${path.split("/").slice(3).map(word).join("")}`,
		tags: [need],
		...(brace < 0 ? {} : { parameters: [{ name, in: "path", required: true, schema: { type: "string" } }] }),
		...(fields === undefined ? {} : { requestBody: { required: true, content: bodyOf(fields) } }),
		responses: {
			"200": {
				description: "done",
				content: json({ schema: { type: "object" }, ...(example === undefined ? {} : { example }) }),
			},
			...(fields === undefined ? {} : { "400": failure("what was sent is not as it should be") }),
			"401": { description: "not logged in" },
			"403": { description: `only for the ${need}` },
		},
	};
}

function bodyOf(fields: readonly ApiField[]): Record<string, unknown> {
	const properties: Record<string, unknown> = {};
	for (const { name, type, about } of fields) properties[name] = { type, description: about };
	const required = fields.filter((field) => field.needed === true).map((field) => field.name);
	const schema = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
	const example: Record<string, unknown> = {};
	for (const field of fields) if (field.needed === true || required.length === 0) example[field.name] = field.example;
	return {
		"application/json": { schema, example },
		"application/x-www-form-urlencoded": { schema },
	};
}

/** A segment of a path as part of a name: `{id}` → `Id`, `logout-all` → `LogoutAll`. */
function word(segment: string): string {
	let text = "";
	let upper = true;
	for (const letter of segment) {
		if (letter === "{" || letter === "}") continue;
		if (letter === "-" || letter === ".") {
			upper = true;
			continue;
		}
		text += upper ? letter.toUpperCase() : letter;
		upper = false;
	}
	return text;
}
