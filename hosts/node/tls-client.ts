import { readFileSync } from "node:fs";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import type { EndReason } from "../../src/core/stream";
import { endReasonOf } from "../../src/ports/errno";
import type { TlsClientOptions } from "../../src/ports/net";
import { codeOf } from "./error-code";

/**
 * Speaks TLS as a client over a TCP connection, which need not be open yet. `secureConnect` follows, or `error`.
 * @param highWaterMark @see DRAIN_ALWAYS
 * @throws {Error} when the file of authorities can't be read
 * @see RFC 8446, RFC 6066 §3 (names only, no addresses), RFC 6125
 */
export function secureClient(raw: Socket, options: TlsClientOptions): TLSSocket {
	const { serverName, verify = true, ca } = options;
	const settings = {
		socket: raw,
		// The check of the certificate takes the name from here; an address is never sent as a name.
		host: serverName,
		...(isIP(serverName) === 0 && { servername: serverName }),
		...(ca !== undefined && { ca: readFileSync(ca) }),
		checkServerIdentity: (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
			checkServerIdentity(serverName, certificate),
		rejectUnauthorized: verify,
		minVersion: "TLSv1.2" as const,
		ALPNProtocols: ["http/1.1"],
		// The types don't know of half-open connections, which the class does.
		allowHalfOpen: true,
	};
	return connect(settings);
}

/** Why a TLS connection ended before its handshake was done. */
export function handshakeFailureOf(socket: TLSSocket, error: unknown): EndReason {
	// Set only when the certificate is not accepted, though the types promise it always.
	const refused: unknown = socket.authorizationError;
	if (refused !== undefined && refused !== null) return "certificate";
	const why = endReasonOf(codeOf(error));
	return why === "failed" || why === "reset" ? "tls" : why;
}
