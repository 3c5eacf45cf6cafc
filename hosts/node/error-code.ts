/** Returns the errno name of an error of Node, such as `EADDRINUSE`; `undefined` if it has none. */
export function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}
