/** As much of an OpenAPI document as tests read. */
export interface ApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

/** One operation of a document. */
export interface DocumentedOperation {
	readonly operationId: string;
	readonly summary: string;
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
	readonly responses: Readonly<
		Record<string, { readonly content: { readonly "application/json": { readonly example: object } } }>
	>;
}

/** An operation with its place, and both in words. */
export interface NamedOperation {
	/** `POST /api/v1/links`. */
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly operation: DocumentedOperation;
}

/** Lists all operations of a document, in its order. */
export function documentedOperations(document: ApiDocument): readonly NamedOperation[] {
	return Object.entries(document.paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([lower, operation]) => {
			const method = lower.toUpperCase();
			return { name: `${method} ${path}`, method, path, operation };
		}),
	);
}
