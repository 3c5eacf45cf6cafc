/** The name of the errno in an error of Node's, such as `EADDRINUSE`; `undefined` where there is none. */
export function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}
