import { readFileSync } from "node:fs";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import type { EndReason } from "../../src/core/stream";
import { endReasonOf } from "../../src/ports/errno";
import type { TlsClientOptions } from "../../src/ports/net";
import { codeOf } from "./error-code";

/**
 * Starts TLS as a client on a TCP connection, which need not be open yet. The socket emits `secureConnect` or `error`.
 * @throws {Error} when the file of certificate authorities can't be read
 * @see RFC 8446, RFC 6066 §3 (no addresses in SNI), RFC 6125
 */
export function secureClient(raw: Socket, options: TlsClientOptions): TLSSocket {
	const { serverName, verify = true, ca } = options;
	const settings = {
		socket: raw,
		// Node takes the name to check from here when there is no server name.
		host: serverName,
		...(isIP(serverName) === 0 && { servername: serverName }),
		...(ca !== undefined && { ca: readFileSync(ca) }),
		checkServerIdentity: (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
			checkServerIdentity(serverName, certificate),
		rejectUnauthorized: verify,
		minVersion: "TLSv1.2" as const,
		ALPNProtocols: ["http/1.1"],
		// The types lack this option.
		allowHalfOpen: true,
	};
	return connect(settings);
}

/** Why a TLS connection ended before its handshake was done. */
export function handshakeFailureOf(socket: TLSSocket, error: unknown): EndReason {
	// Set only when the certificate is not accepted, unlike the types say.
	const refused: unknown = socket.authorizationError;
	if (refused !== undefined && refused !== null) return "certificate";
	const why = endReasonOf(codeOf(error));
	return why === "failed" || why === "reset" ? "tls" : why;
}
