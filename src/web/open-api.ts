import { type ApiDescription, type ApiField, DONE_BODY } from "./api";

/**
 * Describes operations as an OpenAPI document.
 * @param examples example answers by method and path. @default {@link DONE_BODY}
 * @see OpenAPI Specification 3.1
 */
export function openApi(
	operations: readonly ApiDescription[],
	examples: readonly (readonly [operation: string, example: unknown])[],
): unknown {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const operation of operations) {
		const path = paths[operation.path] ?? {};
		path[operation.method.toLowerCase()] = describe(operation, exampleOf(operation, examples));
		paths[operation.path] = path;
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "Porthole",
			version: "1",
			description:
				"The operations behind the pages of a camera, NAS or relay. Requests may be forms or JSON objects. They may have a field camera with the identity of the camera that they are meant for: another one answers 409 and changes nothing. A change that cannot be stored is answered 507, and nothing is changed.",
		},
		security: [{ digest: [] }, { link: [] }],
		paths,
		components: {
			securitySchemes: {
				digest: {
					type: "http",
					scheme: "digest",
					description: "RFC 7616 with SHA-256 or, unless it is switched off, MD5; users owner and viewer",
				},
				link: { type: "http", scheme: "bearer", description: "the token of a viewer link" },
			},
			schemas: {
				Error: { type: "object", properties: { error: { type: "string" } }, required: ["error"] },
			},
		},
	};
}

function exampleOf(
	{ method, path }: ApiDescription,
	examples: readonly (readonly [operation: string, example: unknown])[],
): unknown {
	for (const [operation, example] of examples) if (operation === `${method} ${path}`) return example;
	return DONE_BODY;
}

/** An example of a camera's identity. */
const ID_EXAMPLE = "14d957c4f6f78bd3";

function describe(description: ApiDescription, example: unknown): unknown {
	const { method, path, about, need, fields, query = [], conflict, type } = description;
	const brace = path.indexOf("{");
	const name = path.slice(brace + 1, path.indexOf("}"));
	const inPath = { name, in: "path", required: true, schema: { type: "string" }, example: ID_EXAMPLE };
	const parameters: unknown[] = brace < 0 ? [] : [inPath];
	for (const { name, type, about, example, needed = false } of query)
		parameters.push({ name, in: "query", required: needed, description: about, schema: { type }, example });
	const answer = type === undefined ? json({ schema: { type: "object" }, example }) : { [type]: { example } };
	return {
		summary: about,
		operationId: `${method.toLowerCase()}${path.split("/").slice(3).map(word).join("")}`,
		tags: [need],
		...(parameters.length === 0 ? {} : { parameters }),
		...(fields === undefined ? {} : { requestBody: { required: true, content: bodyOf(fields) } }),
		responses: {
			"200": { description: "done", content: answer },
			...(method === "GET" ? {} : { "303": { description: "done; a browser is redirected to the page of its form" } }),
			...(fields === undefined && query.length === 0 ? {} : { "400": failure("a parameter is missing or invalid") }),
			"401": { description: "not logged in" },
			...(need === "owner" ? { "403": { description: "only the owner may do this" } } : {}),
			...(conflict === undefined ? {} : { "409": failure(conflict) }),
			"429": { description: "too many wrong passwords; Retry-After says how many seconds to wait" },
		},
	};
}

function json(content: Record<string, unknown>): unknown {
	return { "application/json": content };
}

function failure(description: string): unknown {
	return { description, content: json({ schema: { $ref: "#/components/schemas/Error" } }) };
}

/** Describes the body of requests. Its example has all required parameters, or the first one if none is required. */
function bodyOf(fields: readonly ApiField[]): Record<string, unknown> {
	const properties: Record<string, unknown> = {};
	for (const { name, type, about, example } of fields)
		properties[name] = { type, description: about, examples: [example] };
	const needed = fields.filter((field) => field.needed === true);
	const required = needed.map((field) => field.name);
	const schema = { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
	const example: Record<string, unknown> = {};
	for (const field of needed.length > 0 ? needed : fields.slice(0, 1)) example[field.name] = field.example;
	return {
		"application/json": { schema, example },
		"application/x-www-form-urlencoded": { schema },
	};
}

/** Turns a segment of a path into a part of a name: `{id}` → `Id`, `logout-all` → `LogoutAll`. */
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
