/**
 * A schema of JSON values, in the subset of JSON Schema that the OpenAPI document uses.
 *
 * Objects stay open: a later version of an answer may have more members, which programs must ignore. The tests close
 * them, so an answer has no member that its schema lacks.
 * @see JSON Schema 2020-12, OpenAPI 3.1 §4.8.24
 */
export interface JsonSchema {
	/** The name of its own that it has in the document, and so the name of its type in generated clients. */
	readonly title?: string;
	readonly description?: string;
	readonly type?: string | readonly string[];
	/** `binary`: octets, in place of JSON. */
	readonly format?: string;
	readonly const?: string | number | boolean;
	readonly enum?: readonly (string | null)[];
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	/** The members of a map, whose names are data. Absent: the schema names all members of this version. */
	readonly additionalProperties?: JsonSchema;
	readonly items?: JsonSchema;
	readonly prefixItems?: readonly JsonSchema[];
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly anyOf?: readonly JsonSchema[];
	readonly minimum?: number;
	readonly maximum?: number;
}

/** What an operation or a resource answers with status 200, for the OpenAPI document. */
export interface DescribedAnswer {
	/** Method and path: `GET /api/v1/cameras`. */
	readonly operation: string;
	readonly schema: JsonSchema;
	/** One whole answer; a test checks it against the schema. `undefined`: it is not JSON or text. */
	readonly example: unknown;
}

type Members = Readonly<Record<string, JsonSchema>>;
const NONE: Members = Object.freeze({});

/** Describes the answer of an operation. @param operation method and path: `GET /api/v1/cameras` */
export function answer(operation: string, schema: JsonSchema, example: unknown): DescribedAnswer {
	return Object.freeze({ operation, schema, example });
}

/** Gives a schema a name of its own in the document, by which it is used everywhere. */
export function named(title: string, schema: JsonSchema): JsonSchema {
	return Object.freeze({ title, ...schema });
}

/** Describes an object. @param required the members that it always has @param optional those that may be absent */
export function object(required: Members, optional: Members = NONE, description?: string): JsonSchema {
	return Object.freeze({
		type: "object",
		...about(description),
		properties: Object.freeze({ ...required, ...optional }),
		required: Object.freeze(Object.keys(required)),
	});
}

/** Describes an object whose members have names that are data, such as the names of settings. */
export function mapOf(members: JsonSchema, description?: string): JsonSchema {
	return Object.freeze({ type: "object", ...about(description), additionalProperties: members });
}

/** Describes an array. */
export function list(items: JsonSchema, description?: string): JsonSchema {
	return Object.freeze({ type: "array", ...about(description), items });
}

/** Describes an array of fixed length, each item by a schema of its own. */
export function tuple(items: readonly JsonSchema[], description?: string): JsonSchema {
	const { length } = items;
	return Object.freeze({
		type: "array",
		...about(description),
		prefixItems: Object.freeze([...items]),
		minItems: length,
		maxItems: length,
	});
}

/** Describes text. */
export function text(description?: string): JsonSchema {
	return Object.freeze({ type: "string", ...about(description) });
}

/**
 * Describes text that is one of a set of words.
 * @param words each word; a union of the program's own types has them all: `oneOf<Health>({ ok: true, … })`
 */
export function oneOf<Word extends string>(words: Readonly<Record<Word, true>>, description?: string): JsonSchema {
	return Object.freeze({ type: "string", ...about(description), enum: Object.freeze(Object.keys(words)) });
}

/** Describes a whole number. */
export function whole(description?: string): JsonSchema {
	return Object.freeze({ type: "integer", ...about(description) });
}

/** Describes a number. */
export function real(description?: string): JsonSchema {
	return Object.freeze({ type: "number", ...about(description) });
}

/** Describes a point in time: milliseconds since 1970, UTC. */
export function moment(description: string): JsonSchema {
	return whole(`milliseconds since 1970: ${description}`);
}

/** Describes true or false. */
export function flag(description?: string): JsonSchema {
	return Object.freeze({ type: "boolean", ...about(description) });
}

/** Describes a value that may be null. */
export function nullable(schema: JsonSchema): JsonSchema {
	const { title, description, type, enum: words, ...rest } = schema;
	if (title !== undefined || typeof type !== "string")
		return Object.freeze({ anyOf: Object.freeze([schema, Object.freeze({ type: "null" })]) });
	return Object.freeze({
		type: Object.freeze([type, "null"]),
		...about(description),
		...(words === undefined ? {} : { enum: Object.freeze([...words, null]) }),
		...rest,
	});
}

function about(description: string | undefined): { readonly description?: string } {
	return description === undefined ? {} : { description };
}
