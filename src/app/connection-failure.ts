import type { ExchangeFailure } from "../http/http-exchange";

const TEXTS: Readonly<Record<ExchangeFailure, string>> = Object.freeze({
	closed: "it has closed the connection",
	refused: "it refuses connections; check the port",
	timeout: "it does not answer",
	unreachable: "it can't be reached",
	reset: "the connection was lost",
	certificate:
		"its certificate is not trusted; name its file with --source-certificate, or accept any with --source-certificate any",
	tls: "the TLS connection failed; check that it offers https on this port",
	failed: "the connection failed",
	malformed: "what it sends is not HTTP",
	"too-large": "its answer is too large",
});

/** Says why an origin has not answered, for the log and the owner: "it" is the origin. */
export function connectionFailureText(failure: ExchangeFailure): string {
	return TEXTS[failure];
}
