import type { ConnectOptions } from "../ports/net";

/**
 * Returns how to connect to a server.
 * @param certificate the PEM file that its certificate must be in; empty: the system's authorities; `any`: it is not verified
 */
export function connectTo(
	address: string,
	{ host, port, secure }: { readonly host: string; readonly port: number; readonly secure: boolean },
	certificate: string,
): ConnectOptions {
	const isFile = certificate !== "" && certificate !== "any";
	const tls = { serverName: host, verify: certificate !== "any", ...(isFile && { ca: certificate }) };
	return { address, port, ...(secure && { tls }) };
}
