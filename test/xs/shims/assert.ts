/** What our tests use of node:assert/strict. */
export class AssertionError extends Error {}

type Expected = RegExp | (new (...args: never[]) => unknown) | ((error: unknown) => boolean) | object;

function assert(value: unknown, message?: string): void {
	if (!value) throw new AssertionError(message ?? `${show(value)} is not true`);
}

function equal(actual: unknown, expected: unknown, message?: string): void {
	if (!Object.is(actual, expected)) fail(message ?? `${show(actual)} is not ${show(expected)}`);
}

function notEqual(actual: unknown, expected: unknown, message?: string): void {
	if (Object.is(actual, expected)) fail(message ?? `it is ${show(actual)}`);
}

function deepEqual(actual: unknown, expected: unknown, message?: string): void {
	if (!same(actual, expected)) fail(`${message ?? "not deeply equal"}: ${show(actual)} is not ${show(expected)}`);
}

function notDeepEqual(actual: unknown, expected: unknown, message?: string): void {
	if (same(actual, expected)) fail(message ?? `it is ${show(actual)}`);
}

function match(text: string, pattern: RegExp, message?: string): void {
	if (!pattern.test(text)) fail(message ?? `${show(text)} does not match ${pattern}`);
}

function doesNotMatch(text: string, pattern: RegExp, message?: string): void {
	if (pattern.test(text)) fail(message ?? `${show(text)} matches ${pattern}`);
}

function throws(call: () => unknown, expected?: Expected | string, message?: string): void {
	try {
		call();
	} catch (error) {
		if (expected !== undefined && typeof expected !== "string") checkError(error, expected, message);
		return;
	}
	fail(`nothing was thrown${message === undefined ? "" : `: ${message}`}`);
}

function doesNotThrow(call: () => unknown): void {
	call();
}

async function rejects(promise: Promise<unknown> | (() => Promise<unknown>), expected?: Expected): Promise<void> {
	try {
		await (typeof promise === "function" ? promise() : promise);
	} catch (error) {
		if (expected !== undefined) checkError(error, expected, undefined);
		return;
	}
	fail("nothing was rejected");
}

function checkError(error: unknown, expected: Expected, message: string | undefined): void {
	let fine: boolean;
	if (expected instanceof RegExp) fine = expected.test(String(error));
	else if (typeof expected === "function") {
		const isClass = expected === Error || expected.prototype instanceof Error;
		fine = isClass ? error instanceof expected : (expected as (error: unknown) => boolean)(error);
	} else {
		fine = Object.entries(expected).every(([key, value]) => {
			const has = (error as Record<string, unknown>)[key];
			return value instanceof RegExp ? value.test(String(has)) : same(has, value);
		});
	}
	if (!fine) fail(`${message ?? "another error"}: ${show(error)}`);
}

function fail(message?: string): never {
	throw new AssertionError(message ?? "failed");
}

/** Deep and strict equality: types, own properties, and order where there is one. */
function same(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true;
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
	if (a instanceof Map) {
		const [left, right] = [[...a], [...(b as Map<unknown, unknown>)]];
		return (
			left.length === right.length &&
			left.every(
				([key, value]) => (b as Map<unknown, unknown>).has(key) && same(value, (b as Map<unknown, unknown>).get(key)),
			)
		);
	}
	if (a instanceof Set) {
		const right = [...(b as Set<unknown>)];
		return a.size === right.length && [...a].every((item) => right.some((other) => same(item, other)));
	}
	if (a instanceof Error && a.message !== (b as Error).message) return false;
	if (ArrayBuffer.isView(a)) {
		const [left, right] = [a as Uint8Array, b as Uint8Array];
		if (left.length !== right.length) return false;
		for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
		return true;
	}
	const keys = Object.keys(a);
	if (keys.length !== Object.keys(b).length) return false;
	return keys.every(
		(key) => Object.hasOwn(b, key) && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
	);
}

function show(value: unknown): string {
	let text: string;
	try {
		if (value instanceof Error) text = `${value.name}: ${value.message}`;
		else if (value instanceof Uint8Array) text = `[${Array.from(value.subarray(0, 64))}]`;
		else text = typeof value === "string" || typeof value === "object" ? JSON.stringify(value) : String(value);
	} catch {
		text = String(value);
	}
	return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

export default Object.assign(assert, {
	AssertionError,
	ok: assert,
	equal,
	strictEqual: equal,
	notEqual,
	notStrictEqual: notEqual,
	deepEqual,
	deepStrictEqual: deepEqual,
	notDeepEqual,
	match,
	doesNotMatch,
	throws,
	doesNotThrow,
	rejects,
	fail,
});
