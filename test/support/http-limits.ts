/** Limits of a server's connections for tests. */
export const HTTP_LIMITS = Object.freeze({ connections: 64, connectionsPerAddress: 32 });
