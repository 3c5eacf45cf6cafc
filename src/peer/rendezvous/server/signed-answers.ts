import { HmacSha1 } from "../../../base/sha1";
import { HmacSha256 } from "../../../base/sha256";
import { BINDING, ERROR, SUCCESS, TRANSACTION_OCTETS } from "../../../wire/stun";
import type { StunReader } from "../../../wire/stun-reader";
import { StunWriter } from "../../../wire/stun-writer";
import type { Leg } from "./leg";

/** The code with which a request was signed, and its answer is. */
export type IntegrityKind = "sha1" | "sha256";

/** A request that proved authentic, with all that its answer needs, as the answer may have to wait for a store. */
export interface AcceptedRequest {
	readonly leg: Leg;
	readonly transaction: Uint8Array;
	/** The key of its MESSAGE-INTEGRITY. */
	readonly key: Uint8Array;
	readonly integrity: IntegrityKind;
}

/** Copies of a request what its answer needs. */
export function acceptedRequest(request: StunReader, leg: Leg, key: Uint8Array): AcceptedRequest {
	const at = request.transactionAt;
	const transaction = request.bytes.slice(at, at + TRANSACTION_OCTETS);
	// The address may be an object that the host uses again.
	const { address, port, stream } = leg;
	const place = stream === undefined ? { address, port } : { address, port, stream };
	return { leg: place, transaction, key: key.slice(), integrity: request.hasIntegrity256 ? "sha256" : "sha1" };
}

/** Checks a request with a key, by whichever code it has. */
export function isSignedBy(request: StunReader, key: Uint8Array): boolean {
	return request.hasIntegrity256 ? request.isIntact256(new HmacSha256(key)) : request.isIntact(new HmacSha1(key));
}

/** Begins an answer. @param code of an error; 0: success */
export function beginAnswer({ transaction }: AcceptedRequest, code = 0): StunWriter {
	const writer = new StunWriter();
	writer.begin(code === 0 ? SUCCESS : ERROR, BINDING, transaction);
	if (code !== 0) writer.error(code);
	return writer;
}

/** Signs an answer as the request was. */
export function signAnswer(writer: StunWriter, { key, integrity }: AcceptedRequest): StunWriter {
	if (integrity === "sha1") writer.integrity(new HmacSha1(key));
	else writer.integrity256(new HmacSha256(key));
	return writer.fingerprint();
}
