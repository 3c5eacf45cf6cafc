import assert from "node:assert/strict";
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020";

/** The parts of an OpenAPI document that tests read. */
export interface ApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** The body of an answer. */
interface DocumentedContent {
	readonly schema?: AnySchemaObject;
	readonly example?: unknown;
}

/** A parameter after the question mark, or in the path. */
interface DocumentedParameter {
	readonly name: string;
	readonly in: "query" | "path";
	readonly required: boolean;
	readonly example: string | number;
}

/** One operation of a document. */
export interface DocumentedOperation {
	readonly operationId: string;
	readonly summary: string;
	readonly parameters?: readonly DocumentedParameter[];
	readonly requestBody?: {
		readonly content: {
			readonly "application/json": {
				readonly schema: {
					readonly properties: Readonly<Record<string, { readonly examples: readonly unknown[] }>>;
					readonly required?: readonly string[];
				};
				readonly example: Readonly<Record<string, unknown>>;
			};
		};
	};
	readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, DocumentedContent>> }>>;
}

/** An operation with its method, path and title. */
export interface NamedOperation {
	/** `POST /api/v1/links`. */
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly operation: DocumentedOperation;
}

/** Names the schemas that are used by their names. */
const SHARED = "document";

/** Lists all operations of a document in order. */
export function documentedOperations(document: ApiDocument): readonly NamedOperation[] {
	return Object.entries(document.paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([lower, operation]) => {
			const method = lower.toUpperCase();
			return { name: `${method} ${path}`, method, path, operation };
		}),
	);
}

/** The media type of an operation's answer. */
export function answerType({ responses }: DocumentedOperation): string {
	const [type] = Object.keys(responses["200"].content ?? {});
	return type;
}

/** The target of a request with the examples of its parameters. @param values replace those of the path */
export function exampleTarget({ path, operation }: NamedOperation, values: Readonly<Record<string, string>>): string {
	const { parameters = [] } = operation;
	let target = path;
	const query = new URLSearchParams();
	for (const { name, in: where, required, example } of parameters) {
		if (where === "path") target = target.replace(`{${name}}`, values[name] ?? `${example}`);
		else if (required) query.set(name, values[name] ?? `${example}`);
	}
	return query.size === 0 ? target : `${target}?${query}`;
}

/**
 * Checks answers by the schemas of a document. It closes all objects whose members have fixed names: programs must ignore
 * members that they don't know, but this version has no member that its document lacks.
 */
export class AnswerChecker {
	private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
	private readonly compiled = new Map<string, ValidateFunction>();

	constructor(private readonly document: ApiDocument) {
		this.ajv.addSchema({ $id: SHARED, components: { schemas: closedMembers(document.components.schemas) } });
	}

	/** Fails unless a JSON answer is as the document says. @param name method and path as the document has them */
	check(name: string, answer: unknown, status = 200): void {
		const key = `${name} ${status}`;
		const validate = this.compiled.get(key) ?? this.compile(name, status);
		this.compiled.set(key, validate);
		if (validate(answer)) return;
		const faults = validate.errors?.map(
			({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`,
		);
		assert.fail(`${key}: ${faults?.join("; ")}\n${JSON.stringify(answer)}`);
	}

	private compile(name: string, status: number): ValidateFunction {
		const [method, path] = name.split(" ");
		const operation = this.document.paths[path]?.[method.toLowerCase()];
		const schema = operation?.responses[status]?.content?.["application/json"]?.schema;
		assert.ok(schema, `${name}: the document has no schema of an answer ${status}`);
		const text = JSON.stringify(closed(schema));
		return this.ajv.compile(JSON.parse(text.replaceAll('"$ref":"#', `"$ref":"${SHARED}#`)));
	}
}

function closed(schema: AnySchemaObject): AnySchemaObject {
	const copy: AnySchemaObject = { ...schema };
	if (copy.properties !== undefined) {
		copy.properties = closedMembers(copy.properties);
		copy.additionalProperties ??= false;
	}
	if (typeof copy.additionalProperties === "object") copy.additionalProperties = closed(copy.additionalProperties);
	if (copy.items !== undefined) copy.items = closed(copy.items);
	for (const list of ["anyOf", "prefixItems"]) if (copy[list] !== undefined) copy[list] = copy[list].map(closed);
	return copy;
}

function closedMembers(schemas: Readonly<Record<string, AnySchemaObject>>): Record<string, AnySchemaObject> {
	return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closed(schema)]));
}
