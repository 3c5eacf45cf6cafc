import type { ApiOperation } from "../../web/api";
import { openApi } from "../../web/open-api";
import type { Node } from "../node";
import type { Part } from "../part";
import { API_EXAMPLES } from "./api-examples";

const OPERATIONS: readonly ApiOperation<OpenApiPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/openapi.json",
		need: "viewer",
		about: "This document.",
		run: (document: OpenApiPart) => ({ body: document.build() }),
	}),
]);

/** Describes the operations of all parts for programs (OpenAPI 3.1). Boards do without it: it describes every camera. */
export class OpenApiPart implements Part {
	readonly operations = OPERATIONS;

	constructor(private readonly node: Node) {}

	/** Builds the document. */
	build(): unknown {
		const operations: ApiOperation<never>[] = [];
		for (const part of this.node.parts) operations.push(...(part.operations ?? []));
		return openApi(operations, API_EXAMPLES);
	}
}
