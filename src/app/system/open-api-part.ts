import { settingFields } from "../../settings/changed-settings";
import type { Schema } from "../../settings/schema";
import type { ApiDescription, ApiOperation } from "../../web/api";
import { openApi } from "../../web/open-api";
import type { Camera, ExtraPart } from "../camera/camera";
import type { Node } from "../node";
import type { Part } from "../part";
import { ANSWERS } from "./schemas/all-answers";
import { RESOURCES } from "./schemas/resources";

const OPERATIONS: readonly ApiOperation<OpenApiPart>[] = Object.freeze([
	Object.freeze({
		method: "GET",
		path: "/api/v1/openapi.json",
		need: "viewer",
		about: "This document.",
		run: (document: OpenApiPart) => ({ body: document.build() }),
	}),
]);

/** {@link OpenApiPart} for a camera. */
export const OPEN_API: ExtraPart = Object.freeze({ make: (camera: Camera) => new OpenApiPart(camera, camera.schema) });

/** Describes the operations of all parts for programs (OpenAPI 3.1). Boards do without it: it describes every camera. */
export class OpenApiPart implements Part {
	readonly operations = OPERATIONS;

	/** @param schema the settings that the owner may change are described by it */
	constructor(
		private readonly node: Node,
		private readonly schema: Schema,
	) {}

	/** Builds the document. */
	build(): unknown {
		const operations: ApiDescription[] = [];
		const routes = new Set(
			this.node.parts.flatMap(({ routes = [] }) => routes.map(({ method, path }) => `${method} ${path}`)),
		);
		for (const part of this.node.parts) {
			operations.push(...(part.described ?? []));
			for (const operation of part.operations ?? []) {
				const changes = operation.method === "POST" && operation.path === "/api/v1/settings";
				operations.push(changes ? { ...operation, fields: settingFields(this.schema) } : operation);
			}
		}
		operations.push(...RESOURCES.filter(({ method, path }) => routes.has(`${method} ${path}`)));
		return openApi(operations, ANSWERS);
	}
}
