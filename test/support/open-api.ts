import assert from "node:assert/strict";
import type { DynamicDnsView } from "../../src/app/discovery/dynamic-dns";
import type { GatewayStatus } from "../../src/gateway/gateway-events";
import type { Health } from "../../src/web/portal-page";

const HEALTHS: Record<Health, true> = { ok: true, "no-pictures": true, silent: true, unreachable: true };
const WAYS: Record<GatewayStatus["by"], true> = { UPnP: true, PCP: true, "NAT-PMP": true, "": true };
const STATES: Record<DynamicDnsView["state"], true> = {
	off: true,
	waiting: true,
	updating: true,
	current: true,
	retrying: true,
	stopped: true,
};

/** Fields of answers that have one of a fixed set of values. */
const WORD_FIELDS: Readonly<Record<string, Readonly<Record<string, true>>>> = {
	health: HEALTHS,
	by: { ...WAYS, viewer: true, content: true, relay: true, day: true },
	protocol: { rtsp: true, http: true },
	witness: { upstream: true, page: true, redirect: true },
	state: { ...STATES, ready: true, playing: true, open: true },
	framing: { udp: true, tcp: true },
	// Of streams; other contents are files.
	content: { live: true, h264: true },
	// Of the cameras in the lab; boards have other names.
	model: { node: true, linux: true },
};

/** The parts of an OpenAPI document that tests read. */
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
		Record<
			string,
			{ readonly content: { readonly "application/json": { readonly example: object }; readonly "text/csv"?: unknown } }
		>
	>;
}

/** An operation with its method, path and title. */
export interface NamedOperation {
	/** `POST /api/v1/links`. */
	readonly name: string;
	readonly method: string;
	readonly path: string;
	readonly operation: DocumentedOperation;
}

/** Lists all operations of a document in order. */
export function documentedOperations(document: ApiDocument): readonly NamedOperation[] {
	return Object.entries(document.paths).flatMap(([path, operations]) =>
		Object.entries(operations).map(([lower, operation]) => {
			const method = lower.toUpperCase();
			return { name: `${method} ${path}`, method, path, operation };
		}),
	);
}

/**
 * Compares an answer with its example: it has all members of the example, each of the same type. A list may be empty and
 * an absent value null. Fields with a fixed set of values have one of them in both.
 */
export function assertLike(where: string, example: unknown, answer: unknown): void {
	if (example === null || answer === null) return;
	assert.equal(typeof answer, typeof example, where);
	assert.equal(Array.isArray(answer), Array.isArray(example), where);
	if (Array.isArray(example) && Array.isArray(answer)) {
		if (example.length > 0 && answer.length > 0) assertLike(`${where}[0]`, example[0], answer[0]);
	} else if (typeof example === "object") {
		const fields = answer as Record<string, unknown>;
		for (const [key, value] of Object.entries(example)) {
			// Settings are listed by name; the example does not have all of them.
			if (where.endsWith(".changed")) continue;
			assert.ok(key in fields, `${where}: ${key} is missing`);
			assertLike(`${where}.${key}`, value, fields[key]);
		}
	} else if (typeof example === "string") assertWords(where, example, answer as string);
}

/** A lower-case word in an example is one of a fixed set above. */
function assertWords(where: string, example: string, answer: string): void {
	const words = WORD_FIELDS[where.slice(where.lastIndexOf(".") + 1)];
	if (words === undefined || !(example in words))
		assert.doesNotMatch(example, /^[a-z-]+$/, `${where}: out of which words?`);
	else for (const word of [example, answer]) assert.ok(word in words, `${where}: ${word}`);
}
