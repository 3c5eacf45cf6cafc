import { type ApiDescription, type ApiField, DONE_BODY } from "./api";
import { type DescribedAnswer, type JsonSchema, named, object, text } from "./json-schema";

/** What went wrong: the body of refusals for programs. It is not called `Error`, which languages have as a type. */
const PROBLEM: JsonSchema = named(
	"Problem",
	object(
		{ error: text("what went wrong, for people") },
		{ field: text("the parameter that is wrong, if it is one") },
		"Why the request was refused; nothing was changed.",
	),
);

/** The body of an answer that has nothing to report. */
const DONE_SCHEMA: JsonSchema = named(
	"Done",
	object({ done: Object.freeze({ const: true }) }, { message: text("what was done, for people") }),
);

/** Schemas with names of their own, by name. */
type Components = Map<string, unknown>;

/**
 * Describes operations as an OpenAPI document.
 * @param answers what they answer with status 200. @default {@link DONE_BODY}
 * @see OpenAPI Specification 3.1
 */
export function openApi(operations: readonly ApiDescription[], answers: readonly DescribedAnswer[]): unknown {
	const byName = new Map(answers.map((answer) => [answer.operation, answer]));
	const components: Components = new Map();
	const paths: Record<string, Record<string, unknown>> = {};
	for (const operation of operations) {
		const { method, path } = operation;
		const entries = paths[path] ?? {};
		entries[method.toLowerCase()] = describe(operation, byName.get(`${method} ${path}`), components);
		paths[path] = entries;
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "Porthole",
			version: "1",
			description:
				"The operations behind the pages of a camera, NAS or relay. Requests may be forms or JSON objects. They may have a field camera with the identity of the device that they are meant for: another one answers 409 and changes nothing. Answers may have more members than described in later versions.",
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
				link: {
					type: "http",
					scheme: "bearer",
					description:
						"the token of a viewer link, which allows no changes; programs that take nothing but a URL append ?link=TOKEN",
				},
			},
			schemas: Object.fromEntries(components),
		},
	};
}

/** Returns a schema as it stands in the document: schemas with names of their own are components. */
function reference(schema: JsonSchema, components: Components): unknown {
	const { title } = schema;
	if (title === undefined) return resolve(schema, components);
	if (!components.has(title)) {
		// Holds the place, in case that it names itself.
		components.set(title, {});
		components.set(title, resolve(schema, components));
	}
	return { $ref: `#/components/schemas/${title}` };
}

function resolve(schema: JsonSchema, components: Components): unknown {
	const { title: _, properties, items, prefixItems, anyOf, additionalProperties, ...rest } = schema;
	const within = (one: JsonSchema): unknown => reference(one, components);
	const members = properties && Object.entries(properties).map(([name, member]) => [name, within(member)] as const);
	return {
		...rest,
		...(members === undefined ? {} : { properties: Object.fromEntries(members) }),
		...(items === undefined ? {} : { items: within(items) }),
		...(prefixItems === undefined ? {} : { prefixItems: prefixItems.map(within) }),
		...(anyOf === undefined ? {} : { anyOf: anyOf.map(within) }),
		...(additionalProperties === undefined ? {} : { additionalProperties: within(additionalProperties) }),
	};
}

/** The start of the paths of all operations. */
const API = "/api/v1/";
const JSON_TYPE = "application/json";

/** An example of a camera's identity. */
const ID_EXAMPLE = "14d957c4f6f78bd3";

function describe(description: ApiDescription, answer: DescribedAnswer | undefined, components: Components): unknown {
	const { method, path, about, need, fields, query = [], conflict, type, refusals = [] } = description;
	const isOperation = path.startsWith(API);
	const brace = path.indexOf("{");
	const name = path.slice(brace + 1, path.indexOf("}"));
	const inPath = { name, in: "path", required: true, schema: { type: "string" }, example: ID_EXAMPLE };
	const parameters: unknown[] = brace < 0 ? [] : [inPath];
	for (const { name, type, about, example, needed = false } of query)
		parameters.push({ name, in: "query", required: needed, description: about, schema: { type }, example });
	const schema = reference(answer?.schema ?? DONE_SCHEMA, components);
	const example = answer === undefined ? DONE_BODY : answer.example;
	const content = { [type ?? JSON_TYPE]: { schema, ...(example === undefined ? {} : { example }) } };
	const failure = (text: string): unknown => ({
		description: text,
		// Programs get JSON below /api, and text elsewhere.
		content: isOperation ? json({ schema: reference(PROBLEM, components) }) : { "text/plain": {} },
	});
	return {
		summary: about,
		operationId: `${method.toLowerCase()}${path
			.slice(isOperation ? API.length : 1)
			.split("/")
			.map(word)
			.join("")}`,
		tags: [need === "owner" ? need : "viewer"],
		// Links allow to watch, and nothing else.
		...(need === "owner" ? { security: [{ digest: [] }] } : {}),
		...(parameters.length === 0 ? {} : { parameters }),
		...(fields === undefined ? {} : { requestBody: { required: true, content: bodyOf(fields) } }),
		responses: {
			"200": { description: "done", content },
			...(method === "GET" ? {} : { "303": { description: "done; a browser is redirected to the page of its form" } }),
			...(fields === undefined && query.length === 0 ? {} : { "400": failure("a parameter is missing or invalid") }),
			"401": { description: "not logged in" },
			...(need === "owner" ? { "403": { description: "only the owner may do this" } } : {}),
			...(method === "GET" ? {} : { "409": failure(conflict ?? "the request is meant for another device") }),
			...Object.fromEntries(refusals.map(([status, about]) => [status, failure(about)])),
			...(method === "GET" ? {} : { "507": failure("the change can't be stored, and nothing is changed") }),
			"429": { description: "too many wrong passwords; Retry-After says how many seconds to wait" },
		},
	};
}

function json(content: Record<string, unknown>): unknown {
	return { [JSON_TYPE]: content };
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
